import type { TocsinError } from '@tocsin/core'

/** What names a metric in CloudWatch beside its namespace and name. At most 30. */
export type Dimensions = Readonly<Record<string, string>>

/** One statistic of one CloudWatch metric. */
export interface MetricQuery {
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Dimensions
  /** Number of the account that has the metric, where another one reads it. Default: the account of the credentials. */
  readonly account?: string | undefined
  /** `Average`, `Sum`, `p99`. */
  readonly stat: string
  /** Seconds. */
  readonly period: number
  /** Seconds until a point no longer changes, counted from the end of its period. */
  readonly settle: number
  /** Seconds of history to ask for. Default: `settle` and five periods. */
  readonly lookBack?: number | undefined
  /** Seconds between two polls. Default: the period. */
  readonly every?: number | undefined
}

/** What CloudWatch knows about a query. Shared by all who ask: not to be changed. */
export interface MetricPoints {
  /** Start of each period, milliseconds since the epoch, ascending, without repeats. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** Points that start before this are final. */
  readonly settledUntil: number
  readonly status: 'complete' | 'partial' | 'error'
  /** Why, where the status is `error`. */
  readonly error?: TocsinError
}

/** `namespace|metric|sorted dimensions`, and the account where it is another one: the metric that is paid for, whatever its statistics. */
export function metricKey({ namespace, metric, dimensions, account }: MetricQuery): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return JSON.stringify(account === undefined ? [namespace, metric, sorted] : [namespace, metric, sorted, account])
}
