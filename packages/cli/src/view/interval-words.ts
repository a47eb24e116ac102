import type { ListedSilence } from '@tocsin/core'

/** One interval of a mute window, or of a silence that comes again and again. */
type Interval = NonNullable<ListedSilence['silence']['recurring']>[number]
type Span = NonNullable<Interval['weekdays']>[number]

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const MINUTES_A_DAY = 1_440

/** Intervals as their schema takes them, one of which is enough: `22:00-06:00 monday:friday Europe/Berlin, or 2026 UTC`. */
export const intervalsText = (intervals: readonly Interval[]): string => (intervals.length === 0 ? 'never' : intervals.map(intervalText).join(', or '))

function intervalText({ times, weekdays, daysOfMonth, months, years, timeZone }: Interval): string {
  const parts = [
    times?.map(({ from, to }) => `${clock(from)}-${clock(to > MINUTES_A_DAY ? to - MINUTES_A_DAY : to)}`).join(','),
    spans(weekdays, (day) => WEEKDAYS[day] ?? String(day)),
    spans(daysOfMonth, String, 'days '),
    spans(months, (month) => MONTHS[month - 1] ?? String(month)),
    spans(years, String),
  ].filter((part) => part !== undefined)
  return `${parts.length === 0 ? 'always' : parts.join(' ')} ${timeZone}`
}

function spans(all: readonly Span[] | undefined, word: (value: number) => string, before = ''): string | undefined {
  return all && before + all.map(({ first, last }) => (first === last ? word(first) : `${word(first)}:${word(last)}`)).join(',')
}

const clock = (minutes: number): string => [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
