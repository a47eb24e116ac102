import type { TocsinError } from '@tocsin/core'
import { type Demand, everyOf, isOver, isSame, union } from './demand.ts'
import type { Outcome } from './fetch-due.ts'
import type { MetricPoints, MetricQuery } from './metric-query.ts'
import { isWithin } from '../is-within.ts'
import type { Owner } from './owner.ts'
import { keep, type KeptPoints, pointsOf } from './kept-points.ts'
import { NO_POINTS, overlay, type Points, toPoints } from './points.ts'
import { floorTo, type Window, windowOf } from './window.ts'

/** A poll that is under way. */
export interface Poll {
  readonly done: Promise<void>
  /** Lets it go on for as long as this signal lives. */
  join(signal: AbortSignal): void
}

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
  /** Whether the last answer was complete. After one that was not, what lies behind a gap is not final. */
  isWhole: boolean
  status: MetricPoints['status']
  error: TocsinError | undefined
  /** When CloudWatch rejected it; no answer came since. */
  rejectedAt: number
  /** The poll that is under way. */
  pending: Poll | undefined
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
    isWhole: true,
    status: 'complete',
    error: undefined,
    rejectedAt: Number.NEGATIVE_INFINITY,
    pending: undefined,
  }
}

/** Notes that an owner asks, with needs of its own. */
export function asked(memory: SeriesMemory, { query, owner, interval, askedAt: now }: Omit<Demand, 'readUntil'>): void {
  const before = memory.demands.find((demand) => demand.owner === owner)
  // One owner may ask twice in a cycle, for two metrics of its catalogue that read the same one of CloudWatch.
  const own = before?.askedAt === now ? union(before.query, query) : query
  const others = memory.demands.filter((demand) => demand !== before && !isOver(demand, now))
  if (before && others.length === memory.demands.length - 1 && isSame(before.query, own)) {
    memory.demands = [...others, { ...before, interval, askedAt: now }]
    return
  }
  memory.demands = [...others, { owner, query: own, askedAt: now, interval, readUntil: before?.readUntil }]
  memory.query = others.reduce((all, demand) => union(all, demand.query), own)
}

/**
 * Whether it is time for a poll. Slots are counted from when points settle, so that each poll finds its newest point final: a
 * provisional one fires nothing, and waiting for the next poll would delay the alert by a whole period. A slot of a clock that has been
 * set back since counts no more.
 */
export function isDue(memory: SeriesMemory, now: number): boolean {
  if (memory.pending !== undefined || isWithin(REJECTED_FOR, memory.rejectedAt, now)) return false
  return slotOf(memory.query, now) > memory.slot || now < memory.polledAt
}

/**
 * Until when everybody who asks has everything: a poll that was complete counts for those only that were given what it brought. A cycle
 * may run out of time after its poll.
 */
export function knownUntil({ completeUntil, demands }: Pick<SeriesMemory, 'completeUntil' | 'demands'>): number | undefined {
  if (completeUntil === undefined) return undefined
  return demands.reduce((earliest, { readUntil = earliest }) => Math.min(earliest, readUntil), completeUntil)
}

/** Notes that an owner was given what is known. */
export function given({ completeUntil, demands }: SeriesMemory, owner: Owner): void {
  for (const demand of demands) if (demand.owner === owner) demand.readUntil = completeUntil
}

/** @param reach milliseconds that a window may reach back to what was missed. */
export function dueWindow(memory: SeriesMemory, now: number, reach: number): Window {
  return windowOf(memory.query, now, knownUntil(memory), reach)
}

/** Takes in what a poll brought. After a failure it is due again at once. */
export function learn(memory: SeriesMemory, outcome: Outcome, window: Window, now: number): void {
  if ('error' in outcome) {
    memory.status = 'error'
    memory.error = outcome.error
    if (outcome.rejected) memory.rejectedAt = now
    return
  }
  memory.rejectedAt = Number.NEGATIVE_INFINITY
  const step = memory.query.period * 1_000
  const found = toPoints(outcome.answer, window, step)
  const complete = outcome.answer.status === 'Complete'
  memory.points = keep(complete ? found : overlay(pointsOf(memory.points, step), found, window.start), step)
  memory.isWhole = complete
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
export function recall(memory: SeriesMemory, { settle, period }: MetricQuery): MetricPoints {
  const { polledAt, completeUntil, isWhole, status, error } = memory
  const step = period * 1_000
  const points = pointsOf(memory.points, step)
  const settled = Math.max(0, floorTo(polledAt - settle * 1_000, step))
  const final = completeUntil === undefined ? points.timestamps[0] : floorTo(completeUntil - settle * 1_000, step)
  const settledUntil = isWhole ? settled : Math.min(settled, firstGap(points, final ?? 0, step))
  return { ...points, settledUntil, status, ...(error === undefined ? {} : { error }) }
}

/**
 * The first slot from `from` on without a point. What an incomplete answer leaves out may come later, and a judge that has seen a later point passes over
 * it: so points behind a gap wait for the answer that is complete.
 */
function firstGap({ timestamps }: Points, from: number, step: number): number {
  let gap = from
  for (const at of timestamps) if (at === gap) gap += step
  return gap
}

/** Whether nobody has asked for so long that its points may go. */
export function isForgotten({ demands }: SeriesMemory, now: number): boolean {
  return demands.every((demand) => isOver(demand, now))
}

function slotOf(query: MetricQuery, now: number): number {
  return floorTo(now - query.settle * 1_000, everyOf(query) * 1_000)
}
