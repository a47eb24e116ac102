import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { inWindow, openMuteWindow } from './mute-window.ts'
import { nextChange } from './mute-window-change.ts'
import { muteWindow } from './mute-window-schema.ts'

type Intervals = z.input<typeof muteWindow>['intervals']
type Interval = Intervals[number]

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const open = (intervals: Intervals) => openMuteWindow(muteWindow.parse({ name: 'w', intervals }))
const minutesOf = (window: ReturnType<typeof open>, from: string, minutes: number): number[] =>
  Array.from({ length: minutes }, (_, index) => Date.parse(from) + index * MINUTE).filter((time) => inWindow(window, time))

const formatters = new Map<string, Intl.DateTimeFormat>()
const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const formatter = formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' })
  formatters.set(timeZone, formatter)
  return formatter
}

/** A definition of its own, slow and from the text: the clock by the parts of a formatter, lists by listing all that is in them. */
function slowly(intervals: Intervals, at: number): boolean {
  return intervals.some((interval) => {
    const formatter = formatterOf(interval.timeZone ?? 'UTC')
    const shown = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const date = Date.UTC(shown['year'] ?? 0, (shown['month'] ?? 0) - 1, shown['day'])
    const time = formatter.format(at).slice(-5)
    const ranges = interval.times ?? [{ from: '00:00', to: '24:00' }]
    return (
      (ranges.some(({ from, to }) => from <= time && (time < to || to < from)) && onDate(interval, new Date(date))) ||
      (ranges.some(({ from, to }) => to < from && time < to) && onDate(interval, new Date(date - DAY)))
    )
  })
}
function onDate({ weekdays, daysOfMonth, months, years }: Interval, date: Date): boolean {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const listed = (list: readonly (string | number)[] | undefined, value: number, number: (word: string) => number, longest = Infinity): boolean =>
    list === undefined ||
    list.some((entry) => {
      const words = String(entry).split(':').map(number)
      const [first = NaN, last = first] = words
      const end = Math.min(last, longest)
      return first <= longest && Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => first + index).includes(value)
    })
  return (
    listed(weekdays, date.getUTCDay(), (word) => WEEKDAYS.indexOf(word)) &&
    listed(months, month + 1, (word) => MONTHS.indexOf(word) + 1 || Number(word)) &&
    listed(years, year, Number) &&
    listed(daysOfMonth, date.getUTCDate(), (word) => (Number(word) < 0 ? length + Number(word) + 1 : Number(word)), length)
  )
}

const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns', 'UTC')
const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const range = (low: number, high: number, word: (value: number) => string = String) =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map((pair) => pair.sort((a, b) => a - b).map(word).join(':'))
const someOf = <Value>(entry: fc.Arbitrary<Value>) => fc.array(entry, { minLength: 1, maxLength: 3 })
/** Steps of a quarter of an hour, most near the hours at which clocks change. */
const quarter = fc.oneof(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 84, max: 95 }), fc.integer({ min: 0, max: 95 })).map((value) => value * 15)
const timeRange = fc
  .tuple(quarter, fc.oneof({ weight: 5, arbitrary: quarter }, fc.constant(1_440)))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ from: clock(from), to: clock(to) }))
const dayRange = fc.oneof(
  range(1, 31),
  range(-31, -1),
  fc.tuple(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -31, max: -1 })).filter(([first, last]) => first <= 32 + last).map((pair) => pair.join(':')),
  fc.integer({ min: 1, max: 31 }),
)
const interval = fc.record(
  {
    times: someOf(timeRange),
    weekdays: someOf(range(0, 6, (day) => WEEKDAYS[day] ?? '')),
    daysOfMonth: someOf(dayRange),
    months: someOf(range(1, 12, (month) => (month % 2 === 0 ? (MONTHS[month - 1] ?? '') : String(month)))),
    years: someOf(range(2005, 2030)),
    timeZone: zone,
  },
  { requiredKeys: ['timeZone'] },
)
const intervals = fc.array(interval, { minLength: 1, maxLength: 3 })
/** Where clocks change, for good in Apia, which left out the 30th of December 2011; in Newfoundland at one minute past midnight. */
const CHANGES = [
  '2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-03-08T07:00Z', '2026-11-01T06:00Z', '2026-04-04T15:00Z', '2026-10-03T15:30Z',
  '2011-12-30T10:00Z', '2010-09-26T11:00Z', '2006-04-02T03:31Z', '2006-10-29T02:31Z', '1985-12-31T18:30Z',
].map((text) => Date.parse(text))
const minute = fc.oneof(
  fc.integer({ min: Date.UTC(2005) / MINUTE, max: Date.UTC(2031) / MINUTE }).map((value) => value * MINUTE),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -1_800, max: 1_800 })).map(([change, offset]) => change + offset * MINUTE),
)
const instant = fc.tuple(minute, fc.integer({ min: 0, max: MINUTE - 1 })).map(([start, rest]) => start + rest)

