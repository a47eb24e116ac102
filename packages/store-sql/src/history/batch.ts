import { byteReader, byteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'

/** Series whose new points are stored together. A power of two below 257, so that a series is one byte within its shard. */
export const SHARD = 64

export const shardOf = (series: number): number => Math.floor(series / SHARD)

/** New points of series of one shard, in the order in which they came: of two of one series and time the later counts. */
export interface Batch {
  readonly series: number[]
  readonly times: number[]
  readonly values: number[]
}

export const emptyBatch = (): Batch => ({ series: [], times: [], values: [] })

export function addTo({ series, times, values }: Batch, id: number, time: number, value: number): void {
  series.push(id)
  times.push(time)
  values.push(value)
}

/** The first byte of every batch, so that a later layout can be told apart. */
const VERSION = 1

/** Packs points, one at least: nine bytes each where all have one time. Not compressed, as it does not stay long. */
export function encodeBatch({ series, times, values }: Batch): Uint8Array {
  const doubles = new DataView(new ArrayBuffer(8 * values.length))
  for (const [index, value] of values.entries()) doubles.setFloat64(8 * index, value)
  const writer = byteWriter()
  writer.uint(VERSION)
  writer.uint(values.length)
  writer.bytes(Uint8Array.from(series, (id) => id % SHARD))
  writeIntegers(writer, times)
  writer.bytes(new Uint8Array(doubles.buffer))
  return writer.finish()
}

/** @throws Error when the bytes are no batch or a damaged one. */
export function decodeBatch(bytes: Uint8Array, shard: number): Batch {
  const reader = byteReader(bytes)
  const version = reader.uint()
  if (version !== VERSION) throw new RangeError(`a batch has the unknown version ${version}`)
  const count = reader.uint()
  const series = Array.from(reader.bytes(count), (offset) => shard * SHARD + offset)
  const times = readIntegers(reader, count)
  const doubles = reader.bytes(8 * count)
  const view = new DataView(doubles.buffer, doubles.byteOffset, doubles.byteLength)
  return { series, times, values: Array.from(times, (_, index) => view.getFloat64(8 * index)) }
}
