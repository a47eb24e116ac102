import { once } from 'node:events'
import { freemem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { startStressNg } from './stress-ng.ts'

/** Holds memory that was written to, so that the kernel has really given it. */
const HOLDER = `
const { parentPort, workerData: { bytes } } = require('node:worker_threads')
const PIECE = 64 * 2 ** 20
globalThis.held = []
for (let left = bytes; left > 0; left -= PIECE) globalThis.held.push(Buffer.alloc(Math.min(PIECE, left), 1))
parentPort.postMessage('held')
setInterval(() => globalThis.held.length, 1000)`

/** Takes `bytes` of memory, by stress-ng or, where it is missing, by a worker thread. Returns how to give it back. */
export async function loadMemory(bytes: number): Promise<() => Promise<void>> {
  const free = freemem()
  const stress = await startStressNg(['--vm', '1', '--vm-bytes', `${Math.round(bytes / 1024)}k`, '--vm-keep', '--vm-hang', '0', '--vm-method', 'zero-one'])
  if (stress) {
    // It is there at once, its memory a little later.
    for (let left = 300; free - freemem() < bytes * 0.8 && left > 0; left--) await sleep(100)
    return stress
  }
  const worker = new Worker(HOLDER, { eval: true, workerData: { bytes } })
  await once(worker, 'message')
  return async () => {
    await worker.terminate()
  }
}
