import type { TocsinError } from '@tocsin/core'
import type { Outcome } from './fetch-due.ts'
import type { MetricPoints, MetricQuery } from './metric-query.ts'
import { NO_POINTS, overlay, type Points, toPoints } from './points.ts'
import { floorTo, type Window, windowOf } from './window.ts'

/** What the engine remembers of one statistic of one metric. */
export interface SeriesMemory {
  /** The widest of what was asked: longest settling and history, shortest time between polls. */
  query: MetricQuery
  points: Points
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
  lastAsked: number
}

const REJECTED_FOR = 3_600_000
const FORGOTTEN_AFTER = 3_600_000

export function newMemory(query: MetricQuery): SeriesMemory {
  return {
    query,
    points: NO_POINTS,
    slot: Number.NEGATIVE_INFINITY,
    polledAt: 0,
    completeUntil: undefined,
    status: 'complete',
    error: undefined,
    notBefore: Number.NEGATIVE_INFINITY,
    pending: undefined,
    lastAsked: 0,
  }
}

/** Notes that somebody asks, with their own needs. */
export function asked(memory: SeriesMemory, query: MetricQuery, now: number): void {
  const { query: known } = memory
  const settle = Math.max(known.settle, query.settle)
  const lookBack = longest(known.lookBack, query.lookBack)
  const every = Math.min(known.every ?? known.period, query.every ?? query.period)
  memory.query = { ...known, settle, lookBack, every }
  memory.lastAsked = now
}

/**
 * Whether it is time for a poll. Slots are counted from when points settle, so that each poll finds its newest point final: a
 * provisional one fires nothing, and waiting for the next poll would delay the alert by a whole period.
 */
export function isDue(memory: SeriesMemory, now: number): boolean {
  return memory.pending === undefined && now >= memory.notBefore && slotOf(memory.query, now) > memory.slot
}

export function dueWindow({ query, completeUntil }: SeriesMemory, now: number): Window {
  return windowOf(query, now, completeUntil)
}

/** Takes in what a poll brought. After a failure it is due again at once. */
export function learn(memory: SeriesMemory, outcome: Outcome, window: Window, now: number): void {
  if ('error' in outcome) {
    memory.status = 'error'
    memory.error = outcome.error
    if (outcome.rejected) memory.notBefore = now + REJECTED_FOR
    return
  }
  const found = toPoints(outcome.answer, window, memory.query.period * 1_000)
  const complete = outcome.answer.status === 'Complete'
  memory.points = complete ? found : overlay(memory.points, found, window.start)
  memory.status = complete ? 'complete' : 'partial'
  memory.error = undefined
  memory.slot = slotOf(memory.query, now)
  memory.polledAt = now
  if (complete) memory.completeUntil = window.end
}

/** The answer for one who asked. */
export function recall({ points, polledAt, status, error }: SeriesMemory, { settle, period }: MetricQuery): MetricPoints {
  const settledUntil = Math.max(0, floorTo(polledAt - settle * 1_000, period * 1_000))
  return { ...points, settledUntil, status, ...(error === undefined ? {} : { error }) }
}

/** Whether nobody has asked for so long that its points may go. */
export function isForgotten({ lastAsked, query }: SeriesMemory, now: number): boolean {
  return now - lastAsked > Math.max(FORGOTTEN_AFTER, 3 * (query.every ?? query.period) * 1_000)
}

function slotOf({ settle, period, every }: MetricQuery, now: number): number {
  return floorTo(now - settle * 1_000, Math.max(every ?? period, period) * 1_000)
}

function longest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b)
}