describe('inWindow', () => {
  it('is what the slow definition says', { timeout: 500_000 }, () => {
    fc.assert(
      fc.property(intervals, fc.array(instant, { minLength: 20, maxLength: 20 }), (intervals, times) => {
        const window = open(intervals)
        for (const at of times) expect(inWindow(window, at), new Date(at).toISOString()).toBe(slowly(intervals, at))
      }),
      { numRuns: 8000 },
    )
  })

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns', 'UTC'])('is so in every minute of the days of change in %s', { timeout: 500_000 }, (timeZone) => {
    const intervals: Intervals = [{ times: [{ from: '22:15', to: '02:20' }, { from: '02:40', to: '03:05' }], weekdays: ['sunday', 'friday:saturday'], timeZone }]
    const window = open(intervals)
    for (const change of CHANGES) {
      for (let at = change - 1_500 * MINUTE; at < change + 1_500 * MINUTE; at += MINUTE) {
        if (inWindow(window, at) !== slowly(intervals, at)) expect.fail(new Date(at).toISOString())
      }
    }
  })

  it.each([
    ['a skipped hour never', 'Europe/Berlin', '2026-03-28T12:00Z', '02:00', '03:00', 0],
    ['an hour shown twice twice', 'Europe/Berlin', '2026-10-24T12:00Z', '02:00', '03:00', 120],
    ['a skipped hour never', 'America/New_York', '2026-03-08T00:00Z', '02:00', '03:00', 0],
    ['an hour shown twice twice', 'America/New_York', '2026-11-01T00:00Z', '01:00', '02:00', 120],
    ['what is left of a half-skipped hour', 'Australia/Lord_Howe', '2026-10-03T06:00Z', '02:00', '03:00', 30],
    ['half an hour shown twice twice', 'Australia/Lord_Howe', '2026-04-04T06:00Z', '01:30', '02:00', 60],
    ['a range across the change: two hours less one', 'Europe/Berlin', '2026-03-28T12:00Z', '01:30', '03:30', 60],
    ['a range past midnight across the change: eight hours less one', 'Europe/Berlin', '2026-03-28T12:00Z', '22:00', '06:00', 420],
    ['a range past midnight across the change: eight hours and one', 'Europe/Berlin', '2026-10-24T12:00Z', '22:00', '06:00', 540],
  ])('matches %s (%s)', (_what, timeZone, from, start, end, minutes) => {
    expect(minutesOf(open([{ times: [{ from: start, to: end }], timeZone }]), from, 1_440)).toHaveLength(minutes)
  })

  it('matches no minute of a date that was left out', () => {
    expect(minutesOf(open([{ daysOfMonth: [30], months: ['december'], years: [2011], timeZone: 'Pacific/Apia' }]), '2011-12-27T00:00Z', 6 * 1_440)).toEqual([])
  })

  it.each([
    ['the minute of the start', '2026-06-01T22:00:00.000Z', true],
    ['the millisecond before the start', '2026-06-01T21:59:59.999Z', false],
    ['the millisecond before midnight', '2026-06-01T23:59:59.999Z', true],
    ['after midnight, though Tuesday is not listed', '2026-06-02T00:00:00.000Z', true],
    ['the millisecond before the end', '2026-06-02T05:59:59.999Z', true],
    ['the minute of the end', '2026-06-02T06:00:00.000Z', false],
    ['Monday morning: that range would have begun on Sunday', '2026-06-01T03:00:00.000Z', false],
    ['Tuesday night', '2026-06-02T22:00:00.000Z', false],
  ])('Mondays 22:00 to 06:00, %s', (_what, at, expected) => {
    expect(inWindow(open([{ times: [{ from: '22:00', to: '06:00' }], weekdays: ['monday'] }]), Date.parse(at))).toBe(expected)
  })

  it('what follows the last night of a month and a year belongs to them', () => {
    const window = open([{ times: [{ from: '22:00', to: '06:00' }], daysOfMonth: ['-1'], months: ['december'], years: [2026] }])
    expect(['2026-12-31T05:00Z', '2026-12-31T23:00Z', '2027-01-01T05:59Z', '2027-01-01T23:00Z', '2027-12-31T23:00Z'].map((at) => inWindow(window, Date.parse(at)))).toEqual([false, true, true, false, false])
  })

  it.each([
    ['30:31', [30, 31], [30], []],
    ['29:31', [29, 30, 31], [29, 30], []],
    ['25:-2', [25, 26, 27, 28, 29, 30], [25, 26, 27, 28, 29], [25, 26, 27]],
    ['-31:-30', [1, 2], [1], []],
    ['31:-1', [31], [], []],
    ['28:-1', [28, 29, 30, 31], [28, 29, 30], [28]],
  ])('days %s of January, April and February', (days, ...expected) => {
    const window = open([{ daysOfMonth: [days] }])
    const daysOf = (month: number): number[] => Array.from({ length: 31 }, (_, day) => Date.UTC(2026, month, day + 1)).filter((at) => new Date(at).getUTCMonth() === month && inWindow(window, at)).map((at) => new Date(at).getUTCDate())
    expect([0, 3, 1].map(daysOf)).toEqual(expected)
  })

  it('knows leap years', () => {
    const window = open([{ daysOfMonth: ['-1'], months: ['february'] }])
    const last = (year: number): number[] => [28, 29].filter((day) => inWindow(window, Date.UTC(year, 1, day, 12)))
    expect([2000, 2024, 2026, 2100].map(last)).toEqual([[29], [29], [28], [28]])
  })

  it('never holds without intervals, or with an empty list', () => {
    const never = openMuteWindow({ name: 'never', intervals: [] })
    const empty = openMuteWindow({ name: 'empty', intervals: [{ weekdays: [], timeZone: 'UTC' }] })
    expect([never, empty].map((window) => [inWindow(window, 0), nextChange(window, 0)])).toEqual([[false, undefined], [false, undefined]])
  })
})

