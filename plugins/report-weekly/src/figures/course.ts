import type { HistoryPoints, Past, Rollup } from '@tocsin/core'
import type { CoursePoint, Period } from '../figures.ts'

type Course = readonly (CoursePoint | undefined)[]

/** Steps of an hour: rollups know no shorter ones, so its points are read. */
const FIVE_MINUTES = 300_000

/** The course of series over a period, by series: an hour a step for a day or a week, a day for a month, five minutes for an hour. */
export async function coursesOf(history: NonNullable<Past['history']>, series: readonly number[], { kind, from, until }: Period, timeZone: string): Promise<ReadonlyMap<number, Course>> {
  if (series.length === 0) return new Map()
  if (kind === 'hour') return new Map((await history.points({ series, from, until })).map((points) => [points.series, fromPoints(points, from, until)]))
  const rolled = await history.rollups({ series, from, until, step: kind === 'month' ? 'day' : 'hour', timeZone })
  return new Map(rolled.map(({ series: id, rollups }) => [id, rollups.map(pointOf)]))
}

function pointOf({ from, until, count, min, mean, max }: Rollup): CoursePoint | undefined {
  return count === 0 ? undefined : { from, until, low: min, average: averageOf(mean, max), high: max }
}

/** The mean is of the finite values; where there is none, all of them are the same infinity or both. */
export const averageOf = (mean: number, max: number): number => (Number.isNaN(mean) ? max : mean)

function fromPoints({ timestamps, values }: HistoryPoints, from: number, until: number): Course {
  return Array.from({ length: Math.ceil((until - from) / FIVE_MINUTES) }, (_, index): CoursePoint | undefined => {
    const start = from + index * FIVE_MINUTES
    const end = Math.min(start + FIVE_MINUTES, until)
    const own = [...values].filter((_value, at) => (timestamps[at] ?? NaN) >= start && (timestamps[at] ?? NaN) < end)
    if (own.length === 0) return undefined
    return { from: start, until: end, low: Math.min(...own), average: own.reduce((sum, value) => sum + value, 0) / own.length, high: Math.max(...own) }
  })
}
