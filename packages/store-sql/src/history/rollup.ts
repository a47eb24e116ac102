import type { Rollup } from '@tocsin/core'
import { EMPTY_SKETCH, infiniteIn, quantileOf, sketchFrom } from './sketch.ts'
import { mergeSummaries, type Summary } from './summary.ts'

/** A stretch of time, the points expected in it, and the summary of those that are there, if any is. */
interface Stretch {
  readonly from: number
  readonly until: number
  readonly expected: number
  readonly summary: Summary | undefined
}

const NOTHING = { count: 0, min: NaN, minAt: NaN, max: NaN, maxAt: NaN, sketch: EMPTY_SKETCH }

/** What readers of the history see of a summary. */
export const rollupOf = (stretch: Stretch): Rollup => new StoredRollup(stretch)

/** A class, as there may be hundreds of thousands: each has its numbers, and all have the same functions. */
class StoredRollup implements Rollup {
  readonly from: number
  readonly until: number
  readonly expected: number
  readonly count: number
  readonly infinite: number
  readonly min: number
  readonly minAt: number
  readonly max: number
  readonly maxAt: number
  readonly mean: number
  readonly deviation: number
  readonly #summary: Summary | undefined

  constructor({ from, until, expected, summary }: Stretch) {
    const { count, min, minAt, max, maxAt, sketch } = summary ?? NOTHING
    this.from = from
    this.until = until
    this.expected = expected
    this.count = count
    this.infinite = infiniteIn(sketch)
    this.min = min
    this.minAt = minAt
    this.max = max
    this.maxAt = maxAt
    this.mean = summary === undefined ? NaN : summary.sum / (count - this.infinite)
    this.deviation = summary === undefined ? NaN : Math.sqrt(summary.squares / (count - this.infinite))
    this.#summary = summary
  }

  /** A map only where somebody asks for it: most want a quantile or two. */
  get sketch(): ReadonlyMap<number, number> {
    const { buckets, counts } = this.#summary?.sketch ?? EMPTY_SKETCH
    return new Map(buckets.map((bucket, index) => [bucket, counts[index] ?? 0]))
  }

  quantile(share: number): number {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share: it must be from 0 to 1`)
    if (share === 0) return this.min
    if (share === 1) return this.max
    return Math.min(this.max, Math.max(this.min, quantileOf(this.#summary?.sketch ?? EMPTY_SKETCH, share)))
  }

  merge(others: readonly Rollup[]): Rollup {
    const all: readonly Rollup[] = [this, ...others]
    return new StoredRollup({
      from: Math.min(...all.map((one) => one.from)),
      until: Math.max(...all.map((one) => one.until)),
      expected: all.reduce((sum, one) => sum + one.expected, 0),
      summary: mergeSummaries([...(this.#summary === undefined ? [] : [this.#summary]), ...others.filter((other) => other.count > 0).map(summaryBehind)]),
    })
  }
}

function summaryBehind({ count, min, minAt, max, maxAt, mean, deviation, infinite, sketch }: Rollup): Summary {
  const finite = count - infinite
  return { count, min, minAt, max, maxAt, sketch: sketchFrom(sketch), sum: finite === 0 ? 0 : mean * finite, squares: finite === 0 ? 0 : deviation ** 2 * finite }
}
