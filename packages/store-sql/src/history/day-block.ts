import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { SHARD } from './batch.ts'
import { byteReader, byteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'
import { DAY, HOUR, type HourRollups } from './rollup-chunk.ts'
import { mergeSummaries, type Summary } from './summary.ts'
import { readSummaries, writeSummaries } from './summary-columns.ts'

/** What is kept of the points of one UTC day: the hours of it in one. */
export interface DayRollup {
  /** Milliseconds between two points of the series in those hours. */
  readonly period: number
  /** The hours that have points: bit 0 is the first of the day. */
  readonly hours: number
  readonly summary: Summary
}

/** By series; `undefined` for one whose period changed within the day: its hours tell what to expect of each. */
export type DayRollups = ReadonlyMap<number, DayRollup | undefined>

/** The first byte of every block, so that a later layout can be told apart. */
const VERSION = 1

/** The hours of a series and day in one. */
export function dayOf(hours: HourRollups): DayRollup | undefined {
  const sorted = [...hours].sort(([a], [b]) => a - b)
  const summary = mergeSummaries(sorted.map(([, rollup]) => rollup.summary))
  const [period, ...others] = new Set(sorted.map(([, rollup]) => rollup.period))
  if (period === undefined || others.length > 0 || summary === undefined) return undefined
  return { period, hours: sorted.reduce((bits, [hour]) => bits | (1 << (hour % (DAY / HOUR))), 0), summary }
}

/** Packs the days of the series of one shard. */
export function encodeDays(days: DayRollups, day: number): Uint8Array {
  const sorted = [...days].sort(([a], [b]) => a - b)
  const known = sorted.flatMap(([series, rollup]) => (rollup === undefined ? [] : [{ series, ...rollup }]))
  const writer = byteWriter()
  writer.uint(sorted.length - known.length)
  writer.bytes(Uint8Array.from(sorted.filter(([, rollup]) => rollup === undefined), ([series]) => series % SHARD))
  writer.uint(known.length)
  writer.bytes(Uint8Array.from(known, ({ series }) => series % SHARD))
  if (known.length > 0) {
    writeIntegers(writer, known.map(({ period }) => period))
    writeIntegers(writer, known.map(({ hours }) => hours))
    writeSummaries(writer, known.map(({ summary }) => summary), known.map(() => day * DAY))
  }
  return Buffer.concat([Uint8Array.of(VERSION), deflateRawSync(writer.finish(), { level: 9 })])
}

/** @throws Error when the bytes are no block or a damaged one. */
export function decodeDays(block: Uint8Array, shard: number, day: number): DayRollups {
  if (block[0] !== VERSION) throw new RangeError(`a block of days has the unknown version ${block[0]}`)
  const reader = byteReader(inflateRawSync(block.subarray(1)))
  const found = new Map<number, DayRollup | undefined>()
  for (const offset of reader.bytes(reader.uint())) found.set(shard * SHARD + offset, undefined)
  const offsets = reader.bytes(reader.uint())
  if (offsets.length === 0) return found
  const [periods, hours] = [readIntegers(reader, offsets.length), readIntegers(reader, offsets.length)]
  const summaries = readSummaries(reader, periods.map(() => day * DAY))
  for (const [index, summary] of summaries.entries()) if (summary !== undefined) found.set(shard * SHARD + (offsets[index] ?? NaN), { period: periods[index] ?? NaN, hours: hours[index] ?? NaN, summary })
  return found
}
