import { asTocsinError, TocsinError } from '@tocsin/core'
import { denied } from '../aws-error.ts'
import type { Target } from '../target.ts'
import { type Answer, getMetricData } from './get-metric-data.ts'
import { metricKey } from './metric-query.ts'
import { type Due, pack, type PackedCall } from './pack.ts'

/** What came of one query. `rejected`: CloudWatch refuses this very query, and would again. */
export type Outcome = { readonly answer: Answer } | { readonly error: TocsinError; readonly rejected: boolean }

/** What a fetch did. */
export interface Spending {
  /** Requests of GetMetricData, pages included, repeated ones not. */
  readonly calls: number
  /** Metrics that are paid for: up to five statistics of one metric in one call are one. */
  readonly metrics: number
}

const AGAIN = 2
const STATISTICS_FOR_ONE = 5
/** Halving a call of 500 down to one bad query takes 18 calls; a configuration that is wrong throughout must not cost a thousand. */
const MOST_SPLITS = 40

/** Asks for everything that is due, in the fewest calls. Never rejects: each query has its own outcome. */
export async function fetchDue<Q extends Due>(
  target: Target,
  due: readonly Q[],
  now: number,
  limited: <T>(call: PackedCall<Q>, run: () => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Promise<{ outcomes: Map<Q, Outcome>; spending: Spending }> {
  const outcomes = new Map<Q, Outcome>()
  let calls = 0
  let metrics = 0
  let splits = 0

  /** One call; when CloudWatch rejects it, its halves, until the bad query stands alone. */
  const ask = async (call: PackedCall<Q>): Promise<void> => {
    metrics += billed(call)
    try {
      const answers = await limited(call, () => getMetricData(target, call, signal, () => void calls++))
      for (const [one, answer] of answers) outcomes.set(one, outcomeOf(answer, target))
    } catch (thrown) {
      const error = asTocsinError(thrown, 'E200', { where: target.region, fix: 'see the log; the next cycle tries again' })
      const rejected = error.code === 'E206'
      if (rejected && call.queries.length > 1 && splits < MOST_SPLITS) {
        splits++
        await Promise.all(halves(call).map(ask))
      } else for (const one of call.queries) outcomes.set(one, { error, rejected: rejected && call.queries.length === 1 })
    }
  }

  let rest: readonly Q[] = due
  for (let round = 0; round <= AGAIN && rest.length > 0; round++) {
    await Promise.all(pack(rest, now).map(ask))
    rest = rest.filter((one) => isInternal(outcomes.get(one)))
  }
  for (const one of rest) {
    const what = `CloudWatch failed on ${one.query.namespace} ${one.query.metric} ${AGAIN + 1} times`
    outcomes.set(one, { error: new TocsinError('E205', what, { where: target.region, fix: 'the next cycle tries again; see status.aws.amazon.com' }), rejected: false })
  }
  return { outcomes, spending: { calls, metrics } }
}

function outcomeOf(answer: Answer, target: Target): Outcome {
  if (answer.status !== 'Forbidden') return { answer }
  return { error: denied('cloudwatch:GetMetricData', `${target.account}, ${target.region}`, 'allow cloudwatch:GetMetricData'), rejected: false }
}

function isInternal(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && 'answer' in outcome && outcome.answer.status === 'InternalError'
}

function billed({ queries }: PackedCall<Due>): number {
  const statistics = new Map<string, number>()
  for (const { query } of queries) statistics.set(metricKey(query), (statistics.get(metricKey(query)) ?? 0) + 1)
  return [...statistics.values()].reduce((sum, count) => sum + Math.ceil(count / STATISTICS_FOR_ONE), 0)
}

function halves<Q extends Due>(call: PackedCall<Q>): PackedCall<Q>[] {
  const middle = Math.ceil(call.queries.length / 2)
  return [call.queries.slice(0, middle), call.queries.slice(middle)].map((queries) => ({ ...call, queries, points: call.points / 2 }))
}
