import type { HistorySeries, Rollup } from '@tocsin/core'
import { hoursOf } from './pack-day.ts'
import { merge, type Points, slice } from './points.ts'
import { rollupOf } from './rollup.ts'
import { HOUR, type HourRollups } from './rollup-chunk.ts'
import { mergeSummaries, type Summary, summaryOf } from './summary.ts'

/** What is stored of a series for the hours that a range touches. */
export interface SeriesRange {
  readonly series: Pick<HistorySeries, 'period' | 'firstAt' | 'goneAt'>
  /** Points that are not packed yet: they may be new, or correct what is packed. */
  readonly fresh: Points
  /** Packed points of the days of `rawHours`, others may be absent. */
  readonly packed: Points
  readonly hours: HourRollups
}

/** Hours that must be counted point by point: those with points that are not packed, and those in which a step begins or ends. */
export function rawHours(edges: readonly number[], fresh: Points): Set<number> {
  const split = edges.filter((edge) => edge % HOUR !== 0).map((edge) => Math.floor(edge / HOUR))
  return new Set([...split, ...hoursOf(fresh)])
}

/** One rollup for each step: from each edge to the next. */
export function rollUp({ series, fresh, packed, hours }: SeriesRange, edges: readonly number[]): Rollup[] {
  const raw = rawHours(edges, fresh)
  const points = merge(packed, fresh)
  /** Where raw points were forgotten, the rollup is all there is. */
  const isRaw = (hour: number): boolean => raw.has(hour) && (!hours.has(hour) || slice(packed, hour * HOUR, (hour + 1) * HOUR).timestamps.length > 0)
  const known = [...hours.keys(), ...raw]
  const [first, end] = [known.reduce((least, hour) => Math.min(least, hour), Infinity) * HOUR, (known.reduce((most, hour) => Math.max(most, hour), -Infinity) + 1) * HOUR]
  const summaryAt = (hour: number, from: number, until: number): Summary | undefined => {
    if (isRaw(hour)) return summaryOf(slice(points, Math.max(from, hour * HOUR), Math.min(until, (hour + 1) * HOUR)))
    return from <= hour * HOUR && hour * HOUR < until ? hours.get(hour)?.summary : undefined
  }

  return edges.slice(1).map((until, index) => {
    const from = edges[index] ?? until
    const touched = hoursBetween(Math.max(from, first), Math.min(until, end))
    const summaries = touched.map((hour) => summaryAt(hour, from, until)).filter((summary) => summary !== undefined)
    return rollupOf({ from, until, expected: expectedOf(series, hours, touched, from, until), summary: mergeSummaries(summaries) })
  })
}

/** Time is added up by period first, so that whole numbers of points come out whole. */
function expectedOf({ period, firstAt, goneAt = Infinity }: SeriesRange['series'], hours: HourRollups, touched: readonly number[], from: number, until: number): number {
  const [start, end] = [Math.max(from, firstAt), Math.min(until, goneAt)]
  if (end <= start) return 0
  const time = new Map([[period, end - start]])
  for (const hour of touched) {
    const then = hours.get(hour)?.period ?? period
    const ms = Math.max(0, Math.min(end, (hour + 1) * HOUR) - Math.max(start, hour * HOUR))
    time.set(period, (time.get(period) ?? 0) - ms)
    time.set(then, (time.get(then) ?? 0) + ms)
  }
  return [...time].reduce((sum, [then, ms]) => sum + ms / then, 0)
}

function hoursBetween(from: number, until: number): number[] {
  const first = Math.floor(from / HOUR)
  return until > from ? Array.from({ length: Math.ceil(until / HOUR) - first }, (_, index) => first + index) : []
}
