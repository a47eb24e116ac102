import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { byteReader, byteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'
import { readSketch, writeSketch } from './sketch-codec.ts'
import type { Summary } from './summary.ts'
import { readValues, shortestLayout } from './value-column.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** What is kept of the points of one UTC hour. */
export interface HourRollup {
  /** Milliseconds between two points of the series at that time. */
  readonly period: number
  readonly summary: Summary
}

/** By the hour they are of, counted from the epoch. */
export type HourRollups = ReadonlyMap<number, HourRollup>

/** The first byte of every rollup chunk, so that a later layout can be told apart. */
const VERSION = 1

/** Packs hourly summaries of one series, all of the minima together, then all of the maxima, and so on. Never empty. */
export function encodeHours(hours: HourRollups): Uint8Array {
  const sorted = [...hours].sort(([a], [b]) => a - b)
  const writer = byteWriter()
  writer.uint(sorted.length)
  const integers = (of: (hour: number, summary: Summary) => number): void => writeIntegers(writer, sorted.map(([hour, { summary }]) => of(hour, summary)))
  const values = (of: (summary: Summary) => number): void => writer.bytes(shortestLayout(Float64Array.from(sorted, ([, { summary }]) => of(summary))))
  integers((hour) => hour)
  writeIntegers(writer, sorted.map(([, { period }]) => period))
  integers((_, { count }) => count)
  integers((hour, { minAt }) => minAt - hour * HOUR)
  integers((hour, { maxAt }) => maxAt - hour * HOUR)
  values(({ min }) => min)
  values(({ max }) => max)
  values(({ sum }) => sum)
  values(({ squares }) => squares)
  for (const [, { summary }] of sorted) writeSketch(writer, summary.sketch)
  return Buffer.concat([Uint8Array.of(VERSION), deflateRawSync(writer.finish(), { level: 9 })])
}

/** @throws Error when the bytes are no rollup chunk or a damaged one. */
export function decodeHours(chunk: Uint8Array): HourRollups {
  if (chunk[0] !== VERSION) throw new RangeError(`a rollup chunk has the unknown version ${chunk[0]}`)
  const reader = byteReader(inflateRawSync(chunk.subarray(1)))
  const length = reader.uint()
  const integers = (): number[] => readIntegers(reader, length)
  const values = (): Float64Array => readValues(reader, length)
  const [hours, periods, counts, minAt, maxAt] = [integers(), integers(), integers(), integers(), integers()]
  const [min, max, sum, squares] = [values(), values(), values(), values()]
  const at = (column: ArrayLike<number>, index: number): number => column[index] ?? NaN
  return new Map(
    hours.map((hour, index) => {
      const summary = {
        count: at(counts, index),
        min: at(min, index),
        minAt: at(minAt, index) + hour * HOUR,
        max: at(max, index),
        maxAt: at(maxAt, index) + hour * HOUR,
        sum: at(sum, index),
        squares: at(squares, index),
        sketch: readSketch(reader),
      }
      return [hour, { period: at(periods, index), summary }]
    }),
  )
}
