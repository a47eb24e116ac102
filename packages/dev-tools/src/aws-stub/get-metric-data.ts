import { bucketsOf, isKept, isPeriod, roundedStart } from './periods.ts'
import type { StubAnswer, StubFault } from './stub-answer.ts'
import { type GetMetricDataInput, metricId, queriesOf, type StubQuery } from './stub-query.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_QUERIES = 500
const MOST_POINTS = 100_800
const MOST_DIMENSIONS = 30
const STATISTIC = /^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|(PR|TM|TC|TS|WM)\([\d.%]*:[\d.%]*\))$/
/** Statistics of one metric that a call pays for once. https://aws.amazon.com/cloudwatch/pricing/ */
const STATISTICS_FOR_ONE = 5

/** The value of a period that starts at `at`, milliseconds since the epoch; `undefined` is no point. */
export type StubValue = (query: StubQuery, at: number) => number | undefined

/** What becomes of one query of a call that goes through. */
export type StubStatus = 'PartialData' | 'InternalError' | 'Forbidden'

interface Results {
  readonly id: string
  readonly label: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
  readonly status: StubStatus | undefined
}

/** What is wrong with a request, or nothing. Every query that is wrong is named, as CloudWatch does. */
export function problemOf(input: GetMetricDataInput): StubFault | undefined {
  const { MetricDataQueries: queries, StartTime, EndTime, MaxDatapoints = MOST_POINTS } = input
  if (queries.length === 0) return invalid('The parameter MetricDataQueries is required.')
  if (queries.length > MOST_QUERIES) return invalid(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`)
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) return invalid('The values for parameter id in the MetricDataQueries list must be unique.')
  if (StartTime === EndTime) return invalid('The parameter StartTime must not equal parameter EndTime.')
  if (StartTime > EndTime) return invalid('The parameter StartTime must be less than the parameter EndTime.')
  if (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS) return invalid(`The parameter MaxDatapoints must be between 1 and ${MOST_POINTS}.`)
  const named = queries.flatMap((query, index) => queryProblems(query, `MetricDataQueries.member.${index + 1}`))
  return named.length === 0 ? undefined : invalid(named.join('\n'))
}

function queryProblems({ Id, Expression, MetricStat }: GetMetricDataInput['MetricDataQueries'][number], name: string): string[] {
  if (!/^[a-z]\w*$/.test(Id)) return [`The value ${Id} for parameter ${name}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`]
  if (Expression !== undefined || MetricStat === undefined) return [`The parameter ${name}.MetricStat is required: this stand-in computes no metric math.`]
  const { Metric, Period, Stat } = MetricStat
  const problems: string[] = []
  if (Metric.Namespace === '') problems.push(`The parameter ${name}.MetricStat.Metric.Namespace is required.`)
  if (Metric.MetricName === '') problems.push(`The parameter ${name}.MetricStat.Metric.MetricName is required.`)
  if (Metric.Dimensions.length > MOST_DIMENSIONS) problems.push(`The collection ${name}.MetricStat.Metric.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`)
  if (!isPeriod(Period * 1_000)) problems.push(`The parameter ${name}.MetricStat.Period must be equal to 1, 5, 10, 20, 30 or a multiple of 60.`)
  if (!STATISTIC.test(Stat)) problems.push(`The value ${Stat} for parameter ${name}.MetricStat.Stat is not a valid statistic.`)
  return problems
}

export function invalid(message: string): StubFault {
  return { fault: { code: 'ValidationError', message, queryCode: 'ValidationError' } }
}

/** What the quota for points counts: every period of the window, for every query, whether there is a point or not. */
export function estimatedPoints(input: GetMetricDataInput): number {
  const seconds = input.EndTime - input.StartTime
  return queriesOf(input).reduce((sum, { period }) => sum + Math.ceil((seconds * 1_000) / period), 0)
}

/** What a call is paid for: metrics, up to five statistics of one at the price of one. */
export function billedMetrics(input: GetMetricDataInput): number {
  const statistics = Map.groupBy(queriesOf(input), metricId)
  return [...statistics.values()].reduce((sum, { length }) => sum + Math.ceil(length / STATISTICS_FOR_ONE), 0)
}

/** The page of the answer that the request asks for. */
export function metricDataPage(input: GetMetricDataInput, value: StubValue, now: number, statusOf: (query: StubQuery) => StubStatus | undefined): StubAnswer {
  const ascending = input.ScanBy === 'TimestampAscending'
  const start = input.StartTime * 1_000
  const results = queriesOf(input).map((query): Results => {
    const status = statusOf(query)
    if (status === 'InternalError' || status === 'Forbidden') return { id: query.id, label: query.metric, points: [], status }
    const points = isKept(query.period, start, now) ? pointsOf(query, start, Math.min(input.EndTime * 1_000, now), now, value) : []
    // Which points a partial answer lacks is not documented. Gaps are the hardest to get right.
    const shown = status === 'PartialData' ? points.filter((_, index) => index % 2 === 1) : points
    return { id: query.id, label: query.metric, points: ascending ? shown : shown.toReversed(), status }
  })
  const from = Number(input.NextToken ?? 0)
  if (!Number.isInteger(from) || from < 0) return { fault: { code: 'InvalidNextToken', message: 'The token is invalid.', queryCode: 'InvalidNextToken' } }
  return cut(results, from, input.MaxDatapoints ?? MOST_POINTS)
}

function pointsOf(query: StubQuery, start: number, end: number, now: number, value: StubValue): { at: number; value: number }[] {
  const points: { at: number; value: number }[] = []
  for (const at of bucketsOf(query.period, roundedStart(start, query.period, now), end)) {
    const found = value(query, at)
    if (found !== undefined) points.push({ at, value: found })
  }
  return points
}

/** Points `from` to `from + most` of all results in a row. A result that goes on is `PartialData`; one without points is on the page of its place. */
function cut(results: readonly Results[], from: number, most: number): StubAnswer {
  const total = results.reduce((sum, { points }) => sum + points.length, 0)
  const to = from + most
  let begin = 0
  const page: object[] = []
  for (const { id, label, points, status } of results) {
    const end = begin + points.length
    const isHere = points.length === 0 ? begin >= from && (begin < to || to >= total) : end > from && begin < to
    const shown = points.slice(Math.max(0, from - begin), Math.max(0, to - begin))
    if (isHere) {
      page.push({
        Id: id,
        Label: label,
        Timestamps: shown.map(({ at }) => at / 1_000),
        Values: shown.map(({ value }) => value),
        StatusCode: end > to ? 'PartialData' : (status ?? 'Complete'),
      })
    }
    begin = end
  }
  return { output: { MetricDataResults: page, Messages: [], ...(total > to ? { NextToken: String(to) } : {}) } }
}
