import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { byteReader, byteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'
import type { Summary } from './summary.ts'
import { readSummaries, writeSummaries } from './summary-columns.ts'

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
/** Most chunks are smaller than this once they are inflated: room for them is made in one piece, and no more of it than that. */
const USUAL_SIZE = 4_096
const ALWAYS = { from: -Infinity, until: Infinity }

/** Packs hourly summaries of one series. Never empty. */
export function encodeHours(hours: HourRollups): Uint8Array {
  const sorted = [...hours].sort(([a], [b]) => a - b)
  const writer = byteWriter()
  writer.uint(sorted.length)
  writeIntegers(writer, sorted.map(([hour]) => hour))
  writeIntegers(writer, sorted.map(([, { period }]) => period))
  writeSummaries(writer, sorted.map(([, { summary }]) => summary), sorted.map(([hour]) => hour * HOUR))
  return Buffer.concat([Uint8Array.of(VERSION), deflateRawSync(writer.finish(), { level: 9 })])
}

/**
 * The hours that begin at `from` or later and before `until`.
 *
 * @throws Error when the bytes are no rollup chunk or a damaged one.
 */
export function decodeHours(chunk: Uint8Array, { from, until }: { readonly from: number; readonly until: number } = ALWAYS): HourRollups {
  if (chunk[0] !== VERSION) throw new RangeError(`a rollup chunk has the unknown version ${chunk[0]}`)
  const reader = byteReader(inflateRawSync(chunk.subarray(1), { chunkSize: USUAL_SIZE }))
  const length = reader.uint()
  const [hours, periods] = [readIntegers(reader, length), readIntegers(reader, length)]
  const summaries = readSummaries(reader, hours.map((hour) => hour * HOUR), (start) => start >= from && start < until)
  const found = new Map<number, HourRollup>()
  for (const [index, summary] of summaries.entries()) if (summary !== undefined) found.set(hours[index] ?? NaN, { period: periods[index] ?? NaN, summary })
  return found
}
