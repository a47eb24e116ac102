import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { byteReader, byteWriter } from './bytes.ts'
import type { Points } from './points.ts'
import { LATEST_TIME, readTimes, writeTimes } from './time-column.ts'
import { readValues, valueLayouts } from './value-column.ts'

/** The first byte of every chunk, so that a later layout can be told apart. */
const VERSION = 1

/**
 * Packs points of one series without loss. The values are laid out in several ways, and the one that compresses best is kept.
 *
 * @throws RangeError for times that do not ascend, or that are not whole milliseconds between 1970 and the year 19800.
 */
export function encodeChunk({ timestamps, values }: Points): Uint8Array {
  expectTimes(timestamps)
  if (values.length !== timestamps.length) throw new RangeError(`${timestamps.length} times have ${values.length} values`)
  const writer = byteWriter()
  writer.uint(timestamps.length)
  writeTimes(writer, timestamps)
  const head = writer.finish()
  const packed = valueLayouts(values).map((body) => deflateRawSync(Buffer.concat([head, body]), { level: 9 }))
  return Buffer.concat([Uint8Array.of(VERSION), packed.reduce((best, next) => (next.length < best.length ? next : best))])
}

/** @throws Error when the bytes are no chunk or a damaged one. */
export function decodeChunk(chunk: Uint8Array): Points {
  if (chunk[0] !== VERSION) throw new RangeError(`a chunk has the unknown version ${chunk[0]}`)
  const reader = byteReader(inflateRawSync(chunk.subarray(1)))
  const count = reader.uint()
  const timestamps = readTimes(reader, count)
  return { timestamps, values: readValues(reader, count) }
}

function expectTimes(timestamps: Float64Array): void {
  let last = -1
  for (const time of timestamps) {
    if (!Number.isInteger(time) || time <= last || time > LATEST_TIME) throw new RangeError(`${time} is no time after ${last}`)
    last = time
  }
}
