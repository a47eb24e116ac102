import { openSqliteStore } from '@tocsin/store-sql'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLogger } from '../../packages/core/src/log/logger.ts'
import { createEngine } from '../../packages/core/src/runner/engine.ts'
import { aResource, aSeries } from '../../packages/core/src/testing/builders.ts'
import { fleetMonitor } from '../../packages/core/src/testing/fleet.ts'

const SERIES = 100_000
const HOT = 10_000
const ROUNDS = 7
const START = 1_767_614_400_000

/** Whole cycles of the engine on a SQLite file: 100,000 series are judged, 10,000 alerts of one rule begin or end, and what follows is committed. */
export async function cycle(): Promise<void> {
  const folder = await mkdtemp(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'tocsin-bench-'))
  try {
    // A process of its own: what it takes is not mixed up with what other benchmarks left.
    execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), join(folder, 'main.sqlite')], { stdio: 'inherit' })
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(path: string): Promise<void> {
  const store = await openSqliteStore(path)
  const monitor = fleetMonitor({ seriesLimit: SERIES })
  const [watch] = monitor.watch
  if (watch === undefined) throw new Error('the fleet watches nothing')
  const engine = await createEngine(monitor, store, silentLogger)
  const resources = Array.from({ length: SERIES }, (_, index) => aResource({ id: `arn:aws:ec2:us-west-2:123456789012:instance/i-${index.toString(16).padStart(17, '0')}`, name: `web-${index}` }))
  const times: number[] = []
  let quiet = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const at = START + round * 60_000
    const series = resources.map((resource, index) => aSeries([round % 2 === 1 && index < HOT ? 91 : 20], { resource, timestamps: Float64Array.of(at), settledUntil: at + 1 }))
    const began = performance.now()
    const { result } = await engine.cycle([{ watch, series, failures: [] }], at)
    if (round === 0) quiet = resident()
    else if (result.transitions.length !== HOT) throw new Error(`${result.transitions.length} alerts changed`)
    else times.push(performance.now() - began)
  }
  const sorted = times.toSorted((a, b) => a - b)
  process.stdout.write(`cycle: ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms (${sorted.at(0)?.toFixed(0)}-${sorted.at(-1)?.toFixed(0)}) for a whole cycle in which ${HOT} of ${SERIES} series change, of ${ROUNDS}; ${quiet} MB resident after a quiet one, ${resident()} MB after these, ${alive()} MB of heap alive\n`)
  await store.close()
}

const resident = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20)

function alive(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
}

const [, main, path] = process.argv
if (main === fileURLToPath(import.meta.url) && path !== undefined) await measure(path)
