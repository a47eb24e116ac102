import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeChunk, encodeChunk } from '../../packages/store-sql/src/history/chunk.ts'
import type { Points } from '../../packages/store-sql/src/history/points.ts'
import { KINDS, valuesOf } from './history-kinds.ts'

const DAY = 86_400_000
const START = Date.parse('2026-01-05T00:00:00Z')

/**
 * Bytes of a point in day chunks, of each kind of series at one and at five minutes, and of each group of the Numenta Anomaly
 * Benchmark when `NAB` names its folder `data`.
 */
export function codec(): void {
  for (const kind of KINDS) {
    for (const minutes of [1, 5]) {
      const count = (24 * 60) / minutes
      const days = Array.from({ length: 20 }, (_, seed): Points => ({ timestamps: Float64Array.from({ length: count }, (_, index) => START + index * minutes * 60_000), values: valuesOf(kind, seed + 1, count) }))
      report(`${kind.name}, every ${minutes} min`, days)
    }
  }
  const folder = process.env['NAB']
  if (folder === undefined) return
  for (const name of readdirSync(folder).sort()) report(`NAB ${name}`, readdirSync(join(folder, name)).flatMap((file) => daysOf(readFileSync(join(folder, name, file), 'utf8'))))
}

function report(name: string, days: readonly Points[]): void {
  const count = days.reduce((sum, { values }) => sum + values.length, 0)
  const start = process.threadCpuUsage().user
  const chunks = days.map(encodeChunk)
  const packed = process.threadCpuUsage().user
  const back = chunks.map(decodeChunk)
  const read = process.threadCpuUsage().user
  if (!back.every(({ values }, index) => values.every((value, at) => Object.is(value, days[index]?.values[at])))) throw new Error(`${name}: not what was packed`)
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0) / count
  process.stdout.write(`history: ${bytes.toFixed(2)} B a point, packed in ${((packed - start) / count).toFixed(2)} µs, read in ${((read - packed) / count).toFixed(2)} µs (${name})\n`)
}

/** The points of a file by day, the last of two at one time. */
function daysOf(csv: string): Points[] {
  const rows = new Map(csv.trim().split('\n').slice(1).map((line) => [Date.parse(`${line.slice(0, 19).replace(' ', 'T')}Z`), Number(line.slice(20))]))
  const days = Map.groupBy([...rows].sort(([a], [b]) => a - b), ([time]) => Math.floor(time / DAY))
  return [...days.values()].map((day) => ({ timestamps: Float64Array.from(day, ([time]) => time), values: Float64Array.from(day, ([, value]) => value) }))
}
