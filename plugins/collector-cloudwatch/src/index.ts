import { defineAwsCollector, LIST_METRICS } from '@tocsin/aws'
import type { CollectorPlugin, Metric, Rules, Watch } from '@tocsin/core'
import type { z } from 'zod'
import { catalogue, storedFacts } from './catalogue.ts'
import { discover, lists } from './discover.ts'
import { cloudWatchOptions, type CustomExpressionInput, type CustomMetricInput } from './options.ts'

type SharedOptions = Omit<z.input<typeof cloudWatchOptions>, 'metrics' | 'expressions'>

type CustomMetrics = Readonly<Record<string, CustomMetricInput>>
type CustomExpressions = Readonly<Record<string, CustomExpressionInput>>

/** Makes every key an error that a metric or an expression does not have. */
type NoOthers<All, Known> = { readonly [Name in keyof All]: { readonly [Key in Exclude<keyof All[Name], keyof Known>]: never } }

type MetricsOf<All extends CustomMetrics | CustomExpressions> = { readonly [Name in keyof All]: Metric<All[Name]['unit']> }

/**
 * The collector, with the names and units of its metrics read from its own options. They are known where it is called, not where it
 * is defined, so only the type of the call is narrowed.
 */
interface CloudWatchFactory extends CollectorPlugin {
  <const M extends CustomMetrics>(options: SharedOptions & { readonly metrics: M & NoOthers<M, CustomMetricInput> }, rules: Rules<MetricsOf<M>>): Watch
  <const M extends CustomMetrics, const E extends CustomExpressions>(
    options: SharedOptions & { readonly metrics: M & NoOthers<M, CustomMetricInput>; readonly expressions: E & NoOthers<E, CustomExpressionInput> },
    rules: Rules<MetricsOf<M> & MetricsOf<E>>,
  ): Watch
}

/**
 * Watches any CloudWatch metric.
 *
 * ```ts
 * cloudwatch(
 *   {
 *     regions: ['us-west-2'],
 *     metrics: {
 *       queueDepth: { namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: '*' }, stat: 'Maximum', period: '1m', unit: 'count' },
 *     },
 *   },
 *   { queueDepth: threshold({ critical: 1000 }) },
 * )
 * ```
 */
export const cloudwatch = defineAwsCollector({
  name: 'cloudwatch',
  resources: 'metrics',
  options: cloudWatchOptions,
  ttl: 3_600,
  facts: storedFacts,
  catalogue,
  calls: (options, wanted) => (lists(options, wanted) ? [LIST_METRICS] : []),
  discover,
  spansAccounts: ({ sourceAccounts }) => sourceAccounts !== undefined,
}) as unknown as CloudWatchFactory

export default cloudwatch
