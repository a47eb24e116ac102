import { merge, type Points, slice } from './points.ts'
import { HOUR, type HourRollups } from './rollup-chunk.ts'
import { summaryOf } from './summary.ts'

/** What is known of some days of a series. */
export interface Packed {
  readonly points: Points
  readonly hours: HourRollups
}

/**
 * Adds points that came since to what is packed, and rolls the hours that they touch up again. Doing it twice changes nothing.
 *
 * An hour whose raw points were forgotten keeps the rollup that it has: whether a point for it is new or was counted already cannot be
 * told any more.
 */
export function packDay(before: Packed, fresh: Points, period: number): Packed & { readonly tooLate: number } {
  const merged = merge(before.points, fresh)
  const hours = new Map(before.hours)
  const touched = hoursOf(fresh)
  const closed = new Set(touched.filter((hour) => before.hours.has(hour) && of(before.points, hour).timestamps.length === 0))
  for (const hour of touched) {
    const summary = summaryOf(of(merged, hour))
    if (summary !== undefined && !closed.has(hour)) hours.set(hour, { period: before.hours.get(hour)?.period ?? period, summary })
  }
  const open = closed.size === 0 ? merged : without(merged, closed)
  return { points: open, hours, tooLate: merged.timestamps.length - open.timestamps.length }
}

/** The hours that have points, counted from the epoch, in order. */
export function hoursOf({ timestamps }: Points): number[] {
  const hours: number[] = []
  for (const time of timestamps) {
    const hour = Math.floor(time / HOUR)
    if (hour !== hours.at(-1)) hours.push(hour)
  }
  return hours
}

const of = (points: Points, hour: number): Points => slice(points, hour * HOUR, (hour + 1) * HOUR)

function without({ timestamps, values }: Points, hours: ReadonlySet<number>): Points {
  const stays = (_: number, index: number): boolean => !hours.has(Math.floor((timestamps[index] ?? NaN) / HOUR))
  return { timestamps: timestamps.filter(stays), values: values.filter(stays) }
}
