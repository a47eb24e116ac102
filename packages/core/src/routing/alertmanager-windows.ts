import type { z } from 'zod'
import { literal, type Place } from './alertmanager-source.ts'
import type { MuteInterval, MuteWindow, Span } from './mute-window.ts'
import { fromAlertmanagerInterval } from './mute-window-alertmanager.ts'
import type { muteWindow } from './mute-window-schema.ts'

/** A mute window as declarations write it. */
export type WindowInput = z.input<typeof muteWindow>
type IntervalInput = WindowInput['intervals'][number]

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const FIELDS = ['weekdays', 'days_of_month', 'months', 'years'] as const

/** Alertmanager lets an interval be one that never holds, a declaration does not: this year is over. */
const NEVER: IntervalInput = { years: ['1970'] }

/** The windows of `time_intervals` and of the older `mute_time_intervals`, whose names share one space, and all names, those of broken ones, too. */
export function readWindows(root: Place): { readonly windows: readonly WindowInput[]; readonly names: readonly string[] } {
  const names = new Set<string>()
  const windows = ['mute_time_intervals', 'time_intervals'].flatMap((key) =>
    root.at(key).items().flatMap((place) => {
      const name = place.at('name').text()
      if (name === undefined) place.refuse('a time interval has no name', 'add it: "name: nights"')
      else if (names.has(name)) place.at('name').refuse(`two time intervals are named "${name}"`, 'give each a name of its own')
      if (name !== undefined) names.add(name)
      const { window, problems } = fromAlertmanagerInterval({ name: name ?? 'unnamed', time_intervals: place.at('time_intervals').items().map(readInterval) })
      for (const problem of problems) place.adopt(problem)
      return window === undefined || name === undefined ? [] : [writeWindow(window)]
    }),
  )
  return { windows, names: [...names] }
}

/** Only what is known and given, every word as it is written: what is left unread is listed as unknown. */
function readInterval(place: Place): Readonly<Record<string, unknown>> {
  const list = <T>(key: string, read: (item: Place) => T): Readonly<Record<string, readonly T[]>> => {
    const field = place.at(key)
    return field.given ? { [key]: field.items().map(read) } : {}
  }
  const word = (item: Place): string => item.text() ?? ''
  const location = place.at('location').text()
  return {
    ...list('times', (time) => ({ start_time: word(time.at('start_time')), end_time: word(time.at('end_time')) })),
    ...Object.assign({}, ...FIELDS.map((key) => list(key, word))),
    ...(location === undefined ? {} : { location }),
  }
}

function writeWindow({ name, intervals }: MuteWindow): WindowInput {
  const written = intervals.flatMap((interval) => writeInterval(interval) ?? [])
  return { name: literal(name), intervals: written.length === 0 ? [NEVER] : written }
}

/** `undefined` when it never holds: one of its lists is empty, or names only months and years that there are none of. */
function writeInterval({ times, weekdays, daysOfMonth, months, years, timeZone }: MuteInterval): IntervalInput | undefined {
  const lists = {
    times: times?.map(({ from, to }) => ({ from: clock(from), to: clock(to) })),
    weekdays: weekdays?.map((span) => write(span, (day) => WEEKDAYS[day] ?? '')),
    daysOfMonth: daysOfMonth?.map((span) => write(span)),
    months: months && within(months, 1, 12),
    years: years && within(years, 1970, 9999),
  }
  if (Object.values(lists).some((list) => list?.length === 0)) return undefined
  return { ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)), ...(timeZone === 'UTC' ? {} : { timeZone }) }
}

const within = (spans: readonly Span[], lowest: number, highest: number): string[] =>
  spans.filter(({ first, last }) => first <= highest && last >= lowest).map(({ first, last }) => write({ first: Math.max(first, lowest), last: Math.min(last, highest) }))

const write = ({ first, last }: Span, word: (value: number) => string = String): string => (first === last ? word(first) : `${word(first)}:${word(last)}`)

const clock = (minutes: number): string => [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
