import type { Points } from './points.ts'
import { infiniteIn, mergeSketches, type Sketch, sketchOf } from './sketch.ts'

/** What is kept of the points of a stretch of time. Those of two stretches merge into that of both. */
export interface Summary {
  /** Points, one at least. */
  readonly count: number
  readonly min: number
  /** When the smallest value was first seen, milliseconds since the epoch. */
  readonly minAt: number
  readonly max: number
  readonly maxAt: number
  /** Of the finite values. */
  readonly sum: number
  /**
   * Sum of the squared distances of the finite values from their mean. Sums of squares lose all digits of a small spread around a
   * large mean; these do not (Chan, Golub and LeVeque 1979).
   */
  readonly squares: number
  readonly sketch: Sketch
}

/** The summary of points, or `undefined` when there are none. */
export function summaryOf({ timestamps, values }: Points): Summary | undefined {
  if (values.length === 0) return undefined
  let [minAt, maxAt, min, max] = [timestamps[0] ?? NaN, timestamps[0] ?? NaN, values[0] ?? NaN, values[0] ?? NaN]
  let [finite, sum, mean, squares] = [0, 0, 0, 0]
  for (const [index, value] of values.entries()) {
    if (value < min) [min, minAt] = [value, timestamps[index] ?? NaN]
    if (value > max) [max, maxAt] = [value, timestamps[index] ?? NaN]
    if (!Number.isFinite(value)) continue
    finite++
    sum += value
    const distance = value - mean
    mean += distance / finite
    squares += distance * (value - mean)
  }
  return { count: values.length, min, minAt, max, maxAt, sum, squares, sketch: sketchOf(values) }
}

/** One summary of what several stretches of time have; `undefined` of none. */
export function mergeSummaries(summaries: readonly Summary[]): Summary | undefined {
  const [first, ...others] = summaries
  if (first === undefined) return undefined
  const sketch = others.length === 0 ? first.sketch : mergeSketches(summaries.map((summary) => summary.sketch))
  let finite = finiteIn(first)
  let { count, min, minAt, max, maxAt, sum, squares } = first
  for (const other of others) {
    const more = finiteIn(other)
    if (finite > 0 && more > 0) squares += ((other.sum / more - sum / finite) ** 2 * finite * more) / (finite + more)
    squares += other.squares
    sum += other.sum
    finite += more
    count += other.count
    if (other.min < min || (other.min === min && other.minAt < minAt)) ({ min, minAt } = other)
    if (other.max > max || (other.max === max && other.maxAt < maxAt)) ({ max, maxAt } = other)
  }
  return { count, min, minAt, max, maxAt, sum, squares, sketch }
}

/** How many of the values are finite. */
export const finiteIn = ({ count, sketch }: Pick<Summary, 'count' | 'sketch'>): number => count - infiniteIn(sketch)