describe('nextChange', () => {
  const expectFirst = (intervals: Intervals, at: number, step: number, steps: number): void => {
    const window = open(intervals)
    const now = inWindow(window, at)
    const start = Math.floor(at / step) * step
    let found: number | undefined
    for (let index = 1; index <= steps && found === undefined; index += 1) if (inWindow(window, start + index * step) !== now) found = start + index * step
    const next = nextChange(window, at)
    if (found === undefined) expect(next?.at ?? Infinity).toBeGreaterThan(start + steps * step)
    else expect(next).toEqual({ at: found, change: now ? 'ends' : 'begins' })
  }

  it('is the first minute that differs, in the next three days', { timeout: 500_000 }, () => {
    fc.assert(fc.property(intervals, instant, (intervals, at) => expectFirst(intervals, at, MINUTE, 3 * 1_440)), { numRuns: 20000 })
  })

  it('is the first quarter of an hour that differs, in the next three years', { timeout: 500_000 }, () => {
    const known = intervals.map((list) => list.map((one) => (one.timeZone === 'America/St_Johns' ? { ...one, timeZone: 'Asia/Kathmandu' } : one)))
    fc.assert(fc.property(known, instant, (intervals, at) => expectFirst(intervals, at, 15 * MINUTE, 3 * 365 * 96)), { numRuns: 80000 })
  })
})
