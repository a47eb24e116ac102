import { defineAwsCollector } from '@tocsin/aws'
import type { CollectorPlugin, Metric, Rules, Watch } from '@tocsin/core'
import type { z } from 'zod'
import { catalogue } from './catalogue.ts'
import { discover } from './discover.ts'
import { cloudWatchOptions, type CustomMetricInput } from './options.ts'

type SharedOptions = Omit<z.input<typeof cloudWatchOptions>, 'metrics'>

type CustomMetrics = Readonly<Record<string, CustomMetricInput>>

/** Makes every key an error that a metric does not have. */
type NoOthers<M extends CustomMetrics> = { readonly [Name in keyof M]: { readonly [Key in Exclude<keyof M[Name], keyof CustomMetricInput>]: never } }

/**
 * The collector, with the names and units of its metrics read from its own options. They are known where it is called, not where it
 * is defined, so only the type of the call is narrowed.
 */
interface CloudWatchFactory extends CollectorPlugin {
  <const M extends CustomMetrics>(
    options: SharedOptions & { readonly metrics: M & NoOthers<M> },
    rules: Rules<{ readonly [Name in keyof M]: Metric<M[Name]['unit']> }>,
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
  catalogue,
  discover,
}) as unknown as CloudWatchFactory

export default cloudwatch
