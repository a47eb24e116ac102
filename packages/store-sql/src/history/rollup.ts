import type { Rollup } from '@tocsin/core'
import { EMPTY_SKETCH, infiniteIn, quantileOf, sketchFrom } from './sketch.ts'
import { finiteIn, mergeSummaries, type Summary } from './summary.ts'

/** A stretch of time, the points expected in it, and the summary of those that are there, if any is. */
interface Stretch {
  readonly from: number
  readonly until: number
  readonly expected: number
  readonly summary: Summary | undefined
}

const NOTHING = { count: 0, min: NaN, minAt: NaN, max: NaN, maxAt: NaN, sketch: EMPTY_SKETCH }

/** What readers of the history see of a summary. */
export function rollupOf({ from, until, expected, summary }: Stretch): Rollup {
  const { count, min, minAt, max, maxAt, sketch } = summary ?? NOTHING
  const finite = summary === undefined ? 0 : finiteIn(summary)
  return {
    from,
    until,
    count,
    expected,
    infinite: infiniteIn(sketch),
    min,
    minAt,
    max,
    maxAt,
    mean: summary === undefined ? NaN : summary.sum / finite,
    deviation: summary === undefined ? NaN : Math.sqrt(summary.squares / finite),
    // A map only where somebody asks for it: most want a quantile or two.
    get sketch() {
      return new Map(sketch.buckets.map((bucket, index) => [bucket, sketch.counts[index] ?? 0]))
    },
    quantile(share) {
      if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share: it must be from 0 to 1`)
      if (share === 0) return min
      if (share === 1) return max
      return Math.min(max, Math.max(min, quantileOf(sketch, share)))
    },
    merge(others) {
      const all: readonly Pick<Rollup, 'from' | 'until' | 'expected'>[] = [{ from, until, expected }, ...others]
      return rollupOf({
        from: Math.min(...all.map((one) => one.from)),
        until: Math.max(...all.map((one) => one.until)),
        expected: all.reduce((sum, one) => sum + one.expected, 0),
        summary: mergeSummaries([...(summary === undefined ? [] : [summary]), ...others.filter((other) => other.count > 0).map(summaryBehind)]),
      })
    },
  }
}

function summaryBehind({ count, min, minAt, max, maxAt, mean, deviation, infinite, sketch }: Rollup): Summary {
  const finite = count - infinite
  return { count, min, minAt, max, maxAt, sketch: sketchFrom(sketch), sum: finite === 0 ? 0 : mean * finite, squares: finite === 0 ? 0 : deviation ** 2 * finite }
}
