import type { MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'

/** What one owner wants of one statistic of a metric. */
export interface Demand {
  readonly owner: Owner
  readonly query: MetricQuery
  /** When it was asked for last. */
  readonly askedAt: number
  /** Milliseconds between two cycles of the owner. */
  readonly interval: number
  /** End of the last complete window whose points the owner was given. Undefined: it was given none yet. */
  readUntil: number | undefined
}

const FORGOTTEN_AFTER = 3_600_000

/** Whether nobody has asked for so long that it counts no more. */
export function isOver({ query, askedAt, interval }: Demand, now: number): boolean {
  return now - askedAt > Math.max(FORGOTTEN_AFTER, 3 * everyOf(query) * 1_000, 3 * interval)
}

/** Seconds between two polls. No poll within a period brings anything. */
export function everyOf({ every, period }: MetricQuery): number {
  return Math.max(every ?? period, period)
}

/** A query that serves both: the longer settling and history, the shorter time between polls. */
export function union(a: MetricQuery, b: MetricQuery): MetricQuery {
  const lookBack = a.lookBack === undefined ? b.lookBack : b.lookBack === undefined ? a.lookBack : Math.max(a.lookBack, b.lookBack)
  return { ...a, settle: Math.max(a.settle, b.settle), lookBack, every: Math.min(everyOf(a), everyOf(b)) }
}

/** Whether one serves the other as it is. */
export function isSame(a: MetricQuery, b: MetricQuery): boolean {
  return a.settle === b.settle && a.lookBack === b.lookBack && everyOf(a) === everyOf(b)
}
