import { awsOptions, parseExpression } from '@tocsin/aws'
import { asTocsinError, duration, UNITS } from '@tocsin/core'
import { z } from 'zod'

/** `Average`, `p99`, `tm95`, `TM(2%:98%)`. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
const STATISTIC = /^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|(PR|TM|TC|TS|WM)\([\d.%]*:[\d.%]*\))$/

/** What GetMetricData takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
const isPeriod = (ms: number): boolean => [1, 5, 10, 20, 30].includes(ms / 1_000) || (ms > 0 && ms % 60_000 === 0)

const metric = z
  .strictObject({
    namespace: z.string().min(1).describe('`AWS/SQS`, or a namespace of your own.'),
    metric: z.string().min(1).describe("CloudWatch's name: `ApproximateNumberOfMessagesVisible`."),
    dimensions: z.record(z.string().min(1), z.string().min(1)).default({})
      .describe("All dimensions of the metric, `{ QueueName: 'jobs' }`. The value `'*'` stands for every value that had points in the last three hours (two weeks, where the period is longer than an hour); each is a resource of its own. Default: none."),
    stat: z.string().regex(STATISTIC, 'a statistic such as Average, Sum, Maximum or p99')
      .describe('`Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, a percentile `p99`, or any other statistic CloudWatch has.'),
    period: duration.refine(isPeriod, 'a multiple of 1m, or 1s, 5s, 10s, 20s or 30s for a high-resolution metric')
      .describe('Time between two points: a multiple of `1m`; for high-resolution metrics also `1s`, `5s`, `10s`, `20s` or `30s`.'),
    unit: z.enum(UNITS).describe('The unit of the values, after `scale` and `rate`.'),
    worse: z.enum(['high', 'low']).default('high').describe('Which way is bad. Default `high`.'),
    settle: duration.prefault('2m')
      .describe('How long after the end of its period a point may still change. Default `2m`, which is what one-minute metrics need.'),
    scale: z.number().positive().default(1).describe('Factor for every value: 0.001 for a metric in milliseconds. Default 1.'),
    rate: z.boolean().default(false).describe('Divides by the seconds of the period, so that a `Sum` is a rate, whatever the period. Default false.'),
    help: z.string().min(1).optional().describe('One line for docs and messages. Default: statistic, metric and namespace.'),
  })
  .refine(({ rate, stat }) => !rate || ['Sum', 'SampleCount'].includes(stat), { path: ['rate'], error: 'true only with stat: Sum or SampleCount' })

const name = z.string().regex(/^[A-Za-z]\w*$/, 'a name of letters, digits and _')

const expression = z.strictObject({
  expression: z.string().min(1)
    .describe("Metric math over the names of `metrics`: `'errors / invocations * 100'`. It knows `+ - * / ^`, brackets, ABS, CEIL, FLOOR, AVG, MAX, MIN, SUM and `FILL(errors, 0)`, and is computed here: it costs no call and no metric beside those it reads. All of them must have the same namespace, dimensions and period."),
  unit: z.enum(UNITS).describe('The unit of the result.'),
  worse: z.enum(['high', 'low']).default('high').describe('Which way is bad. Default `high`.'),
  help: z.string().min(1).optional().describe('One line for docs and messages. Default: the expression.'),
})

/** The options of `cloudwatch`: those of every AWS collector, the metrics, and what is computed of them. */
export const cloudWatchOptions = awsOptions
  .extend({
    metrics: z.record(name, metric).refine((all) => Object.keys(all).length > 0, 'at least one metric')
      .describe('The metrics, by names of your own. A rule is named by them.'),
    sourceAccounts: z.array(z.string('an account number in quotes: "123456789012"').regex(/^\d{12}$/, 'an account number: "123456789012"')).min(1).optional()
      .describe("Accounts whose metrics are read with the credentials of another, a monitoring account of CloudWatch's cross-account observability (its sink must be linked with them): `['123456789012']`. Each has resources of its own. Default: the metrics of the account itself."),
    expressions: z.record(name, expression).default({})
      .describe('What is computed of them, by names of your own. A rule is named by them, too. Default: nothing.'),
  })
  .check(({ value: { metrics, expressions }, issues }) => {
    for (const [own, { expression: text }] of Object.entries(expressions)) {
      const wrong = own in metrics ? 'a name that no metric has' : problemOf(text, metrics)
      if (wrong !== undefined) issues.push({ code: 'custom', input: text, path: ['expressions', own, 'expression'], message: wrong })
    }
  })

/** What keeps an expression from being computed. */
function problemOf(text: string, metrics: Readonly<Record<string, CustomMetric>>): string | undefined {
  try {
    const { inputs } = parseExpression(text)
    const unknown = inputs.find((input) => !Object.hasOwn(metrics, input))
    if (unknown !== undefined) return `names of "metrics": there is no ${unknown}`
    if (inputs.length === 0) return 'an expression with at least one metric'
    const places = new Set(inputs.flatMap((input) => (metrics[input] ? [placeOf(metrics[input])] : [])))
    return places.size > 1 ? 'metrics with the same namespace, dimensions and period' : undefined
  } catch (error) {
    return asTocsinError(error, 'E103', { fix: 'see the README' }).fix
  }
}

function placeOf({ namespace, dimensions, period }: CustomMetric): string {
  return JSON.stringify([namespace, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)), period])
}

/** The options after parsing. */
export type CloudWatchOptions = z.output<typeof cloudWatchOptions>

/** One metric after parsing. Times are in milliseconds. */
export type CustomMetric = z.output<typeof metric>

/** One metric as it is written. */
export type CustomMetricInput = z.input<typeof metric>

/** One expression as it is written. */
export type CustomExpressionInput = z.input<typeof expression>
