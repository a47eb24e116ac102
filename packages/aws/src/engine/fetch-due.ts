import { asTocsinError, reasonOf, TocsinError } from '@tocsin/core'
import { attemptsOf, denied } from '../aws-error.ts'
import type { Target } from '../target.ts'
import { type Answer, getMetricData } from './get-metric-data.ts'
import { type Due, pack, type PackedCall } from './pack.ts'

/** What came of one query. `rejected`: CloudWatch refuses this very query, and would again. */
export type Outcome = { readonly answer: Answer } | { readonly error: TocsinError; readonly rejected: boolean }

/** What one call cost. */
export interface Spent<Q extends Due> {
  readonly queries: readonly Q[]
  /** Requests of GetMetricData: one, and one for each further page. */
  readonly calls: number
  /** Requests that were sent, those that the SDK repeated included. */
  readonly attempts: number
  /** Whether CloudWatch answered: what it refuses is not paid for. */
  readonly billed: boolean
}

/** How calls are made. */
export interface FetchOptions<Q extends Due> {
  readonly target: Target
  readonly now: number
  /** Runs a call under its limits. */
  readonly limited: <T>(call: PackedCall<Q>, run: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
  /** Told of every call, whether it succeeded or not. */
  readonly onSpent: (spent: Spent<Q>) => void
}

const AGAIN = 2
/** Halving a call of 500 down to one bad query takes 18 calls; a configuration that is wrong throughout must not cost a thousand. */
const MOST_SPLITS = 40

/**
 * Asks for everything that is due, in the fewest calls. Never rejects: each query has its own outcome. What comes back partial or
 * failed inside CloudWatch is asked for again, alone, twice at most. A query that CloudWatch rejects is taken out and the rest asked
 * again: by its name, where the error names it, else by halving.
 */
export async function fetchDue<Q extends Due>(due: readonly Q[], options: FetchOptions<Q>): Promise<Map<Q, Outcome>> {
  const { target, now, limited, signal, onSpent } = options
  const outcomes = new Map<Q, Outcome>()
  let splits = 0

  const ask = async (call: PackedCall<Q>): Promise<void> => {
    let calls = 0
    let attempts = 0
    try {
      const answers = await limited(call, () =>
        getMetricData(target, call, signal, (sent) => {
          calls++
          attempts += sent
        }),
      )
      for (const [one, answer] of answers) outcomes.set(one, outcomeOf(answer, target))
      onSpent({ queries: call.queries, calls, attempts, billed: true })
    } catch (thrown) {
      const error = asTocsinError(thrown, 'E200', { where: target.region, fix: 'see the log; the next cycle tries again' })
      onSpent({ queries: call.queries, calls: calls + 1, attempts: attempts + attemptsOf(error), billed: calls > 0 })
      // To the end of one half before the other is begun: all halves at once would use up the splits before any bad query is found.
      for (const part of afterFailure(call, error)) await ask(part)
    }
  }

  /** Notes what a failed call says of its queries. Returns what to ask for in its place. */
  const afterFailure = (call: PackedCall<Q>, error: TocsinError): PackedCall<Q>[] => {
    const rejected = error.code === 'E206'
    const named = rejected ? namedQueries(error) : new Map<number, string>()
    for (const [index, why] of named) {
      const one = call.queries[index]
      if (one) outcomes.set(one, { error: new TocsinError('E206', why, { where: error.where ?? target.region, fix: error.fix, cause: error.cause, permanent: true }), rejected: true })
    }
    const rest = call.queries.filter((_, index) => !named.has(index))
    if (rest.length < call.queries.length) return rest.length === 0 ? [] : [partOf(call, rest)]
    if (rejected && rest.length > 1 && splits < MOST_SPLITS) {
      splits++
      const middle = Math.ceil(rest.length / 2)
      return [partOf(call, rest.slice(0, middle)), partOf(call, rest.slice(middle))]
    }
    for (const one of rest) if (!isPartial(outcomes.get(one))) outcomes.set(one, { error, rejected: rejected && rest.length === 1 })
    return []
  }

  let rest: readonly Q[] = due
  for (let round = 0; round <= AGAIN && rest.length > 0; round++) {
    // One after the other would be slower; the order in which they start is the order in which the limiter lets them go.
    await Promise.all(pack(rest, now).map(ask))
    rest = rest.filter((one) => isUnfinished(outcomes.get(one)))
  }
  for (const one of rest) {
    const outcome = outcomes.get(one)
    if (outcome && 'answer' in outcome && outcome.answer.status === 'InternalError') outcomes.set(one, { error: internalError(one, target), rejected: false })
  }
  return outcomes
}

/**
 * The queries that a rejection names, and what it says of each: `The value None for parameter MetricDataQueries.member.3.MetricStat.Stat
 * is not a valid statistic.` A rejection that names none is one too: halving finds it.
 */
function namedQueries({ cause }: TocsinError): Map<number, string> {
  const named = new Map<number, string>()
  for (const line of reasonOf(cause).split('\n')) {
    const member = /\bMetricDataQueries\.member\.(\d+)\b/.exec(line)?.[1]
    if (member !== undefined) named.set(Number(member) - 1, `CloudWatch rejects a query: ${line.trim()}`)
  }
  return named
}

function partOf<Q extends Due>(call: PackedCall<Q>, queries: readonly Q[]): PackedCall<Q> {
  return { ...call, queries, points: (call.points * queries.length) / call.queries.length }
}

function outcomeOf(answer: Answer, target: Target): Outcome {
  if (answer.status !== 'Forbidden') return { answer }
  return { error: denied('cloudwatch:GetMetricData', `${target.account}, ${target.region}`, 'allow cloudwatch:GetMetricData'), rejected: false }
}

function isUnfinished(outcome: Outcome | undefined): boolean {
  return isPartial(outcome) || (outcome !== undefined && 'answer' in outcome && outcome.answer.status === 'InternalError')
}

/** Some points are more than none: they stay when asking for the rest fails. */
function isPartial(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && 'answer' in outcome && outcome.answer.status === 'PartialData'
}

function internalError({ query: { namespace, metric } }: Due, { region }: Target): TocsinError {
  const what = `CloudWatch failed on ${namespace} ${metric} ${AGAIN + 1} times`
  return new TocsinError('E205', what, { where: region, fix: 'the next cycle tries again; see status.aws.amazon.com' })
}
