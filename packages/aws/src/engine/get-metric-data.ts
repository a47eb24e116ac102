import type { CloudWatchClient, GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch'
import { TocsinError } from '@tocsin/core'
import { z } from 'zod'
import type { AwsService, Target } from '../target.ts'
import type { Due, PackedCall } from './pack.ts'

/** What CloudWatch says of one query, all pages together. Not sorted. */
export interface Answer {
  /** Milliseconds since the epoch. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly status: 'Complete' | 'PartialData' | 'InternalError' | 'Forbidden'
}

export const CLOUDWATCH: AwsService<CloudWatchClient> = {
  name: 'cloudwatch',
  load: async () => {
    const [{ CloudWatchClient }, { MetricDataProtocol }] = await Promise.all([import('@aws-sdk/client-cloudwatch'), import('./metric-data-protocol.ts')])
    return (config) => new CloudWatchClient({ ...config, protocol: MetricDataProtocol })
  },
}

/** More pages than a call of 500 queries can have; a server that never ends is stopped here. */
const MOST_PAGES = 100

/** Arrays of numbers by their word: what is no number becomes NaN in a typed array, which is no point. */
const numbers = z.custom<readonly number[]>((value) => Array.isArray(value)).default([])

const page = z.object({
  MetricDataResults: z
    .array(z.object({ Id: z.string(), Timestamps: numbers, Values: numbers, StatusCode: z.enum(['Complete', 'PartialData', 'InternalError', 'Forbidden']).default('Complete') }))
    .default([]),
  NextToken: z.string().nullish(),
})
export type Result = z.output<typeof page>['MetricDataResults'][number]

/**
 * One call with all its pages. Results are told apart by id: labels repeat, and an id may come back on several pages.
 *
 * @param onPage called after each page, with the number of times it was asked for.
 * @throws TocsinError as `Target.call` does.
 */
export async function getMetricData<Q extends Due>(target: Target, call: PackedCall<Q>, signal: AbortSignal, onPage: (attempts: number) => void): Promise<Map<Q, Answer>> {
  const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch')
  const input = inputOf(call)
  const answers = new Map<string, Answer>()
  let token: string | null | undefined
  for (let number = 0; number < MOST_PAGES; number++) {
    const command = new GetMetricDataCommand(token ? { ...input, NextToken: token } : input)
    const answer = await target.call(CLOUDWATCH, 'GetMetricData', (client, options) => client.send(command, options), signal)
    onPage(answer.$metadata.attempts ?? 1)
    const read = page.safeParse(answer)
    if (!read.success) throw malformed(target, read.error)
    for (const [id, one] of answersOf(read.data.MetricDataResults)) answers.set(id, joined(answers.get(id), one))
    token = read.data.NextToken
    if (!token) return new Map(call.queries.map((query, index) => [query, answers.get(idOf(index)) ?? MISSING]))
  }
  throw new TocsinError('E205', `GetMetricData gave more than ${MOST_PAGES} pages`, { where: target.region, fix: 'check the endpoint; the next cycle tries again' })
}

/** A query that no page mentions was not answered. */
const MISSING: Answer = { timestamps: new Float64Array(), values: new Float64Array(), status: 'InternalError' }

/**
 * The results of one page. They are parts of two arrays: one for each would take more memory than its points, and is slow to make. The
 * series of a call are polled together again, so the arrays live as long as any of them needs them.
 */
export function answersOf(results: readonly Result[]): Map<string, Answer> {
  const total = results.reduce((sum, { Timestamps, Values }) => sum + Math.min(Timestamps.length, Values.length), 0)
  const [timestamps, values] = [new Float64Array(total), new Float64Array(total)]
  const answers = new Map<string, Answer>()
  let from = 0
  for (const { Id, Timestamps, Values, StatusCode } of results) {
    const length = Math.min(Timestamps.length, Values.length)
    for (let index = 0; index < length; index++) {
      timestamps[from + index] = Math.round((Timestamps[index] ?? Number.NaN) * 1_000)
      values[from + index] = Values[index] ?? Number.NaN
    }
    const one = { timestamps: timestamps.subarray(from, from + length), values: values.subarray(from, from + length), status: StatusCode }
    answers.set(Id, joined(answers.get(Id), one))
    from += length
  }
  return answers
}

/** PartialData on one page means that the next has more; the last page speaks for all. */
function joined(before: Answer | undefined, after: Answer): Answer {
  if (before === undefined) return after
  return { timestamps: concatenated(before.timestamps, after.timestamps), values: concatenated(before.values, after.values), status: after.status }
}

function concatenated(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function inputOf({ start, end, queries }: PackedCall<Due>): GetMetricDataCommandInput {
  return {
    StartTime: new Date(start),
    EndTime: new Date(end),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: queries.map(({ query: { namespace, metric, dimensions, account, stat, period } }, index) => ({
      Id: idOf(index),
      ...(account === undefined ? {} : { AccountId: account }),
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

function malformed({ region }: Target, cause: unknown): TocsinError {
  return new TocsinError('E205', 'cloudwatch GetMetricData gave an answer of another shape', { where: region, fix: 'check the proxy and endpoint; the next cycle tries again', cause })
}
