import type { Past, Rollup } from '@tocsin/core'
import type { RowValues } from '../figures.ts'
import { averageOf } from './course.ts'

/** What a series came to in a period. */
export interface Totals {
  /** `undefined` without a single point. */
  readonly values?: RowValues
  /** Points present of points expected, 0 to 1; `undefined` where none were expected. */
  readonly coverage?: number
}

/** Series that are asked for at once: a rollup holds the distribution of its points, of which a row needs a number or two. */
const AT_ONCE = 1_024

/** What series came to in a period, by series. */
export async function totalsOf(history: Past['history'], series: readonly number[], { from, until }: { readonly from: number; readonly until: number }): Promise<ReadonlyMap<number, Totals>> {
  const found = new Map<number, Totals>()
  if (history === undefined) return found
  for (let first = 0; first < series.length; first += AT_ONCE) {
    for (const { series: id, rollups: [rollup] } of await history.rollups({ series: series.slice(first, first + AT_ONCE), from, until, step: 'all' })) {
      if (rollup !== undefined) found.set(id, totalsIn(rollup))
    }
  }
  return found
}

function totalsIn(rollup: Rollup): Totals {
  const { count, expected, min, minAt, max, maxAt, mean } = rollup
  return {
    ...(count === 0 ? {} : { values: { low: min, lowAt: minAt, average: averageOf(mean, max), high: max, highAt: maxAt, p95: rollup.quantile(0.95) } }),
    ...(expected === 0 ? {} : { coverage: Math.min(1, count / expected) }),
  }
}
