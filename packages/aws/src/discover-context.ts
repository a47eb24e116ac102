import type { Services, TocsinError } from '@tocsin/core'
import type { Dimensions } from './engine/metric-query.ts'

/** Which metrics to list. */
export interface ListQuery {
  readonly namespace: string
  /** Default: every metric of the namespace. */
  readonly metric?: string
  /** Dimensions that a listed metric must have, beside any others. A value left `undefined` may be anything. Default: none. */
  readonly dimensions?: Readonly<Record<string, string | undefined>>
  /** Number of the account whose metrics are listed, where the target's account only reads them. Default: the target's account. */
  readonly account?: string | undefined
  /** Only metrics with points in the last three hours. Default false: in the last two weeks. */
  readonly recentlyActive?: boolean
}

/** One metric that CloudWatch has points of. */
export interface ListedMetric {
  readonly metric: string
  readonly dimensions: Dimensions
}

/** What a discovery function is given beside its target. */
export interface DiscoverContext<Options> extends Services {
  /** The collector's options. */
  readonly options: Options
  /** The metrics that rules ask for: what only others need is not worth a call. */
  readonly wanted: ReadonlySet<string>
  /** Aborted when there is no more time. Pass it on to every `target.call`. */
  readonly signal: AbortSignal
  /** Says that a part of the region could not be read while the rest counts. Told in every cycle that uses what was found. */
  readonly fail: (error: TocsinError) => void
  /**
   * ListMetrics of the target, all pages, kept for 15 minutes and shared by all collectors of the process.
   *
   * @throws TocsinError as `Target.call` does.
   */
  readonly listMetrics: (query: ListQuery) => Promise<readonly ListedMetric[]>
}
