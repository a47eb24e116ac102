import { z } from 'zod'
import { dimensionsOf, metricId, type StubMetric, type StubQuery } from './stub-query.ts'

const putMetricDataInput = z.object({
  Namespace: z.string(),
  MetricData: z.array(
    z.object({
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
      Timestamp: z.number().optional(),
      Value: z.number().optional(),
      Values: z.array(z.number()).optional(),
      Counts: z.array(z.number()).optional(),
      StatisticValues: z.object({ SampleCount: z.number(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() }).optional(),
    }),
  ),
})

/** One value that was put, so many times; or a set of which only the statistics are known. */
interface Sample {
  readonly at: number
  readonly count: number
  readonly sum: number
  readonly minimum: number
  readonly maximum: number
}

/** Metrics as PutMetricData brought them. */
export interface MetricStore {
  put(input: Readonly<Record<string, unknown>>, now: number): void
  /** A statistic of the samples in the period that starts at `at`; `undefined` when there are none. */
  value(query: StubQuery, at: number): number | undefined
  readonly metrics: readonly StubMetric[]
  /** When a metric had its last sample. */
  lastAt(metric: StubMetric): number | undefined
}

export function metricStore(): MetricStore {
  const stored = new Map<string, { readonly metric: StubMetric; readonly samples: Sample[] }>()

  return {
    put(input, now) {
      const { Namespace, MetricData } = putMetricDataInput.parse(input)
      for (const { MetricName, Dimensions, Timestamp, Value, Values = [], Counts = [], StatisticValues } of MetricData) {
        const metric: StubMetric = { namespace: Namespace, metric: MetricName, dimensions: dimensionsOf(Dimensions) }
        const known = stored.get(metricId(metric)) ?? { metric, samples: [] }
        stored.set(metricId(metric), known)
        const at = Timestamp === undefined ? now : Timestamp * 1_000
        const add = (value: number, count: number): void => void known.samples.push({ at, count, sum: value * count, minimum: value, maximum: value })
        if (Value !== undefined) add(Value, 1)
        Values.forEach((value, index) => add(value, Counts[index] ?? 1))
        if (StatisticValues) known.samples.push({ at, count: StatisticValues.SampleCount, sum: StatisticValues.Sum, minimum: StatisticValues.Minimum, maximum: StatisticValues.Maximum })
      }
    },
    value(query, at) {
      const samples = stored.get(metricId(query))?.samples.filter((sample) => sample.at >= at && sample.at < at + query.period) ?? []
      return samples.length === 0 ? undefined : statistic(query.stat, samples)
    },
    get metrics() {
      return [...stored.values()].map(({ metric }) => metric)
    },
    lastAt: (metric) => stored.get(metricId(metric))?.samples.reduce((latest, { at }) => Math.max(latest, at), 0),
  }
}

/** Statistics by their definitions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
function statistic(stat: string, samples: readonly Sample[]): number {
  const count = samples.reduce((sum, sample) => sum + sample.count, 0)
  const sum = samples.reduce((all, sample) => all + sample.sum, 0)
  switch (stat) {
    case 'SampleCount':
      return count
    case 'Sum':
      return sum
    case 'Average':
      return sum / count
    case 'Minimum':
      return Math.min(...samples.map(({ minimum }) => minimum))
    case 'Maximum':
      return Math.max(...samples.map(({ maximum }) => maximum))
    default:
      return percentile(stat, samples, count)
  }
}

/** The smallest value that so many percent of the samples do not exceed. */
function percentile(stat: string, samples: readonly Sample[], count: number): number {
  const percent = /^p([\d.]+)$/.exec(stat)?.[1]
  if (percent === undefined) throw new Error(`the stub does not compute ${stat} of stored samples`)
  const sorted = samples.toSorted((a, b) => a.maximum - b.maximum)
  let below = 0
  for (const sample of sorted) {
    below += sample.count
    if (below >= (Number(percent) / 100) * count) return sample.maximum
  }
  return sorted.at(-1)?.maximum ?? Number.NaN
}
