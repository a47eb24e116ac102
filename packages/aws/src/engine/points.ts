import type { Answer } from './get-metric-data.ts'
import type { MetricPoints } from './metric-query.ts'
import type { Window } from './window.ts'

/** Points in typed arrays: 16 bytes each. */
export type Points = Pick<MetricPoints, 'timestamps' | 'values'>

export const NO_POINTS: Points = { timestamps: new Float64Array(), values: new Float64Array() }

/** An answer's points inside the window: ascending, one for each time (the last one given), whole periods only. */
export function toPoints({ timestamps, values }: Pick<Answer, 'timestamps' | 'values'>, { start, end }: Window, period: number): Points {
  const last = end - period
  if (!isAscending(timestamps)) return toPoints(sorted(timestamps, values), { start, end }, period)
  let from = 0
  let to = timestamps.length
  while (from < to && (timestamps[from] ?? 0) < start) from++
  while (to > from && (timestamps[to - 1] ?? 0) > last) to--
  return from === 0 && to === timestamps.length ? { timestamps, values } : { timestamps: timestamps.slice(from, to), values: values.slice(from, to) }
}

/** Older points with newer ones over them, from `start` on. */
export function overlay(older: Points, newer: Points, start: number): Points {
  const byTime = new Map<number, number>()
  for (const { timestamps, values } of [older, newer]) {
    timestamps.forEach((at, index) => {
      const value = values[index]
      if (value !== undefined && at >= start) byTime.set(at, value)
    })
  }
  return fromMap(byTime)
}

function isAscending(times: Float64Array): boolean {
  for (let index = 1; index < times.length; index++) if (!((times[index] ?? 0) > (times[index - 1] ?? 0))) return false
  return true
}

/** Of points with one time the last one is taken; a time that is no number is none. */
function sorted(timestamps: Float64Array, values: Float64Array): Points {
  const byTime = new Map<number, number>()
  timestamps.forEach((at, index) => {
    if (!Number.isNaN(at)) byTime.set(at, values[index] ?? Number.NaN)
  })
  return fromMap(byTime)
}

function fromMap(byTime: ReadonlyMap<number, number>): Points {
  const timestamps = Float64Array.from(byTime.keys()).sort()
  return { timestamps, values: timestamps.map((at) => byTime.get(at) ?? Number.NaN) }
}
