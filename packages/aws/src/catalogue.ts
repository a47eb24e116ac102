import type { Metric, Resource } from '@tocsin/core'
import type { Dimensions } from './engine/metric-query.ts'

/** A resource that discovery found, and how CloudWatch knows it. */
export interface Discovered<Facts> {
  /** Account and region are added by the collector. `id` is an ARN. */
  readonly resource: Omit<Resource, 'account' | 'region'>
  /**
   * Number of the account that has it, where the target's account only reads it: a monitoring account of CloudWatch's cross-account
   * observability. Its metrics are asked for there. Default: the target's account.
   */
  readonly account?: string | undefined
  /** What names the resource in CloudWatch: `{ InstanceId: 'i-0abc' }`. A metric may give its own. */
  readonly dimensions: Dimensions
  /** What metrics need to know beside points: whether detailed monitoring is on, the allocated storage. */
  readonly facts: Facts
}

/** A value, or how to get it from the resource. */
export type ByResource<Value, Facts> = Value | ((found: Discovered<Facts>) => Value)

/** One thing to ask CloudWatch for. */
export interface MetricSource<Facts> {
  /** `AWS/EC2`. */
  readonly namespace: string
  /** CloudWatch's name: `CPUUtilization`. */
  readonly metric: ByResource<string, Facts>
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, `p99`. Several statistics of one metric in one call cost one metric. */
  readonly stat: string
  /** Seconds between two points, a multiple of 60 but for high-resolution metrics. */
  readonly period: ByResource<number, Facts>
  /** Seconds until a point no longer changes, counted from the end of its period. */
  readonly settle: ByResource<number, Facts>
  /** Seconds between two polls, each of which is paid for. Default, and at least: the cycle or the period, whichever is longer. */
  readonly every?: number
  /** Seconds of history in every poll, which costs nothing. Default: `settle` and five periods. */
  readonly lookBack?: number
  /** Default: the dimensions of the resource. */
  readonly dimensions?: (found: Discovered<Facts>) => Dimensions
}

/** What a value is computed beside. */
export interface PointOf<Facts> extends Discovered<Facts> {
  /** Seconds. */
  readonly period: number
}

/** A metric of one CloudWatch metric. */
export interface SingleMetric<Facts> extends MetricSource<Facts> {
  /** From CloudWatch's value to ours: a Sum to a rate, a count to a percentage. Default: as it is. NaN is no point. */
  readonly value?: (value: number, of: PointOf<Facts>) => number
  /**
   * For metrics whose dimensions only CloudWatch knows, such as those of the CloudWatch agent. They are found by ListMetrics
   * (only while the metric is wanted) among those that have all dimensions of the resource, and each gives a series.
   * A resource that CloudWatch lists none for (no agent reported in two weeks) gives no series at all; one whose metrics were all
   * silent for three hours keeps its series, empty; beside active ones, silent ones are gone.
   */
  readonly listed?: ListedDimensions<Facts>
}

/** How listed metrics become series. */
export interface ListedDimensions<Facts> {
  /** Labels of the series by the dimension they are read from: `{ mount: 'path' }`. A listed metric without these is passed over. */
  readonly labels: Readonly<Record<string, string>>
  /** Which of them count. Of several with the same labels the one with the fewest dimensions is taken. Default: all. */
  readonly where?: (dimensions: Dimensions, found: Discovered<Facts>) => boolean
}

/** A metric computed of several CloudWatch metrics. */
export interface CombinedMetric<Facts> {
  /** By names of your own. All with the same period. */
  readonly sources: ByResource<Readonly<Record<string, MetricSource<Facts>>>, Facts>
  /**
   * The value at one time, called for each time at which any source has a point; one that has none is absent.
   * `undefined` is no point.
   */
  readonly combine: (values: Readonly<Record<string, number>>, of: PointOf<Facts>) => number | undefined
}

/** One metric of an AWS collector: what it means, and what to ask CloudWatch for. */
export type AwsMetric<Facts> = Metric & {
  /** Which resources have the metric at all; the others give no series of it. Default: all. */
  readonly when?: (found: Discovered<Facts>) => boolean
} & (SingleMetric<Facts> | CombinedMetric<Facts>)

/**
 * The metrics of an AWS collector by name. Write it with `satisfies`, so that names and units reach the rules:
 *
 * ```ts
 * export const catalogue = {
 *   cpu: { unit: 'percent', worse: 'high', help: 'CPU in use', namespace: 'AWS/EC2', metric: 'CPUUtilization', stat: 'Average', period: 300, settle: 300 },
 * } as const satisfies Catalogue<InstanceFacts>
 * ```
 */
export type Catalogue<Facts> = Readonly<Record<string, AwsMetric<Facts>>>

/** The facts that a catalogue reads. */
export type FactsOf<C> = C extends Catalogue<infer Facts> ? Facts : never

/** Turns a `Sum` over a period into a rate: `value: perSecond`. */
export const perSecond = (sum: number, { period }: { readonly period: number }): number => sum / period
