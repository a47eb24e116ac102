import { NO_POINTS, type Points } from './points.ts'

/**
 * Points of a regular series: the times follow from the first, and a time without a point is NaN. The values are a place in the memory
 * that all answers of a call share; an array object for each series would be larger than its points.
 */
interface Regular {
  readonly start: number
  readonly buffer: ArrayBufferLike
  /** Bytes. */
  readonly offset: number
  readonly length: number
}

/** Points as they are remembered. */
export type KeptPoints = Regular | Points

/** @param step milliseconds between two points of a series without gaps. */
export function keep(points: Points, step: number): KeptPoints {
  const { timestamps, values } = points
  const start = timestamps[0]
  const last = timestamps.at(-1)
  if (start === undefined || last === undefined) return NO_POINTS
  const slots = (last - start) / step + 1
  // A series that is mostly gaps, or has times of its own, is smaller as it is.
  if (slots > 2 * timestamps.length || timestamps.some((at) => (at - start) % step !== 0)) return points
  if (slots === values.length) return regularOf(start, values)
  const regular = new Float64Array(slots).fill(Number.NaN)
  timestamps.forEach((at, index) => {
    regular[(at - start) / step] = values[index] ?? Number.NaN
  })
  return regularOf(start, regular)
}

/** @param step the same as it was kept with. */
export function pointsOf(kept: KeptPoints, step: number): Points {
  if ('timestamps' in kept) return kept
  const values = new Float64Array(kept.buffer, kept.offset, kept.length)
  const timestamps = new Float64Array(values.length)
  for (let index = 0; index < values.length; index++) timestamps[index] = kept.start + index * step
  if (!values.some(Number.isNaN)) return { timestamps, values }
  return { timestamps: timestamps.filter((_, index) => !Number.isNaN(values[index])), values: values.filter((value) => !Number.isNaN(value)) }
}

function regularOf(start: number, { buffer, byteOffset, length }: Float64Array): Regular {
  return { start, buffer, offset: byteOffset, length }
}
