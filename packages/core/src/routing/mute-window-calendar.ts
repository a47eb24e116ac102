import type { MuteInterval, Span, TimeRange } from './mute-window.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const MINUTES_A_DAY = 1_440
const WHOLE_DAY: readonly TimeRange[] = [{ from: 0, to: MINUTES_A_DAY }]

/** What a calendar shows on a date. */
interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly daysInMonth: number
}

/**
 * Whether one of the intervals holds, whatever zone they are meant for.
 *
 * @param wall what the clock shows, as milliseconds since 1970 if it were UTC.
 */
export function covers(intervals: readonly MuteInterval[], wall: number): boolean {
  const date = Math.floor(wall / DAY)
  const minute = minuteOf(wall)
  let today: CalendarDate | undefined
  let yesterday: CalendarDate | undefined
  for (const interval of intervals) {
    const times = interval.times ?? WHOLE_DAY
    if (holds(times, minute) && onDate(interval, (today ??= calendarDate(date)))) return true
    if (holds(times, minute + MINUTES_A_DAY) && onDate(interval, (yesterday ??= calendarDate(date - 1)))) return true
  }
  return false
}

/**
 * When it is next otherwise than at `wall`, on a clock that never jumps; `Infinity` when it is not before the end of the day of `limit`.
 * Looks at each date once.
 */
export function nextWallChange(intervals: readonly MuteInterval[], wall: number, limit: number): number {
  const wanted = !covers(intervals, wall)
  let from = minuteOf(wall)
  for (let date = Math.floor(wall / DAY); date * DAY <= limit; date += 1) {
    const minute = firstMinute(coverage(intervals, date), from, wanted)
    if (minute < MINUTES_A_DAY) return date * DAY + minute * MINUTE
    from = 0
  }
  return Infinity
}

/** The covered minutes of a date in order; they may overlap, and reach beyond midnight. */
function coverage(intervals: readonly MuteInterval[], date: number): TimeRange[] {
  const today = calendarDate(date)
  let yesterday: CalendarDate | undefined
  const covered: TimeRange[] = []
  for (const interval of intervals) {
    const times = interval.times ?? WHOLE_DAY
    if (onDate(interval, today)) covered.push(...times)
    const wrapped = times.filter(({ to }) => to > MINUTES_A_DAY)
    if (wrapped.length > 0 && onDate(interval, (yesterday ??= calendarDate(date - 1)))) {
      covered.push(...wrapped.map(({ to }) => ({ from: 0, to: to - MINUTES_A_DAY })))
    }
  }
  return covered.sort((a, b) => a.from - b.from)
}

/** The first minute at or after `from` that is covered, or not covered; at or after the end of the day when none is. */
function firstMinute(covered: readonly TimeRange[], from: number, wanted: boolean): number {
  if (wanted) return Math.max(from, covered.find(({ to }) => to > from)?.from ?? MINUTES_A_DAY)
  let minute = from
  for (const range of covered) if (range.from <= minute) minute = Math.max(minute, range.to)
  return minute
}

function minuteOf(wall: number): number {
  return Math.floor((wall - Math.floor(wall / DAY) * DAY) / MINUTE)
}

function holds(times: readonly TimeRange[], minute: number): boolean {
  for (const { from, to } of times) if (from <= minute && minute < to) return true
  return false
}

function onDate({ daysOfMonth, months, weekdays, years }: MuteInterval, date: CalendarDate): boolean {
  return within(weekdays, date.weekday) && onDay(daysOfMonth, date) && within(months, date.month) && within(years, date.year)
}

function within(spans: readonly Span[] | undefined, value: number): boolean {
  if (spans === undefined) return true
  for (const { first, last } of spans) if (first <= value && value <= last) return true
  return false
}

/** A start after the end of the month cannot match and an end after it is as good as clamped: no such day comes. */
function onDay(spans: readonly Span[] | undefined, { day, daysInMonth }: CalendarDate): boolean {
  if (spans === undefined) return true
  const forward = (n: number): number => (n < 0 ? daysInMonth + 1 + n : n)
  for (const { first, last } of spans) if (forward(first) <= day && day <= forward(last)) return true
  return false
}

/** @param date days since 1970. */
function calendarDate(date: number): CalendarDate {
  const shown = new Date(date * DAY)
  const year = shown.getUTCFullYear()
  const month = shown.getUTCMonth() + 1
  return { year, month, day: shown.getUTCDate(), weekday: shown.getUTCDay(), daysInMonth: daysInMonth(year, month) }
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
