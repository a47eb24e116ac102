import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { startStressNg } from './stress-ng.ts'

/** Keeps a share of every slice of time busy. */
const SPINNER = `
const { workerData: { share } } = require('node:worker_threads')
const idle = new Int32Array(new SharedArrayBuffer(4))
const SLICE = 40
for (;;) {
  const until = performance.now() + SLICE * share
  while (performance.now() < until);
  if (share < 1) Atomics.wait(idle, 0, 0, SLICE * (1 - share))
}`

/** Keeps every CPU busy for `share` of the time, by stress-ng or, where it is missing, by worker threads. Returns how to stop. */
export async function loadCpu(share: number): Promise<() => Promise<void>> {
  const stress = await startStressNg(['--cpu', '0', '--cpu-load', String(Math.round(share * 100))])
  if (stress) return stress
  const workers = Array.from({ length: availableParallelism() }, () => new Worker(SPINNER, { eval: true, workerData: { share } }))
  await Promise.all(workers.map((worker) => once(worker, 'online')))
  return async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
