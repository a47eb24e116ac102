import type { TocsinError } from '@tocsin/core'
import { type Demand, everyOf, isOver, isSame, union } from './demand.ts'
import type { Outcome } from './fetch-due.ts'
import type { MetricPoints, MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'
import { keep, type KeptPoints, pointsOf } from './kept-points.ts'
import { NO_POINTS, overlay, toPoints } from './points.ts'
import { floorTo, type Window, windowOf } from './window.ts'

/** What the engine remembers of one statistic of one metric. */
export interface SeriesMemory {
  /** The key of the metric, which its statistics share: they are paid for together. */
  readonly metric: string
  /** What serves all who ask. */
  query: MetricQuery
  demands: readonly Demand[]
  points: KeptPoints
  /** The poll slot of the last poll that was answered; another slot makes it due again. */
  slot: number
  /** When that was. */
  polledAt: number
  /** End of the last window that came back complete. */
  completeUntil: number | undefined
  status: MetricPoints['status']
  error: TocsinError | undefined
  /** Not asked before this, because CloudWatch rejects it. */
  notBefore: number
  /** The poll that is under way. */
  pending: Promise<void> | undefined
}

const REJECTED_FOR = 3_600_000

export function newMemory(query: MetricQuery, metric: string): SeriesMemory {
  return {
    metric,
    query,
    demands: [],
    points: NO_POINTS,
    slot: Number.NEGATIVE_INFINITY,
    polledAt: 0,
    completeUntil: undefined,
    status: 'complete',
    error: undefined,
    notBefore: Number.NEGATIVE_INFINITY,
    pending: undefined,
  }
}

/** Notes that an owner asks, with needs of its own. */
export function asked(memory: SeriesMemory, query: MetricQuery, owner: Owner, now: number): void {
  const before = memory.demands.find((demand) => demand.owner === owner)
  // One owner may ask twice in a cycle, for two metrics of its catalogue that read the same one of CloudWatch.
  const own = before?.askedAt === now ? union(before.query, query) : query
  const others = memory.demands.filter((demand) => demand !== before && !isOver(demand, now))
  if (before && others.length === memory.demands.length - 1 && isSame(before.query, own)) {
    memory.demands = [...others, { ...before, askedAt: now }]
    return
  }
  memory.demands = [...others, { owner, query: own, askedAt: now }]
  memory.query = others.reduce((all, demand) => union(all, demand.query), own)
}

/**
 * Whether it is time for a poll. Slots are counted from when points settle, so that each poll finds its newest point final: a
 * provisional one fires nothing, and waiting for the next poll would delay the alert by a whole period.
 */
export function isDue(memory: SeriesMemory, now: number): boolean {
  return memory.pending === undefined && now >= memory.notBefore && slotOf(memory.query, now) > memory.slot
}

/** @param reach milliseconds that a window may reach back to what was missed. */
export function dueWindow({ query, completeUntil }: SeriesMemory, now: number, reach: number): Window {
  return windowOf(query, now, completeUntil, reach)
}

/** Takes in what a poll brought. After a failure it is due again at once. */
export function learn(memory: SeriesMemory, outcome: Outcome, window: Window, now: number): void {
  if ('error' in outcome) {
    memory.status = 'error'
    memory.error = outcome.error
    if (outcome.rejected) memory.notBefore = now + REJECTED_FOR
    return
  }
  const step = memory.query.period * 1_000
  const found = toPoints(outcome.answer, window, step)
  const complete = outcome.answer.status === 'Complete'
  memory.points = keep(complete ? found : overlay(pointsOf(memory.points, step), found, window.start), step)
  memory.status = complete ? 'complete' : 'partial'
  memory.error = undefined
  polled(memory, complete ? window.end : undefined, now)
}

/** Notes that a poll was answered, and until when it is complete. */
export function polled(memory: Pick<SeriesMemory, 'query' | 'slot' | 'polledAt' | 'completeUntil'>, completeUntil: number | undefined, now: number): void {
  memory.slot = slotOf(memory.query, now)
  memory.polledAt = now
  memory.completeUntil = completeUntil ?? memory.completeUntil
}

/** The answer for one who asked. */
export function recall({ points, polledAt, status, error }: SeriesMemory, { settle, period }: MetricQuery): MetricPoints {
  const settledUntil = Math.max(0, floorTo(polledAt - settle * 1_000, period * 1_000))
  return { ...pointsOf(points, period * 1_000), settledUntil, status, ...(error === undefined ? {} : { error }) }
}

/** Whether nobody has asked for so long that its points may go. */
export function isForgotten({ demands }: SeriesMemory, now: number): boolean {
  return demands.every((demand) => isOver(demand, now))
}

function slotOf(query: MetricQuery, now: number): number {
  return floorTo(now - query.settle * 1_000, everyOf(query) * 1_000)
}
