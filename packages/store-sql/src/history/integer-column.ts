import { type ByteReader, type ByteWriter, unzigzag, zigzag } from './bytes.ts'

/** Whole numbers of a column are smaller than this, so that a difference of two, with its sign, still is exact. */
export const INTEGER_LIMIT = 2 ** 51

/** How each number is stored: as its distance from the smallest, or from the one before it. */
const OFFSET = 0
const DELTA = 1

/**
 * Writes whole numbers as planes of bytes: first the lowest byte of each, then the next. Bytes of one plane resemble each other, which
 * is what makes them compress well. Numbers in a row that are all the same cost three bytes.
 *
 * @param values whole numbers between -`INTEGER_LIMIT` and `INTEGER_LIMIT`; never empty.
 */
export function writeIntegers(writer: ByteWriter, values: readonly number[]): void {
  const smallest = values.reduce((least, value) => Math.min(least, value))
  const offsets = values.map((value) => value - smallest)
  const deltas = values.map((value, index) => zigzag(value - (values[index - 1] ?? value)))
  const [kind, base, stored] = bitsOf(deltas) < bitsOf(offsets) ? [DELTA, values[0] ?? 0, deltas] : [OFFSET, smallest, offsets]
  const width = widthOf(stored.reduce((most, value) => Math.max(most, value)))
  writer.uint(kind)
  writer.int(base)
  writer.uint(width)
  writer.bytes(planesOf(stored, width))
}

/** Reads `count` numbers that `writeIntegers` wrote. */
export function readIntegers(reader: ByteReader, count: number): number[] {
  const kind = reader.uint()
  const base = reader.int()
  const width = reader.uint()
  if (width === 0) return Array<number>(count).fill(base)
  const planes = reader.bytes(width * count)
  const values = Array<number>(count)
  // A loop: a call for each number of each column would take most of the time of reading.
  let last = base
  for (let index = 0; index < count; index++) {
    let stored = planes[(width - 1) * count + index] ?? 0
    for (let plane = width - 2; plane >= 0; plane--) stored = stored * 256 + (planes[plane * count + index] ?? 0)
    last = kind === OFFSET ? base + stored : last + unzigzag(stored)
    values[index] = last
  }
  return values
}

function planesOf(values: readonly number[], width: number): Uint8Array {
  const planes = new Uint8Array(width * values.length)
  for (const [index, value] of values.entries()) {
    let rest = value
    for (let plane = 0; plane < width; plane++) {
      planes[plane * values.length + index] = rest % 256
      rest = Math.floor(rest / 256)
    }
  }
  return planes
}

/** How many bytes the largest number needs; none for zero. */
function widthOf(largest: number): number {
  let width = 0
  for (let limit = 1; largest >= limit; limit *= 256) width++
  return width
}

/** About how many bits the numbers carry. */
const bitsOf = (values: readonly number[]): number => values.reduce((bits, value) => bits + Math.log2(1 + value), 0)
