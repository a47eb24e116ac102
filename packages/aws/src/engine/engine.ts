import type { Services, SharedKey, TocsinError } from '@tocsin/core'
import { GET_METRIC_DATA, pointsPerSecond, QUOTA_SHARE } from '../apis.ts'
import { isWithin } from '../is-within.ts'
import type { Target } from '../target.ts'
import { underLimit } from '../under-limit.ts'
import { untilAborted } from '../until-aborted.ts'
import { backfillOf } from './backfill.ts'
import { createBudget } from './budget.ts'
import { fetchDue, type Outcome } from './fetch-due.ts'
import type { MetricPoints, MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'
import type { PackedCall } from './pack.ts'
import { createQuarantine } from './quarantine.ts'
import { createRendezvous } from './rendezvous.ts'
import { dueWindow, given, isDue, learn, type Poll, recall, type SeriesMemory } from './series-memory.ts'
import { type Owned, type OwnerSpending, type Spending, spendingBook } from './spending.ts'
import { createSubscriptions } from './subscriptions.ts'
import { whileAnyLives } from './while-any-lives.ts'

/** What the process has spent on GetMetricData since it started. */
export interface CloudWatchUsage extends Spending {
  /** The part of each collector. */
  readonly owners: readonly OwnerSpending[]
}

/** One collector's cycle. */
export interface EngineCycle {
  readonly owner: Owner
  readonly now: number
  /** Milliseconds between two cycles. */
  readonly interval: number
  readonly signal: AbortSignal
}

/** Asks CloudWatch for the metrics of all collectors of the process together. */
export interface Engine {
  /** Takes a seat for one collector and cycle. Call it before the first `await`: calls wait until every seat has been used or left. */
  join(cycle: EngineCycle): Seat
  /**
   * Reads queries of windows of their own in one call, beside all polls; nothing is remembered of them. Never rejects: each has its own
   * outcome. Give it what `pack` made one call of.
   */
  fetch<Q extends Owned>(target: Target, due: readonly Q[], cycle: Pick<EngineCycle, 'now' | 'signal'>): Promise<ReadonlyMap<Q, Outcome>>
  readonly usage: CloudWatchUsage
}

/** One collector's place in one cycle. */
export interface Seat {
  /** Names the targets that will be asked of; others no longer wait for this seat. Until then all of them wait. */
  expect(targets: readonly Target[]): void
  /** Asks, once for each target. Answers in the order of the queries; a query that fails answers with status `error`. Rejects when the signal aborts. */
  submit(target: Target, queries: readonly MetricQuery[]): Promise<readonly MetricPoints[]>
  /** Says that nothing will be asked of the target: its discovery failed. */
  pass(target: Target): void
  /** Leaves everything that was not asked. Always call it. */
  leave(): void
}

interface Submission extends EngineCycle {
  readonly target: Target
  readonly queries: readonly MetricQuery[]
  readonly answer: (points: readonly MetricPoints[]) => void
  readonly fail: (error: unknown) => void
}

interface DueSeries extends Owned {
  readonly memory: SeriesMemory
}

interface Admitted {
  readonly series: readonly SeriesMemory[]
  readonly forbidden: TocsinError | undefined
}

/** A describe of 5,000 resources takes about two seconds; who takes longer asks in a call of its own. */
const LONGEST_WAIT = 5_000
const SWEEP_EVERY = 600_000

const ENGINE: SharedKey<Engine & { close(): void }> = {
  name: 'cloudwatch engine',
  create: createEngine,
  close: async (engine) => engine.close(),
}

/** The engine of the process. */
export function sharedEngine(services: Services): Engine {
  return services.shared(ENGINE)
}

/** What the process has spent on CloudWatch so far, and each collector's part of it. */
export function cloudWatchUsage(services: Services): CloudWatchUsage {
  return services.shared(ENGINE).usage
}

function createEngine({ clock, limiter, logger }: Services): Engine & { close(): void } {
  const subscriptions = createSubscriptions(createBudget(logger))
  const book = spendingBook()
  const quarantine = createQuarantine()
  const closing = new AbortController()
  let sweptAt = 0

  /** The quota for points counts what a call could return, so a call weighs its whole window. */
  const limitedTo = (target: Target, now: number, signal: AbortSignal) => <T>(call: PackedCall<Owned>, run: () => Promise<T>): Promise<T> => {
    const recent = now - call.start <= GET_METRIC_DATA.recent * 1_000
    const perSecond = QUOTA_SHARE * pointsPerSecond(recent, target.quotas)
    const key = `aws:${target.accountId ?? target.account}:${target.region}:GetMetricData points, ${recent ? 'recent' : 'older'}`
    return underLimit(limiter, { key, perSecond, signal }, run, Math.min(call.points, perSecond))
  }

  const poll = async (target: Target, memory: readonly SeriesMemory[], now: number, signal: AbortSignal): Promise<void> => {
    const { account, region } = target
    const { reach, cut } = backfillOf(memory, now, QUOTA_SHARE * pointsPerSecond(true, target.quotas))
    if (cut > 0) logger.warn({ account, region, metrics: cut, minutes: Math.round(reach / 60_000) }, 'an outage was longer than can be read again for so many metrics; what is older is left out')
    const due = memory.map((one): DueSeries => ({ memory: one, metric: one.metric, query: one.query, window: dueWindow(one, now, reach), isSuspect: one.rejectedAt > Number.NEGATIVE_INFINITY, owners: one.demands.map(({ owner }) => owner) }))
    const outcomes = await fetchDue(due, { target, now, limited: limitedTo(target, now, signal), signal, onSpent: (spent) => book.add(spent) })
    for (const [one, outcome] of outcomes) {
      learn(one.memory, outcome, one.window, now)
      // Another account that is not shared with this one says nothing of the rest.
      if ('error' in outcome && outcome.error.code === 'E201' && one.query.account === undefined) for (const owner of one.owners) quarantine.put(owner, target.key, outcome.error, now)
    }
    logger.debug({ account, region, ...book.total }, 'asked CloudWatch')
  }

  const sweep = (now: number): void => {
    if (isWithin(SWEEP_EVERY, sweptAt, now)) return
    sweptAt = now
    subscriptions.sweep(now)
  }

  /** The series of a submission, and why they may not be asked for, if that is so. */
  const admit = ({ owner, target: { key: place }, queries, interval }: Submission, now: number): Admitted => {
    const forbidden = quarantine.reason(owner, place, now)
    return { series: forbidden ? subscriptions.find(place, queries) : subscriptions.subscribe({ owner, place, queries, interval }, now), forbidden }
  }

  const runBatch = async (submissions: readonly Submission[]): Promise<void> => {
    const target = submissions[0]?.target
    if (target === undefined) return
    const now = Math.max(...submissions.map((submission) => submission.now))
    const admitted = submissions.map((submission) => admit(submission, now))
    const all = new Set(admitted.flatMap(({ series, forbidden }) => (forbidden ? [] : series)))
    const due = [...all].filter((memory) => isDue(memory, now))
    if (due.length > 0) {
      const lives = whileAnyLives(submissions.map(({ signal }) => signal), closing.signal)
      const done = poll(target, due, now, lives.signal).finally(() => {
        lives.release()
        for (const memory of due) memory.pending = undefined
      })
      const polled: Poll = { done, join: (joining) => lives.join(joining) }
      for (const memory of due) memory.pending = polled
    }
    const polls = new Set([...all].flatMap(({ pending }) => pending ?? []))
    for (const one of polls) for (const { signal } of submissions) one.join(signal)
    await Promise.all([...polls].map(({ done }) => done))
    submissions.forEach(({ answer, owner, queries, signal }, index) => {
      const { series = [], forbidden } = admitted[index] ?? {}
      const points = series.map((memory, position) => recall(memory, queries[position] ?? memory.query))
      answer(forbidden ? points.map((one) => ({ ...one, status: 'error', error: forbidden })) : points)
      if (!signal.aborted) for (const memory of series) given(memory, owner)
    })
    sweep(now)
  }

  const rendezvous = createRendezvous<Submission>(clock, LONGEST_WAIT, (_place, submissions) => {
    runBatch(submissions).catch((error: unknown) => submissions.forEach(({ fail }) => fail(error)))
  })

  return {
    join(cycle) {
      const seat = rendezvous.join()
      return {
        expect: (targets) => seat.expect(targets.map(({ key }) => key)),
        submit: (target, queries) => {
          const points = new Promise<readonly MetricPoints[]>((answer, fail) => seat.add(target.key, { ...cycle, target, queries, answer, fail }))
          return untilAborted(points, cycle.signal)
        },
        pass: (target) => seat.pass(target.key),
        leave: () => seat.leave(),
      }
    },
    fetch: (target, due, { now, signal }) => fetchDue(due, { target, now, limited: limitedTo(target, now, signal), signal, onSpent: (spent) => book.add(spent) }),
    get usage() {
      return { ...book.total, owners: book.owners }
    },
    close: () => closing.abort(),
  }
}
