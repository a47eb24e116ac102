import { DAY } from './rollup-chunk.ts'

/** Days, counted from the epoch: all from the first to the last. */
export interface DayRange {
  readonly first: number
  readonly last: number
}

/** Ranges of days that one question may name; more are asked for as the one that holds them all. */
const MOST_RANGES = 64

/** The days that a range of time touches, counted from the epoch. */
export const daysBetween = (from: number, until: number): DayRange => ({ first: Math.floor(from / DAY), last: Math.ceil(until / DAY) - 1 })

/** The days that lie within one step each, in order. */
export function wholeDays(edges: readonly number[]): DayRange[] {
  const within = edges.slice(1).map((until, index): DayRange => ({ first: Math.ceil((edges[index] ?? until) / DAY), last: Math.floor(until / DAY) - 1 }))
  return within.filter(({ first, last }) => first <= last)
}

/** The days of a range that are in none of others, which are in order. */
export function except({ first, last }: DayRange, others: readonly DayRange[]): DayRange[] {
  const starts = [first, ...others.map((other) => other.last + 1)]
  const ends = [...others.map((other) => other.first - 1), last]
  return starts.map((start, index): DayRange => ({ first: start, last: ends[index] ?? last })).filter((rest) => rest.first <= rest.last)
}

/** Ranges and single days as few ranges, in order; it may be that days between them are in it, too. */
export function asRanges(ranges: readonly DayRange[], days: Iterable<number> = []): DayRange[] {
  const sorted = [...ranges, ...Array.from(days, (day) => ({ first: day, last: day }))].sort((a, b) => a.first - b.first)
  const joined: { first: number; last: number }[] = []
  for (const { first, last } of sorted) {
    const before = joined.at(-1)
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last)
    else joined.push({ first, last })
  }
  const [start, end] = [joined[0], joined.at(-1)]
  return start === undefined || end === undefined || joined.length <= MOST_RANGES ? joined : [{ first: start.first, last: end.last }]
}
