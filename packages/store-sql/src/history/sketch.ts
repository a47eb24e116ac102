/**
 * How often values fell into each bucket; buckets without a value are absent. A bucket holds the values that
 * lie within `SKETCH_ERROR` of its middle, so any quantile is known within that relative error, and sketches of two sets of values add
 * up to the sketch of both. This is the DDSketch of Masson, Rim and Lee (VLDB 2019), never collapsed: a metric that spans ten
 * powers of ten has at most 1,151 buckets. The numbers ascend with the values, from -Infinity over zero to Infinity.
 */
export interface Sketch {
  /** The numbers of the buckets, ascending. */
  readonly buckets: readonly number[]
  /** How many values each of them holds, in the same order. */
  readonly counts: readonly number[]
}

export const EMPTY_SKETCH: Sketch = { buckets: [], counts: [] }

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

/** What `gather` counts in, by bucket, empty again after each use: a map for each sum of sketches is what would take most of its time. */
const tally = new Float64Array(2 * INFINITE + 1)

/** A sketch of what `count` is called with. */
function gather(fill: (count: (bucket: number, times: number) => void) => void): Sketch {
  const touched: number[] = []
  fill((bucket, times) => {
    const before = tally[bucket + INFINITE] ?? 0
    if (before === 0) touched.push(bucket)
    tally[bucket + INFINITE] = before + times
  })
  const buckets = ascending(touched)
  const counts: number[] = []
  for (const bucket of buckets) {
    counts.push(tally[bucket + INFINITE] ?? 0)
    tally[bucket + INFINITE] = 0
  }
  return { buckets, counts }
}

function ascending(numbers: readonly number[]): number[] {
  // Arrays of numbers sort as numbers only where they are typed, and then several times faster.
  return Array.from(Int32Array.from(numbers).sort())
}

/** The sketch of values that are not NaN. */
export function sketchOf(values: Iterable<number>): Sketch {
  return gather((count) => {
    for (const value of values) count(bucketOf(value), 1)
  })
}

/** The sketch of which a map by bucket tells the counts. */
export function sketchFrom(found: ReadonlyMap<number, number>): Sketch {
  return gather((count) => {
    for (const [bucket, times] of found) count(bucket, times)
  })
}

export function mergeSketches(sketches: readonly Sketch[]): Sketch {
  return gather((count) => {
    for (const { buckets, counts } of sketches) for (let index = 0; index < buckets.length; index++) count(buckets[index] ?? 0, counts[index] ?? 0)
  })
}

/** How many of the values were infinite, of either sign. */
export function infiniteIn({ buckets, counts }: Sketch): number {
  const last = buckets.length - 1
  return (buckets[0] === -INFINITE ? (counts[0] ?? 0) : 0) + (buckets[last] === INFINITE ? (counts[last] ?? 0) : 0)
}

/**
 * About the value below which a share of all values lies: of n values in order the one at position `share * (n - 1)`, rounded down.
 *
 * @param share from 0, the smallest value, to 1, the largest.
 * @returns NaN for an empty sketch.
 */
export function quantileOf({ buckets, counts }: Sketch, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let before = 0
  for (const [index, count] of counts.entries()) {
    before += count
    if (before > share * (total - 1)) return middleOf(buckets[index] ?? NaN)
  }
  return NaN
}
