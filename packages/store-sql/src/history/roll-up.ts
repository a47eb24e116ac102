import type { HistorySeries, Rollup } from '@tocsin/core'
import type { DayRollup } from './day-block.ts'
import { hoursOf } from './pack-day.ts'
import { merge, type Points, slice } from './points.ts'
import { rollupOf } from './rollup.ts'
import { DAY, HOUR, type HourRollups } from './rollup-chunk.ts'
import { mergeSummaries, type Summary, summaryOf } from './summary.ts'

/** What is stored of a series for the hours that a range touches. */
export interface SeriesRange {
  readonly series: Pick<HistorySeries, 'period' | 'firstAt' | 'goneAt'>
  /** Points that are not packed yet: they may be new, or correct what is packed. */
  readonly fresh: Points
  /** Packed points of the days of `rawHours`, others may be absent. */
  readonly packed: Points
  readonly hours: HourRollups
  /** Whole days, by day, that stand for their hours in a step that holds all of them; then these may be absent. Default: none. */
  readonly days?: ReadonlyMap<number, DayRollup>
}

const HOURS = DAY / HOUR

/** Hours that must be counted point by point: those with points that are not packed, and those in which a step begins or ends. */
export function rawHours(edges: readonly number[], fresh: Points): Set<number> {
  const split = edges.filter((edge) => edge % HOUR !== 0).map((edge) => Math.floor(edge / HOUR))
  return new Set([...split, ...hoursOf(fresh)])
}

/** One rollup for each step: from each edge to the next. */
export function rollUp({ series, fresh, packed, hours, days = new Map() }: SeriesRange, edges: readonly number[]): Rollup[] {
  const raw = rawHours(edges, fresh)
  const points = merge(packed, fresh)
  /** Where raw points were forgotten, the rollup is all there is. */
  const isRaw = (hour: number): boolean => raw.has(hour) && (!hours.has(hour) || slice(packed, hour * HOUR, (hour + 1) * HOUR).timestamps.length > 0)
  const rawDays = new Set(Array.from(raw, (hour) => Math.floor(hour / HOURS)))
  const [first, end] = boundsOf([...hours.keys(), ...raw, ...Array.from(days.keys(), (day) => [day * HOURS, (day + 1) * HOURS - 1]).flat()])
  const summaryAt = (hour: number, from: number, until: number): Summary | undefined => {
    if (isRaw(hour)) return summaryOf(slice(points, Math.max(from, hour * HOUR), Math.min(until, (hour + 1) * HOUR)))
    return from <= hour * HOUR && hour * HOUR < until ? hours.get(hour)?.summary : undefined
  }

  return edges.slice(1).map((until, index) => {
    const from = edges[index] ?? until
    const others: [hour: number, period: number][] = []
    const summaries: Summary[] = []
    for (let hour = Math.floor(Math.max(from, first) / HOUR); hour * HOUR < Math.min(until, end); ) {
      const day = hour % HOURS === 0 && from <= hour * HOUR && (hour + HOURS) * HOUR <= until && !rawDays.has(hour / HOURS) ? days.get(hour / HOURS) : undefined
      const summary = day === undefined ? summaryAt(hour, from, until) : day.summary
      if (summary !== undefined) summaries.push(summary)
      const period = (day ?? hours.get(hour))?.period ?? series.period
      if (period !== series.period) for (const own of day === undefined ? [0] : hoursIn(day.hours)) others.push([hour + own, period])
      hour += day === undefined ? 1 : HOURS
    }
    return rollupOf({ from, until, expected: expectedIn(series, from, until, others), summary: mergeSummaries(summaries) })
  })
}

/**
 * The points to expect from `from` to `until`: at the period that the series has, but for hours that are known to have had another.
 *
 * @param others hours that had another period, with that period.
 */
function expectedIn({ period, firstAt, goneAt = Infinity }: SeriesRange['series'], from: number, until: number, others: Iterable<readonly [hour: number, period: number]>): number {
  const [start, end] = [Math.max(from, firstAt), Math.min(until, goneAt)]
  if (end <= start) return 0
  // Time is added up by period first, so that whole numbers of points come out whole.
  let rest = end - start
  const time = new Map<number, number>()
  for (const [hour, then] of others) {
    const ms = Math.max(0, Math.min(end, (hour + 1) * HOUR) - Math.max(start, hour * HOUR))
    rest -= ms
    time.set(then, (time.get(then) ?? 0) + ms)
  }
  return [...time].reduce((sum, [then, ms]) => sum + ms / then, rest / period)
}

const hoursIn = (bits: number): number[] => Array.from({ length: HOURS }, (_, hour) => hour).filter((hour) => (bits >>> hour) % 2 === 1)

/** When the first of some hours begins, and the last one ends. */
function boundsOf(hours: readonly number[]): readonly [first: number, end: number] {
  let [first, last] = [Infinity, -Infinity]
  for (const hour of hours) [first, last] = [Math.min(first, hour), Math.max(last, hour)]
  return [first * HOUR, (last + 1) * HOUR]
}
