import { GET_METRIC_DATA } from '../apis.ts'
import type { MetricQuery } from './metric-query.ts'
import { floorTo, startClass, type Window } from './window.ts'

/** A query that is due. */
export interface Due {
  /** The key of its metric. */
  readonly metric: string
  readonly query: MetricQuery
  readonly window: Window
  /** CloudWatch rejected it the last time: it is asked for in a call of its own kind, so that it costs no other query. Default false. */
  readonly isSuspect?: boolean
}

/** One GetMetricData call. */
export interface PackedCall<Q extends Due> extends Window {
  readonly queries: readonly Q[]
  /** As AWS counts them: every period of the window, for every query. */
  readonly points: number
}

interface Draft<Q extends Due> extends Window {
  start: number
  /** Milliseconds: the longest period in it. */
  align: number
  readonly queries: Q[]
  points: number
}

/** All statistics of one metric, which are paid for once while they are in one call. */
interface Group<Q extends Due> {
  readonly queries: Q[]
  start: number
}

/**
 * Packs queries into the fewest calls: 500 a call, a metric's statistics kept together, no more points than a call may give.
 *
 * Periods share a call when each divides the longest: the start, aligned to the longest in it, is then the start of a period for all. The
 * end is the latest of theirs, so the last point of a longer period may be unfinished: whoever reads the answer cuts it to the query's window.
 *
 * Calls that reach back the least come first: what is on time does not wait for what makes up for an outage.
 */
export function pack<Q extends Due>(due: readonly Q[], now: number): PackedCall<Q>[] {
  const calls = [...byClass(due, now).values()].flatMap((same) => byPeriods(same).flatMap(fill))
  return calls.sort((a, b) => b.start - a.start)
}

function byClass<Q extends Due>(due: readonly Q[], now: number): Map<string, Q[]> {
  const classes = new Map<string, Q[]>()
  for (const one of due) push(classes, `${startClass(one.query, one.window, now)}${one.isSuspect ? ', suspect' : ''}`, one)
  return classes
}

/** Sets of queries whose periods divide the longest of the set. */
function byPeriods<Q extends Due>(due: readonly Q[]): Q[][] {
  const sets = new Map<number, Q[]>()
  for (const one of [...due].sort((a, b) => b.query.period - a.query.period)) {
    const longest = [...sets.keys()].find((period) => period % one.query.period === 0) ?? one.query.period
    push(sets, longest, one)
  }
  return [...sets.values()]
}

function fill<Q extends Due>(due: readonly Q[]): PackedCall<Q>[] {
  const end = due.reduce((latest, { window }) => Math.max(latest, window.end), 0)
  const calls: Draft<Q>[] = []
  let open: Draft<Q> | undefined
  // The earliest start comes first, so a call's start is that of its first group.
  for (const { queries, start } of groups(due)) {
    const more = open && widened(open, queries)
    if (open === undefined || more === undefined || open.queries.length + queries.length > GET_METRIC_DATA.queries || more.points > GET_METRIC_DATA.points) {
      const align = longestPeriod(queries)
      open = { start: floorTo(start, align), end, align, queries: [], points: 0 }
      open.points = pointsOf(queries, open)
      calls.push(open)
    } else Object.assign(open, more)
    open.queries.push(...queries)
  }
  return calls
}

/** What becomes of a call with more queries in it: a longer period moves its start back, which no call without one pays for. */
function widened<Q extends Due>(call: Draft<Q>, more: readonly Q[]): Pick<Draft<Q>, 'start' | 'align' | 'points'> {
  const align = Math.max(call.align, longestPeriod(more))
  const start = floorTo(call.start, align)
  const window = { start, end: call.end }
  return { start, align, points: pointsOf(more, window) + (start === call.start ? call.points : pointsOf(call.queries, window)) }
}

function longestPeriod(due: readonly Due[]): number {
  return due.reduce((longest, { query }) => Math.max(longest, query.period), 0) * 1_000
}

function groups<Q extends Due>(due: readonly Q[]): Group<Q>[] {
  const byMetric = new Map<string, Group<Q>>()
  for (const one of due) {
    const group = byMetric.get(one.metric) ?? { queries: [], start: one.window.start }
    group.queries.push(one)
    group.start = Math.min(group.start, one.window.start)
    byMetric.set(one.metric, group)
  }
  return [...byMetric.values()].sort((a, b) => a.start - b.start || longestPeriod(b.queries) - longestPeriod(a.queries))
}

function pointsOf(due: readonly Due[], { start, end }: Window): number {
  return due.reduce((sum, { query }) => sum + Math.ceil((end - start) / (query.period * 1_000)), 0)
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
