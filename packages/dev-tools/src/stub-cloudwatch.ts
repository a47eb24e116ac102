import type { StubAnswer, StubHandler } from './aws-stub.ts'

/** One query of GetMetricData as the stub read it. Times in milliseconds. */
export interface StubQuery {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly stat: string
  readonly period: number
}

/** The body of a GetMetricData request, as far as it is read. */
interface Wire {
  readonly StartTime: number
  readonly EndTime: number
  readonly NextToken?: string
  readonly ScanBy?: string
  readonly MaxDatapoints?: number
  readonly MetricDataQueries: readonly {
    readonly Id: string
    readonly MetricStat: {
      readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[] }
      readonly Period: number
      readonly Stat: string
    }
  }[]
}

/** Limits of API_GetMetricData: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_QUERIES = 500
const MOST_POINTS = 100_800
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Reads the queries of a GetMetricData request. */
export function stubQueries(json: Readonly<Record<string, unknown>>): StubQuery[] {
  return wireOf(json).MetricDataQueries.map(({ Id, MetricStat: { Metric, Period, Stat } }) => ({
    id: Id,
    namespace: Metric.Namespace,
    metric: Metric.MetricName,
    dimensions: Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    stat: Stat,
    period: Period * 1_000,
  }))
}

/**
 * Answers GetMetricData as AWS documents it: at most 500 queries with unique ids, periods that must fit the age of the start,
 * points cut into pages, one bucket for every aligned period in the window.
 *
 * @param value the value of a bucket that starts at `at`; `undefined` is no point.
 * @param now the service's clock.
 */
export function stubMetricData(value: (query: StubQuery, at: number) => number | undefined, now: () => number): StubHandler {
  return ({ json }) => {
    const wire = wireOf(json)
    const queries = stubQueries(json)
    const start = wire.StartTime * 1_000
    const end = wire.EndTime * 1_000
    const wrong = problemOf(queries, start, end)
    if (wrong !== undefined) return jsonError('ValidationError', wrong)
    const all = queries.flatMap((query) => {
      const points = isKept(query, start, now()) ? buckets(query, start, end).flatMap((at) => pointAt(query, at, value)) : []
      return wire.ScanBy === 'TimestampAscending' ? points : points.toReversed()
    })
    return page(wire, queries, all)
  }
}

interface Point {
  readonly id: string
  readonly at: number
  readonly value: number
}

function page(wire: Wire, queries: readonly StubQuery[], points: readonly Point[]): StubAnswer {
  const most = Math.min(wire.MaxDatapoints ?? MOST_POINTS, MOST_POINTS)
  const from = Number(wire.NextToken ?? 0)
  const shown = points.slice(from, from + most)
  const left = points.slice(from + most)
  const byId = Map.groupBy(shown, ({ id }) => id)
  const unfinished = new Set(left.map(({ id }) => id))
  // A metric without points is told of once, on the first page.
  const mentioned = queries.filter(({ id }) => byId.has(id) || (from === 0 && !unfinished.has(id)))
  const results = mentioned.map(({ id, metric }) => ({
    Id: id,
    Label: metric,
    Timestamps: (byId.get(id) ?? []).map(({ at }) => at / 1_000),
    Values: (byId.get(id) ?? []).map(({ value }) => value),
    StatusCode: unfinished.has(id) ? 'PartialData' : 'Complete',
  }))
  return jsonAnswer({ MetricDataResults: results, Messages: [], ...(left.length > 0 ? { NextToken: String(from + most) } : {}) })
}

function problemOf(queries: readonly StubQuery[], start: number, end: number): string | undefined {
  if (queries.length > MOST_QUERIES) return `The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`
  if (new Set(queries.map(({ id }) => id)).size < queries.length) return 'The values for parameter id in the MetricDataQueries list must be unique.'
  if (queries.some(({ id }) => !/^[a-z]\w*$/.test(id))) return 'The value for parameter id is invalid.'
  if (start >= end) return 'The parameter StartTime must be less than the parameter EndTime.'
  return undefined
}

/** Beyond its retention a period has no points, and no error says so. */
function isKept({ period }: StubQuery, start: number, now: number): boolean {
  const age = now - start
  if (period % 60_000 !== 0) return age <= 3 * HOUR
  if (age > 63 * DAY) return period % HOUR === 0
  return age <= 15 * DAY || period % 300_000 === 0
}

function buckets({ period }: StubQuery, start: number, end: number): number[] {
  const first = Math.floor(start / period) * period
  return Array.from({ length: Math.max(0, Math.ceil((end - first) / period)) }, (_, index) => first + index * period)
}

function pointAt(query: StubQuery, at: number, value: (query: StubQuery, at: number) => number | undefined): Point[] {
  const found = value(query, at)
  return found === undefined ? [] : [{ id: query.id, at, value: found }]
}

/** A JSON answer of CloudWatch. */
export function jsonAnswer(body: object): StubAnswer {
  return { headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) }
}

/** A JSON error of CloudWatch. */
export function jsonError(code: string, message: string, status = 400): StubAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ __type: `com.amazonaws.cloudwatch#${code}`, message }) }
}

/** The stub is a test's: what the official client sends has this shape, or the test fails on it. */
function wireOf(json: Readonly<Record<string, unknown>>): Wire {
  return json as unknown as Wire
}
