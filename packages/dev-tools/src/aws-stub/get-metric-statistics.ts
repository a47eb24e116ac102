import { z } from 'zod'
import { invalid, type StubValue } from './get-metric-data.ts'
import { bucketsOf, isKept, isPeriod, roundedStart } from './periods.ts'
import type { StubAnswer, StubFault } from './stub-answer.ts'
import { dimensionsOf } from './stub-query.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MOST_POINTS = 1_440

const getMetricStatisticsInput = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  StartTime: z.number(),
  EndTime: z.number(),
  Period: z.number(),
  Statistics: z.array(z.string()).default([]),
  ExtendedStatistics: z.array(z.string()).default([]),
})

/** Answers GetMetricStatistics. */
export function metricStatistics(body: Readonly<Record<string, unknown>>, value: StubValue, now: number): StubAnswer {
  const input = getMetricStatisticsInput.parse(body)
  const period = input.Period * 1_000
  const [start, end] = [input.StartTime * 1_000, input.EndTime * 1_000]
  const stats = [...input.Statistics, ...input.ExtendedStatistics]
  if (!isPeriod(period)) return invalid('The parameter Period must be equal to 1, 5, 10, 20, 30 or a multiple of 60.')
  if (start >= end) return invalid('The parameter StartTime must be less than the parameter EndTime.')
  if (stats.length === 0) return invalid('At least one of the parameters Statistics and ExtendedStatistics must be specified.')
  const asked = Math.ceil((end - start) / period)
  if (asked > MOST_POINTS) return tooMany(asked)
  const metric = { namespace: input.Namespace, metric: input.MetricName, dimensions: dimensionsOf(input.Dimensions) }
  const starts = isKept(period, start, now) ? bucketsOf(period, roundedStart(start, period, now), Math.min(end, now)) : []
  const points = starts.flatMap((at) => {
    const found = stats.flatMap((stat) => {
      const one = value({ ...metric, id: '', stat, period }, at)
      return one === undefined ? [] : [[stat, one] as const]
    })
    if (found.length === 0) return []
    const plain = found.filter(([stat]) => input.Statistics.includes(stat))
    const extended = found.filter(([stat]) => input.ExtendedStatistics.includes(stat))
    return [{ Timestamp: at / 1_000, ...Object.fromEntries(plain), ...(extended.length === 0 ? {} : { ExtendedStatistics: Object.fromEntries(extended) }), Unit: 'None' }]
  })
  // AWS gives them in no order; the reverse is one that nobody expects.
  return { output: { Label: input.MetricName, Datapoints: points.toReversed() } }
}

function tooMany(asked: number): StubFault {
  const message = `You have requested up to ${asked} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`
  return { fault: { code: 'InvalidParameterCombinationException', message, queryCode: 'InvalidParameterCombination' } }
}
