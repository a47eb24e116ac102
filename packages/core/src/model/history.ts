import type { Labels } from './labels.ts'
import type { Resource } from './resource.ts'
import type { Series } from './series.ts'
import type { Unit } from './unit.ts'

/**
 * What was measured: for reports, backtests and baselines. It has transactions of its own, because nobody is owed a point: a cycle
 * must not fail because its points could not be kept. Times are milliseconds since the epoch; ranges hold `from` and end before `until`, which may be
 * `Infinity` where points are asked for.
 */
export interface HistoryStore {
  /**
   * Keeps points, all or none. A point at a time that is there already replaces it, so a provisional point may be given again when it
   * is final. Missing points (NaN) are left out and take nothing back. Points of days that were packed long ago are welcome as long as
   * raw points are kept; later than that, only for hours of which nothing is known.
   *
   * @throws TocsinError E401 for times that are not whole milliseconds.
   */
  append(monitor: string, measured: readonly MeasuredSeries[]): Promise<void>
  /** Notes that resources are gone: from `at` on no points are expected of them. A later point of theirs takes it back. */
  markGone(monitor: string, resources: readonly Resource[], at: number): Promise<void>
  /** What there are points or rollups of, by resource and metric. */
  series(filter?: HistoryFilter): Promise<readonly HistorySeries[]>
  /** The points of series in a range, as they came; nothing that is older than raw points are kept. Series without any are left out. */
  points(range: HistoryRange): Promise<readonly HistoryPoints[]>
  /**
   * Summaries of series, one for each step of the range, in the order of `range.series`. Points that came a moment ago count at once.
   * Where a step begins or ends within a UTC hour, its points are counted one by one while raw points are kept; of older ones the hour
   * counts for the step in which it begins.
   *
   * @throws RangeError for a time zone that does not exist, or a range without an end.
   */
  rollups(range: HistoryRange & HistorySteps): Promise<readonly HistoryRollups[]>
  /**
   * Packs points of finished days into chunks and rollups, and forgets what is older than the store keeps. Works in small
   * transactions with room for others between them. May be called at any time, by several processes, and be stopped or die anywhere:
   * the next call goes on from there.
   */
  maintain(options: { readonly now: number; readonly signal?: AbortSignal }): Promise<MaintenanceResult>
}

/** Points of one series, with what its metric counts in. */
export interface MeasuredSeries {
  readonly unit: Unit
  readonly series: Pick<Series, 'resource' | 'metric' | 'labels' | 'period' | 'timestamps' | 'values'>
}

export interface HistoryFilter {
  readonly monitor?: string
  readonly metric?: string
  /** A `Resource.id`. */
  readonly resource?: string
}

export interface HistorySeries {
  /** The store's name for it: what ranges ask for. */
  readonly id: number
  readonly monitor: string
  /** As it was when its newest point came. */
  readonly resource: Resource
  readonly metric: string
  readonly labels: Labels
  readonly unit: Unit
  /** Milliseconds between two points, as of the newest. */
  readonly period: number
  /** The time of the earliest point that was ever given. */
  readonly firstAt: number
  /** Since when its resource is gone; absent while it is there. */
  readonly goneAt?: number
}

export interface HistoryRange {
  /** Ids of series. Those that do not exist are left out of the answer. */
  readonly series: readonly number[]
  readonly from: number
  readonly until: number
}

export interface HistorySteps {
  /** `all`: the whole range is one step. Weeks begin on Monday. The first and the last step are cut off at the ends of the range. */
  readonly step: 'hour' | 'day' | 'week' | 'all'
  /** IANA zone whose hours, days and weeks are meant; those of a change of clocks are an hour longer or shorter. Default UTC. */
  readonly timeZone?: string
}

export interface HistoryPoints {
  readonly series: number
  /** Ascending, without repeats, as long as `values`. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

export interface HistoryRollups {
  readonly series: number
  /** One for each step, oldest first, steps without a point included. */
  readonly rollups: readonly Rollup[]
}

/** What the points of a stretch of time come to. Without a point all numbers but the counts are NaN. */
export interface Rollup {
  readonly from: number
  readonly until: number
  /** Points that are present. */
  readonly count: number
  /**
   * Points that would be present without gaps: none before the series' first point, none while its resource is gone. A fraction where
   * the step is shorter than the period. `count / expected` is the coverage.
   */
  readonly expected: number
  /** How many values are infinite: targets that did not answer. They count for `min`, `max` and quantiles, not for `mean` and `deviation`. */
  readonly infinite: number
  readonly min: number
  /** When the smallest value was first seen. */
  readonly minAt: number
  readonly max: number
  /** When the largest value was first seen. */
  readonly maxAt: number
  readonly mean: number
  /** Standard deviation of the points, not an estimate for a larger population. */
  readonly deviation: number
  /** How many points fell into each bucket, by the bucket's number. Those of two rollups add up; `quantile` reads them. */
  readonly sketch: ReadonlyMap<number, number>
  /**
   * The value below which a share of the points lies, within one percent: 0.95 gives the 95th percentile. Exact at 0 and 1. Of n values
   * in order it is the one at position `share * (n - 1)`, rounded down.
   */
  quantile(share: number): number
  /** One rollup of this and others, of the same series or of several: it spans them all. */
  merge(others: readonly Rollup[]): Rollup
}

export interface MaintenanceResult {
  /** Points that were packed, those that came late included. */
  readonly packed: number
  /** Points that were left out: they came after their hour's raw points were forgotten. */
  readonly tooLate: number
  /** Whether it came to the end: false when the signal stopped it. */
  readonly finished: boolean
}
