import { formatDuration, type ListedSilence, oneLine } from '@tocsin/core'
import type { WindowNow } from '../run/windows-now.ts'
import { comingClock } from '../text/wall-clock.ts'

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

/**
 * A window and when that changes: `nights, which does not hold now and opens in 3h 10m (sun 22:00 Europe/Berlin): 22:00-06:00 Europe/Berlin`.
 *
 * @param timeZone for the clock of a window that is read in several zones.
 */
export function windowText({ name, intervals, holds, changesAt }: WindowNow, now: number, timeZone: string): string {
  const [first = timeZone, ...others] = new Set(intervals.map((interval) => interval.timeZone))
  const zone = others.length === 0 ? first : timeZone
  const change = (verb: string, never: string): string => (changesAt === undefined ? never : `and ${verb} in ${formatDuration(changesAt - now)} (${comingClock(changesAt, now, zone)} ${zone})`)
  const state = holds ? `holds now ${change('closes', 'and for the next ten years')}` : `does not hold now ${change('opens', 'nor in the next ten years')}`
  return `${oneLine(name)}, which ${state}: ${intervalsText(intervals)}`
}

const clock = (minutes: number): string => [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
