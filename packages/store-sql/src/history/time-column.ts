import type { ByteReader, ByteWriter } from './bytes.ts'

/** The largest time, in milliseconds since the epoch: beyond the year 19800, and differences of differences of times still are exact. */
export const LATEST_TIME = 2 ** 49

/**
 * Writes ascending times as the change of the step from one to the next: nothing but zeros for a regular series, and those are counted.
 * A day of a regular series takes about ten bytes.
 */
export function writeTimes(writer: ByteWriter, times: Float64Array): void {
  let [last, step, steady] = [0, 0, 0]
  const flush = (): void => {
    if (steady > 0) {
      writer.int(0)
      writer.uint(steady)
    }
    steady = 0
  }
  for (const time of times) {
    const change = time - last - step
    if (change === 0) steady++
    else {
      flush()
      writer.int(change)
    }
    step = time - last
    last = time
  }
  flush()
}

/** Reads `count` times that `writeTimes` wrote. */
export function readTimes(reader: ByteReader, count: number): Float64Array {
  let [last, step, steady] = [0, 0, 0]
  return Float64Array.from({ length: count }, () => {
    if (steady > 0) steady--
    else {
      const change = reader.int()
      if (change === 0) steady = reader.uint() - 1
      step += change
    }
    last += step
    return last
  })
}
