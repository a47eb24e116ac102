import type { Services, SharedKey } from '@tocsin/core'
import { GET_METRIC_DATA, PRICES, QUOTA_SHARE } from '../apis.ts'
import type { Target } from '../target.ts'
import { untilAborted } from '../until-aborted.ts'
import { fetchDue } from './fetch-due.ts'
import { metricKey, type MetricPoints, type MetricQuery } from './metric-query.ts'
import type { Due, PackedCall } from './pack.ts'
import { createRendezvous } from './rendezvous.ts'
import { asked, dueWindow, isDue, isForgotten, learn, newMemory, recall, type SeriesMemory } from './series-memory.ts'

/** What the process has spent on GetMetricData since it started. */
export interface CloudWatchUsage {
  /** Requests, pages included. Repeats by the SDK are not counted. */
  readonly calls: number
  /** Metrics that were asked for and are paid for. */
  readonly metrics: number
  /** US dollars by the price list of us-east-1. */
  readonly dollars: number
}

/** Asks CloudWatch for the metrics of all collectors of the process together. */
export interface Engine {
  /** Takes a seat for one collector and cycle. Call it before the first `await`: calls wait until every seat has been used or left. */
  join(cycle: { readonly now: number; readonly signal: AbortSignal }): Seat
  readonly usage: CloudWatchUsage
}

/** One collector's place in one cycle. */
export interface Seat {
  /** Names the targets that will be asked of; others no longer wait for this seat. Until then all of them wait. */
  expect(targets: readonly Target[]): void
  /** Asks, once for each target. Answers in the order of the queries; a query that fails answers with status `error`. Rejects only when the signal aborts. */
  submit(target: Target, queries: readonly MetricQuery[]): Promise<readonly MetricPoints[]>
  /** Says that nothing will be asked of the target: its discovery failed. */
  pass(target: Target): void
  /** Leaves everything that was not asked. Always call it. */
  leave(): void
}

interface Submission {
  readonly target: Target
  readonly queries: readonly MetricQuery[]
  readonly now: number
  readonly signal: AbortSignal
  readonly answer: (points: readonly MetricPoints[]) => void
}

interface DueSeries extends Due {
  readonly memory: SeriesMemory
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

/** What the process has spent on CloudWatch so far. */
export function cloudWatchUsage(services: Services): CloudWatchUsage {
  return services.shared(ENGINE).usage
}

function createEngine({ clock, limiter, logger }: Services): Engine & { close(): void } {
  const memories = new Map<string, SeriesMemory>()
  const closing = new AbortController()
  let calls = 0
  let metrics = 0
  let sweptAt = 0

  const memoryOf = (target: Target, query: MetricQuery, now: number): SeriesMemory => {
    const key = `${target.key}|${metricKey(query)}|${query.stat}|${query.period}`
    const memory = memories.get(key) ?? newMemory(query)
    memories.set(key, memory)
    asked(memory, query, now)
    return memory
  }

  /** The quota for points counts what a call could return, so a call weighs its whole window. */
  const limitedTo = (target: Target, now: number) => <T>(call: PackedCall<DueSeries>, run: () => Promise<T>): Promise<T> => {
    const recent = now - call.start <= GET_METRIC_DATA.recent * 1_000
    const perSecond = QUOTA_SHARE * (recent ? GET_METRIC_DATA.recentPointsPerSecond : GET_METRIC_DATA.olderPointsPerSecond)
    const key = `aws:${target.accountId ?? target.account}:${target.region}:GetMetricData points, ${recent ? 'recent' : 'older'}`
    return limiter.schedule({ key, perSecond }, run, Math.min(call.points, perSecond))
  }

  const poll = async (target: Target, memory: readonly SeriesMemory[], now: number, signal: AbortSignal): Promise<void> => {
    const due = memory.map((one): DueSeries => ({ memory: one, query: one.query, window: dueWindow(one, now) }))
    const { outcomes, spending } = await fetchDue(target, due, now, limitedTo(target, now), signal)
    for (const [one, outcome] of outcomes) learn(one.memory, outcome, one.window, now)
    calls += spending.calls
    metrics += spending.metrics
    logger.debug({ account: target.account, region: target.region, ...spending }, 'asked CloudWatch')
  }

  const sweep = (now: number): void => {
    if (now - sweptAt < SWEEP_EVERY) return
    sweptAt = now
    for (const [key, memory] of memories) if (isForgotten(memory, now)) memories.delete(key)
  }

  const runBatch = async (submissions: readonly Submission[]): Promise<void> => {
    const target = submissions[0]?.target
    if (target === undefined) return
    const now = Math.max(...submissions.map((submission) => submission.now))
    const wanted = submissions.map(({ queries }) => queries.map((query) => ({ query, memory: memoryOf(target, query, now) })))
    const all = new Set(wanted.flat().map(({ memory }) => memory))
    const due = [...all].filter((memory) => isDue(memory, now))
    if (due.length > 0) {
      const lives = whileAnyLives(submissions, closing.signal)
      const polled = poll(target, due, now, lives.signal).finally(() => {
        lives.release()
        for (const memory of due) memory.pending = undefined
      })
      for (const memory of due) memory.pending = polled
    }
    await Promise.all([...all].flatMap(({ pending }) => pending ?? []))
    submissions.forEach(({ answer }, index) => answer((wanted[index] ?? []).map(({ query, memory }) => recall(memory, query))))
    sweep(now)
  }

  const rendezvous = createRendezvous<Submission>(clock, LONGEST_WAIT, (_place, submissions) => void runBatch(submissions))

  return {
    join({ now, signal }) {
      const seat = rendezvous.join()
      return {
        expect: (targets) => seat.expect(targets.map(({ key }) => key)),
        submit: (target, queries) => {
          const points = new Promise<readonly MetricPoints[]>((answer) => seat.add(target.key, { target, queries, now, signal, answer }))
          return untilAborted(points, signal)
        },
        pass: (target) => seat.pass(target.key),
        leave: () => seat.leave(),
      }
    },
    get usage() {
      return { calls, metrics, dollars: metrics * PRICES.metricRequested }
    },
    close: () => closing.abort(),
  }
}

/**
 * A signal that aborts when the last of the submitters has, or the engine: a call serves all of them. `release` takes its listeners
 * off again; left on a signal that lives long they would keep every batch in memory.
 */
function whileAnyLives(submissions: readonly Submission[], closing: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const all = new AbortController()
  const released = new AbortController()
  const check = (): void => {
    if (closing.aborted || submissions.every(({ signal }) => signal.aborted)) all.abort()
  }
  for (const signal of [closing, ...submissions.map((submission) => submission.signal)]) signal.addEventListener('abort', check, { signal: released.signal })
  check()
  return { signal: all.signal, release: () => released.abort() }
}
