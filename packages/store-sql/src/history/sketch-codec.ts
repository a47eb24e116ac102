import type { ByteReader, ByteWriter } from './bytes.ts'
import { ONE, type Sketch } from './sketch.ts'

/** The largest gap or count that fits into half a byte; what is above it follows as a number. */
const HALF = 15

/** Writes a sketch, mostly one byte for each bucket: half of it the gap to the bucket before, half of it the count. */
export function writeSketch(writer: ByteWriter, { buckets, counts }: Sketch): void {
  writer.uint(buckets.length)
  let last = (buckets[0] ?? ONE) - 1
  if (buckets.length > 0) writer.int(last - ONE)
  for (const [index, bucket] of buckets.entries()) {
    const gap = bucket - last - 1
    const more = (counts[index] ?? NaN) - 1
    writer.bytes(Uint8Array.of(16 * Math.min(gap, HALF) + Math.min(more, HALF)))
    if (gap >= HALF) writer.uint(gap - HALF)
    if (more >= HALF) writer.uint(more - HALF)
    last = bucket
  }
}

export function readSketch(reader: ByteReader): Sketch {
  const length = lengthOf(reader)
  const [buckets, counts] = [Array<number>(length), Array<number>(length)]
  let bucket = length > 0 ? reader.int() + ONE : 0
  for (let index = 0; index < length; index++) {
    const byte = reader.byte()
    const gap = byte >>> 4
    const more = byte % 16
    bucket += 1 + gap + (gap === HALF ? reader.uint() : 0)
    buckets[index] = bucket
    counts[index] = 1 + more + (more === HALF ? reader.uint() : 0)
  }
  return { buckets, counts }
}

/** Passes over a sketch that nobody wants. */
export function skipSketch(reader: ByteReader): void {
  const length = lengthOf(reader)
  if (length > 0) reader.int()
  for (let index = 0; index < length; index++) {
    const byte = reader.byte()
    if (byte >>> 4 === HALF) reader.uint()
    if (byte % 16 === HALF) reader.uint()
  }
}

function lengthOf(reader: ByteReader): number {
  const length = reader.uint()
  if (length > reader.left) throw new RangeError('the bytes end in the middle of a sketch')
  return length
}
