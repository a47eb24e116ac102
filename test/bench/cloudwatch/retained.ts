import { answersOf } from '../../../packages/aws/src/engine/get-metric-data.ts'
import { keep } from '../../../packages/aws/src/engine/kept-points.ts'
import { toPoints } from '../../../packages/aws/src/engine/points.ts'
import { NOW } from './load.ts'

const CALLS = 100
const QUERIES = 500

/** Bytes that a remembered point takes, array headers included. Needs `--expose-gc`. */
export async function retainedPerPoint(points: number): Promise<number> {
  const start = Math.floor(NOW / 60_000) * 60_000 - points * 60_000
  const window = { start, end: start + points * 60_000 }
  const call = () =>
    answersOf(
      Array.from({ length: QUERIES }, (_, query) => ({
        Id: `q${query}`,
        Timestamps: Array.from({ length: points }, (_, index) => start / 1_000 + index * 60),
        Values: Array.from({ length: points }, (_, index) => index / 7),
        StatusCode: 'Complete' as const,
      })),
    )
  const before = await settledMemory()
  const kept = Array.from({ length: CALLS }, () => [...call().values()].map((answer) => keep(toPoints(answer, window, 60_000), 60_000)))
  const bytes = (await settledMemory()) - before
  return bytes / (kept.flat().length * points)
}

/** Bytes in use when nothing is left to collect. Buffers are freed after the collection that finds them, so one is not enough. */
async function settledMemory(): Promise<number> {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('run with --expose-gc')
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
