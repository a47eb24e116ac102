import { awsOptions } from '@tocsin/aws'
import { duration, UNITS } from '@tocsin/core'
import { z } from 'zod'

/** `Average`, `p99`, `tm95`, `TM(2%:98%)`. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
const STATISTIC = /^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|(PR|TM|TC|TS|WM)\([\d.%]*:[\d.%]*\))$/

/** What GetMetricData takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
const isPeriod = (ms: number): boolean => [1, 5, 10, 20, 30].includes(ms / 1_000) || (ms > 0 && ms % 60_000 === 0)

const metric = z
  .strictObject({
    /** `AWS/SQS`, or a namespace of your own. */
    namespace: z.string().min(1),
    /** CloudWatch's name: `ApproximateNumberOfMessagesVisible`. */
    metric: z.string().min(1),
    /**
     * All dimensions of the metric, `{ QueueName: 'jobs' }`. The value `'*'` stands for every value that had points in the last
     * three hours (two weeks, where the period is longer than an hour); each is a resource of its own. Default: none.
     */
    dimensions: z.record(z.string().min(1), z.string().min(1)).default({}),
    /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, a percentile `p99`, or any other statistic CloudWatch has. */
    stat: z.string().regex(STATISTIC, 'a statistic such as Average, Sum, Maximum or p99'),
    /** Time between two points: a multiple of `1m`; for high-resolution metrics also `1s`, `5s`, `10s`, `20s` or `30s`. */
    period: duration.refine(isPeriod, 'a multiple of 1m, or 1s, 5s, 10s, 20s or 30s for a high-resolution metric'),
    /** The unit of the values, after `scale` and `rate`. */
    unit: z.enum(UNITS),
    /** Which way is bad. Default `high`. */
    worse: z.enum(['high', 'low']).default('high'),
    /** How long after the end of its period a point may still change. Default `2m`, which is what one-minute metrics need. */
    settle: duration.prefault('2m'),
    /** Factor for every value: 0.001 for a metric in milliseconds. Default 1. */
    scale: z.number().positive().default(1),
    /** Divides by the seconds of the period, so that a `Sum` is a rate, whatever the period. Default false. */
    rate: z.boolean().default(false),
    /** One line for docs and messages. Default: statistic, metric and namespace. */
    help: z.string().min(1).optional(),
  })
  .refine(({ rate, stat }) => !rate || ['Sum', 'SampleCount'].includes(stat), { path: ['rate'], error: 'true only with stat: Sum or SampleCount' })

/** The options of `cloudwatch`: those of every AWS collector, and the metrics. */
export const cloudWatchOptions = awsOptions.extend({
  /** The metrics, by names of your own. A rule is named by them. */
  metrics: z.record(z.string().regex(/^[A-Za-z]\w*$/, 'a name of letters, digits and _'), metric).refine((all) => Object.keys(all).length > 0, 'at least one metric'),
})

/** The options after parsing. */
export type CloudWatchOptions = z.output<typeof cloudWatchOptions>

/** One metric after parsing. Times are in milliseconds. */
export type CustomMetric = z.output<typeof metric>

/** One metric as it is written. */
export type CustomMetricInput = z.input<typeof metric>
