import type { CloudWatchClient, GetMetricDataCommandInput, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { TocsinError } from '@tocsin/core'
import type { AwsService, Target } from '../target.ts'
import type { Due, PackedCall } from './pack.ts'

/** What CloudWatch says of one query, all pages together. Not sorted. */
export interface Answer {
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
  readonly status: 'Complete' | 'PartialData' | 'InternalError' | 'Forbidden'
}

export const CLOUDWATCH: AwsService<CloudWatchClient> = {
  name: 'cloudwatch',
  load: async () => {
    const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch')
    return (config) => new CloudWatchClient(config)
  },
}

/** More pages than a call of 500 queries can have; a server that never ends is stopped here. */
const MOST_PAGES = 100

/**
 * One call with all its pages. Results are told apart by id: labels repeat, and an id may come back on several pages.
 *
 * @param onPage called before each page's request.
 * @throws TocsinError as `Target.call` does.
 */
export async function getMetricData<Q extends Due>(target: Target, call: PackedCall<Q>, signal: AbortSignal, onPage: () => void): Promise<Map<Q, Answer>> {
  const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch')
  const input = inputOf(call)
  const results = new Map<string, { timestamps: number[]; values: number[]; status: Answer['status'] }>()
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const command = new GetMetricDataCommand(token === undefined ? input : { ...input, NextToken: token })
    onPage()
    const answer = await target.call(CLOUDWATCH, 'GetMetricData', (client, options) => client.send(command, options), signal)
    for (const result of answer.MetricDataResults ?? []) add(results, result)
    token = answer.NextToken
    if (!token) return new Map(call.queries.map((query, index) => [query, results.get(idOf(index)) ?? MISSING]))
  }
  throw new TocsinError('E205', `GetMetricData gave more than ${MOST_PAGES} pages`, { where: target.region, fix: 'check the endpoint; the next cycle tries again' })
}

/** A query that no page mentions was not answered. */
const MISSING: Answer = { timestamps: [], values: [], status: 'InternalError' }

function add(results: Map<string, { timestamps: number[]; values: number[]; status: Answer['status'] }>, { Id, Timestamps = [], Values = [], StatusCode }: MetricDataResult): void {
  if (Id === undefined) return
  const result = results.get(Id) ?? { timestamps: [], values: [], status: 'Complete' }
  Timestamps.forEach((at, index) => {
    const value = Values[index]
    if (value === undefined) return
    result.timestamps.push(at.getTime())
    result.values.push(value)
  })
  // PartialData on one page means that the next has more; the last page speaks for all.
  result.status = StatusCode ?? 'Complete'
  results.set(Id, result)
}

function inputOf({ start, end, queries }: PackedCall<Due>): GetMetricDataCommandInput {
  return {
    StartTime: new Date(start),
    EndTime: new Date(end),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: queries.map(({ query: { namespace, metric, dimensions, stat, period } }, index) => ({
      Id: idOf(index),
      MetricStat: {
        Metric: { Namespace: namespace, MetricName: metric, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) },
        Stat: stat,
        Period: period,
      },
    })),
  }
}

function idOf(index: number): string {
  return `q${index}`
}
