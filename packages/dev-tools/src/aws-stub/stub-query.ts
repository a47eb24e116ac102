import { z } from 'zod'

const dimensions = z.array(z.object({ Name: z.string(), Value: z.string() })).default([])

/** The body of a GetMetricData request, as far as it is read. */
export const getMetricDataInput = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  MaxDatapoints: z.number().optional(),
  MetricDataQueries: z.array(
    z.object({
      Id: z.string(),
      Expression: z.string().optional(),
      ReturnData: z.boolean().default(true),
      AccountId: z.string().optional(),
      MetricStat: z
        .object({ Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }), Period: z.number(), Stat: z.string() })
        .optional(),
    }),
  ),
})
export type GetMetricDataInput = z.output<typeof getMetricDataInput>

/** A metric as CloudWatch knows it. */
export interface StubMetric {
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  /** The source account, where the account that asks is a monitoring account. Default: the account that asks. */
  readonly account?: string
}

/** One query of GetMetricData as the stub read it. */
export interface StubQuery extends StubMetric {
  readonly id: string
  readonly stat: string
  /** Milliseconds. */
  readonly period: number
}

/** Reads the queries of a GetMetricData request. */
export function stubQueries(input: Readonly<Record<string, unknown>>): StubQuery[] {
  return queriesOf(getMetricDataInput.parse(input))
}

export function queriesOf({ MetricDataQueries }: GetMetricDataInput): StubQuery[] {
  return MetricDataQueries.flatMap(({ Id, MetricStat, AccountId }) => {
    if (MetricStat === undefined) return []
    const { Metric, Period, Stat } = MetricStat
    return [{ id: Id, namespace: Metric.Namespace, metric: Metric.MetricName, dimensions: dimensionsOf(Metric.Dimensions), stat: Stat, period: Period * 1_000, ...(AccountId === undefined ? {} : { account: AccountId }) }]
  })
}

export function dimensionsOf(pairs: z.output<typeof dimensions>): Record<string, string> {
  return Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value]))
}

/** The same for the same metric, whatever the order of its dimensions. */
export function metricId({ namespace, metric, dimensions: pairs, account }: StubMetric): string {
  return JSON.stringify([account ?? null, namespace, metric, Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1))])
}
