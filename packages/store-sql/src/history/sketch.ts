/**
 * How often values fell into each bucket, by the bucket's number; buckets without a value are absent. A bucket holds the values that
 * lie within `SKETCH_ERROR` of its middle, so any quantile is known within that relative error, and sketches of two sets of values add
 * up to the sketch of both. This is the DDSketch of Masson, Rim and Lee (VLDB 2019), never collapsed: a metric that spans ten
 * powers of ten has at most 1,151 buckets. The numbers ascend with the values, from -Infinity over zero to Infinity.
 */
export type Sketch = ReadonlyMap<number, number>

/** The largest relative error of a quantile. */
export const SKETCH_ERROR = 0.01

/** The bucket of values around 1. Positive values have the numbers above 0, negative ones the same below, zero has 0. */
export const ONE = 35_500
const INFINITE = 2 * ONE
/** Smaller values have less than a full mantissa, so no relative error can be kept: they count as zero. */
const SMALLEST = 2 ** -1_022
const LOG_GROWTH = Math.log((1 + SKETCH_ERROR) / (1 - SKETCH_ERROR))
const LOG_MIDDLE = Math.log(1 - SKETCH_ERROR)

/** The bucket of a value; NaN has none. */
export function bucketOf(value: number): number {
  const size = Math.abs(value)
  if (size < SMALLEST) return 0
  const bucket = size === Infinity ? INFINITE : ONE + Math.ceil(Math.log(size) / LOG_GROWTH)
  return value < 0 ? -bucket : bucket
}

/** The middle of a bucket: within `SKETCH_ERROR` of each of its values. */
export function middleOf(bucket: number): number {
  const size = Math.abs(bucket)
  if (size === 0) return 0
  const middle = size === INFINITE ? Infinity : Math.exp((size - ONE) * LOG_GROWTH + LOG_MIDDLE)
  return bucket < 0 ? -middle : middle
}

/** The sketch of values that are not NaN. */
export function sketchOf(values: Iterable<number>): Sketch {
  const counts = new Map<number, number>()
  for (const value of values) {
    const bucket = bucketOf(value)
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }
  return counts
}

export function mergeSketches(...sketches: readonly Sketch[]): Sketch {
  const counts = new Map<number, number>()
  for (const sketch of sketches) for (const [bucket, count] of sketch) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  return counts
}

/** How many of the values were infinite, of either sign. */
export const infiniteIn = (sketch: Sketch): number => (sketch.get(INFINITE) ?? 0) + (sketch.get(-INFINITE) ?? 0)

/**
 * About the value below which a share of all values lies: of n values in order the one at position `share * (n - 1)`, rounded down.
 *
 * @param share from 0, the smallest value, to 1, the largest.
 * @returns NaN for an empty sketch.
 */
export function quantileOf(sketch: Sketch, share: number): number {
  const buckets = [...sketch].sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let before = 0
  for (const [bucket, count] of buckets) {
    before += count
    if (before > share * (total - 1)) return middleOf(bucket)
  }
  return NaN
}
