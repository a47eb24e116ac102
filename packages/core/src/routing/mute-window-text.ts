import { suggest } from '../plugin/suggest.ts'
import type { Span, TimeRange } from './mute-window.ts'

/** With `alertmanager`, what Alertmanager refuses is refused, and what it takes is taken. */
export type Compat = 'alertmanager' | undefined

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'] as const
const MINUTES_A_DAY = 1_440

/** What stood where something else was expected, in words that go on from "write". All readers here give it in place of a value. */
export type Expected = string

export const TIME: Expected = 'a time from "00:00" to "24:00", such as "09:30"'
export const WEEKDAY: Expected = 'a weekday or a range such as "monday:friday"'
export const DAY_OF_MONTH: Expected = 'a day from 1 to 31 or, from the end of the month, from -1 to -31, or a range such as "1:5" or "-3:-1"'
export const MONTH: Expected = 'a month or a range such as "january:march" or "1:3"'
export const YEAR: Expected = 'a year or a range such as "2026:2027"'

/** `09:30` as minutes since midnight; `24:00` is the end of the day. */
export function readTime(text: string): number | Expected {
  const match = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(text)
  if (match) return match[1] === undefined ? MINUTES_A_DAY : Number(match[1]) * 60 + Number(match[2])
  return /^\d:[0-5]\d$/.test(text) ? `"0${text}": hours have two digits` : TIME
}

/** A range of minutes; it wraps past midnight where its end is not after its start. */
export function orderTimes(from: number, to: number, compat: Compat): TimeRange | Expected {
  if (from < to) return { from, to }
  if (compat === 'alertmanager') return 'an end after the start: Alertmanager has no range past midnight, it takes one to "24:00" and one from "00:00"'
  if (from === to) return 'an end that is not the start; leave "times" out to mean the whole day'
  if (from === MINUTES_A_DAY) return 'a start before "24:00"; the day begins at "00:00"'
  return { from, to: to + MINUTES_A_DAY }
}

/** `monday`, `monday:friday`: weeks begin with Sunday. */
export function readWeekdays(text: string): Span | Expected {
  const span = readSpan(text, (word) => {
    const index = WEEKDAYS.findIndex((name) => name === word)
    return index >= 0 ? index : `${WEEKDAY}; "${word}" is none, ${suggest(word, WEEKDAYS)}`
  })
  if (typeof span === 'string' || span.first <= span.last) return span
  const name = (weekday: number): string => WEEKDAYS[weekday] ?? String(weekday)
  return `${both(name(span.first), 'saturday', 'sunday', name(span.last))}: a week begins with sunday, and no range goes beyond its end`
}

/** `1`, `1:5`, `-3:-1`: negative days count from the end of the month, -1 is the last. */
export function readDaysOfMonth(text: string, compat: Compat): Span | Expected {
  const span = readSpan(text, (word) => {
    const day = readInteger(word)
    return day !== undefined && day !== 0 && Math.abs(day) <= 31 ? day : `${DAY_OF_MONTH}; "${word}" is none`
  })
  if (typeof span === 'string') return span
  const { first, last } = span
  if (first < 0 && last > 0) return 'an end that counts from the end of the month, as the start does: "-3:-1"'
  if (first < 0 === last < 0) return first <= last ? span : `"${last}:${first}": the earlier day comes first`
  if (compat !== 'alertmanager') return first <= 32 + last ? span : `an end that can come after the start: day ${last} is day ${32 + last} at the latest`
  // It takes the last day of the shortest month for day 27, and so refuses even "28:-1".
  return first <= 28 + last ? span : `an end that comes after the start in every month: Alertmanager takes day ${last} for day ${28 + last} there`
}

/** `march`, `3`, `january:march`. */
export function readMonths(text: string, compat: Compat): Span | Expected {
  const span = readSpan(text, (word) => {
    const index = MONTHS.findIndex((name) => name === word)
    const month = index >= 0 ? index + 1 : readInteger(word)
    if (month !== undefined && (compat === 'alertmanager' || (month >= 1 && month <= 12))) return month
    return `${MONTH}; "${word}" is none, ${suggest(word, MONTHS)}`
  })
  if (typeof span === 'string' || span.first <= span.last) return span
  const name = (month: number): string => MONTHS[month - 1] ?? String(month)
  return `${both(name(span.first), 'december', 'january', name(span.last))}: no range goes beyond the end of a year`
}

/** `2026`, `2026:2027`. */
export function readYears(text: string, compat: Compat): Span | Expected {
  const span = readSpan(text, (word) => {
    const year = readInteger(word)
    if (year !== undefined && (compat === 'alertmanager' || (year >= 1970 && year <= 9999))) return year
    return `${YEAR}; "${word}" is none`
  })
  if (typeof span === 'string' || span.first <= span.last) return span
  return `"${span.last}:${span.first}": the earlier year comes first`
}

function readSpan(text: string, readWord: (word: string) => number | Expected): Span | Expected {
  const [start = '', end = start, ...more] = text.toLowerCase().split(':')
  if (more.length > 0) return 'one, or two with a colon between'
  const first = readWord(start)
  if (typeof first === 'string') return first
  const last = readWord(end)
  return typeof last === 'string' ? last : { first, last }
}

function readInteger(text: string): number | undefined {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(value) ? value : undefined
}

/** Two ranges in place of one that would go beyond the end of its cycle. */
function both(first: string, end: string, start: string, last: string): string {
  const range = (from: string, to: string): string => (from === to ? `"${from}"` : `"${from}:${to}"`)
  return `${range(first, end)} and ${range(start, last)}`
}
