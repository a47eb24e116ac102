import type { ByteReader, ByteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'
import { readSketch, skipSketch, writeSketch } from './sketch-codec.ts'
import type { Summary } from './summary.ts'
import { readValues, shortestLayout } from './value-column.ts'

/**
 * Writes summaries: all of the minima together, then all of the maxima, and so on. Never empty.
 *
 * @param starts when the stretch of time of each begins: times are stored as distances from it.
 */
export function writeSummaries(writer: ByteWriter, summaries: readonly Summary[], starts: readonly number[]): void {
  const integers = (of: (summary: Summary, start: number) => number): void => writeIntegers(writer, summaries.map((summary, index) => of(summary, starts[index] ?? NaN)))
  const values = (of: (summary: Summary) => number): void => writer.bytes(shortestLayout(Float64Array.from(summaries, of)))
  integers(({ count }) => count)
  integers(({ minAt }, start) => minAt - start)
  integers(({ maxAt }, start) => maxAt - start)
  values(({ min }) => min)
  values(({ max }) => max)
  values(({ sum }) => sum)
  values(({ squares }) => squares)
  for (const { sketch } of summaries) writeSketch(writer, sketch)
}

/** Reads as many summaries as there are `starts`; `undefined` in place of those that are not wanted. */
export function readSummaries(reader: ByteReader, starts: readonly number[], isWanted: (start: number) => boolean = () => true): (Summary | undefined)[] {
  const [counts, minAt, maxAt] = [readIntegers(reader, starts.length), readIntegers(reader, starts.length), readIntegers(reader, starts.length)]
  const [min, max, sum, squares] = [readValues(reader, starts.length), readValues(reader, starts.length), readValues(reader, starts.length), readValues(reader, starts.length)]
  const at = (column: ArrayLike<number>, index: number): number => column[index] ?? NaN
  return starts.map((start, index) => {
    if (!isWanted(start)) {
      skipSketch(reader)
      return undefined
    }
    return {
      count: at(counts, index),
      min: at(min, index),
      minAt: at(minAt, index) + start,
      max: at(max, index),
      maxAt: at(maxAt, index) + start,
      sum: at(sum, index),
      squares: at(squares, index),
      sketch: readSketch(reader),
    }
  })
}
