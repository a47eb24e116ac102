import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { inWindow, type MuteInterval, type MuteWindow, openMuteWindow } from '../../../packages/core/src/routing/mute-window.ts'
import { fromAlertmanagerInterval } from '../../../packages/core/src/routing/mute-window-alertmanager.ts'
import { muteWindow, muteWindowSchema } from '../../../packages/core/src/routing/mute-window-schema.ts'
import { shownIn, whenItShows, ZONES } from './wall-clock.ts'

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'))
const casesOf = <Shape extends z.ZodRawShape>(name: string, shape: Shape) => z.object({ cases: z.array(z.strictObject(shape)) }).parse(json(name)).cases

/** Go's RFC822Z: `02 Jan 06 15:04 +0000`. */
const instant = z
  .string()
  .transform((text) => Date.parse(text.replace(/^(\d+ \w+) (\d\d) /, '$1 20$2 ')))
  .pipe(z.int())
const instants = z.array(instant)
const about = z.string()

const readIntervals = (intervals: unknown): MuteWindow | undefined => fromAlertmanagerInterval({ name: 'case', time_intervals: intervals }).window

/** The same in our own words. */
const KEYS: Readonly<Record<string, string>> = { start_time: 'from', end_time: 'to', days_of_month: 'daysOfMonth', location: 'timeZone' }
const renamed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]) => [KEYS[key] ?? key, renamed(inner)]))
}
const readOwn = (intervals: unknown, schema = muteWindow): MuteWindow | undefined => schema.safeParse({ name: 'case', intervals: renamed(intervals) }).data

const holdsAt = (window: MuteWindow | undefined, times: readonly number[]): boolean[] | 'refused' => {
  if (window === undefined) return 'refused'
  const open = openMuteWindow(window)
  return times.map((at) => inWindow(open, at))
}
const expectHolds = (window: MuteWindow | undefined, contains: readonly number[], excludes: readonly number[]): void => {
  expect(holdsAt(window, contains)).toEqual(contains.map(() => true))
  expect(holdsAt(window, excludes)).toEqual(excludes.map(() => false))
}
const expectBoth = (intervals: unknown, contains: readonly number[], excludes: readonly number[]): void => {
  for (const read of [readIntervals, readOwn]) {
    const window = read(intervals)
    expectHolds(window, contains, excludes)
    if (window !== undefined) expectSameElsewhere(window, contains, excludes)
  }
}

/** In 28 years weekdays, days of the month and leap years come again as they are. */
const YEARS = 28
const LATER = (YEARS * 365 + YEARS / 4) * 86_400_000
const yearsLater = ({ years, ...rest }: MuteInterval): MuteInterval => ({ ...rest, ...(years === undefined ? {} : { years: years.map(({ first, last }) => ({ first: first + YEARS, last: last + YEARS })) }) })

/** The same 28 years later, and, of what is in UTC, when the clocks of other zones show the same. */
function expectSameElsewhere(window: MuteWindow, contains: readonly number[], excludes: readonly number[]): void {
  expectHolds({ ...window, intervals: window.intervals.map(yearsLater) }, contains.map((at) => at + LATER), excludes.map((at) => at + LATER))
  if (window.intervals.some(({ timeZone }) => timeZone !== 'UTC')) return
  for (const timeZone of ZONES) {
    const there = (times: readonly number[]): number[] => times.flatMap((at) => whenItShows(at, timeZone) ?? [])
    expectHolds({ ...window, intervals: window.intervals.map((interval) => ({ ...interval, timeZone })) }, there(contains), there(excludes))
  }
}

describe('ContainsTime', () => {
  const spans = z.array(z.strictObject({ first: z.int(), last: z.int() })).optional()
  const interval = z.strictObject({
    times: z.array(z.strictObject({ from: z.int(), to: z.int() })).optional(),
    weekdays: spans,
    daysOfMonth: spans,
    months: spans,
    years: spans,
    timeZone: z.string().default('UTC'),
  })
  const cases = casesOf('contains-time', { about, interval, contains: instants, excludes: instants })
  it.each(cases)('$about', ({ interval, contains, excludes }) => {
    const window = { name: 'case', intervals: [interval] }
    expectHolds(window, contains, excludes)
    expectSameElsewhere(window, contains, excludes)
  })
})

describe('ParseTimeString', () => {
  const cases = casesOf('time-range', {
    about: about.optional(),
    range: z.object({ start_time: z.string(), end_time: z.string().optional() }),
    minutes: z.tuple([z.int(), z.int()]).optional(),
    refused: z.string().optional(),
  })
  it.each(cases)('$range.start_time to $range.end_time', ({ range, minutes, refused }) => {
    const { window, problems } = fromAlertmanagerInterval({ name: 'case', time_intervals: [{ times: [range] }] })
    const strict = readOwn([{ times: [range] }], muteWindowSchema({ compat: 'alertmanager' }))
    if (refused === undefined) {
      expect(window?.intervals[0]?.times).toEqual([{ from: minutes?.[0], to: minutes?.[1] }])
      expect(strict?.intervals[0]?.times).toEqual(window?.intervals[0]?.times)
    } else {
      expect(window).toBeUndefined()
      expect(problems.map(({ path, error }) => [path.join('.'), error.code])).toEqual([[`time_intervals.0.times.0.${refused}`, 'E103']])
      expect(strict).toBeUndefined()
    }
  })
})

describe('YamlUnmarshal', () => {
  const cases = casesOf('yaml-unmarshal', {
    about,
    yaml: z.string(),
    window: z.unknown().optional(),
    contains: instants.default([]),
    excludes: instants.default([]),
    theirs: z.string().optional(),
    problem: z.object({ path: z.array(z.union([z.string(), z.int()])), says: z.string() }).optional(),
  })
  it.each(cases)('$about', ({ yaml, window, contains, excludes, problem }) => {
    const intervals: unknown = parse(yaml)
    const read = fromAlertmanagerInterval({ name: 'case', time_intervals: intervals })
    if (problem === undefined) {
      expect(read).toEqual({ window: { name: 'case', intervals: window }, problems: [] })
      expect(readOwn(intervals)).toEqual(read.window)
      expectBoth(intervals, contains, excludes)
    } else {
      expect(read.window).toBeUndefined()
      expect(read.problems.map(({ path }) => path)).toEqual([['time_intervals', ...problem.path]])
      expect(String(read.problems[0]?.error)).toContain(problem.says)
      expect(readOwn(intervals)).toBeUndefined()
    }
  })
})

describe('TimeIntervalComplete', () => {
  const cases = casesOf('complete', { about, yaml: z.string(), contains: instants, excludes: instants })
  it.each(cases)('$about', ({ yaml, contains, excludes }) => expectBoth([parse(yaml)], contains, excludes))
})

const namesIn = (file: string, at: number): string[] => {
  const { timeIntervals } = z.object({ timeIntervals: z.record(z.string(), z.unknown()) }).parse(json(file))
  const windows = Object.entries(timeIntervals).map(([name, intervals]) => ({ ...(readIntervals(intervals) ?? expect.fail(`${name} was refused`)), name }))
  const namesAt = (time: number, zoneOf: (timeZone: string) => string): string[] =>
    windows.filter((window) => inWindow(openMuteWindow({ ...window, intervals: window.intervals.map((interval) => ({ ...interval, timeZone: zoneOf(interval.timeZone) })) }), time)).map(({ name }) => name)
  const names = namesAt(at, (timeZone) => timeZone)
  // The same where all of them are in one other zone, when its clocks show the same.
  const [zone, ...more] = new Set(windows.flatMap(({ intervals }) => intervals.map(({ timeZone }) => timeZone)))
  if (zone === undefined || more.length > 0) return names
  for (const other of ZONES) {
    const there = whenItShows(shownIn(at, zone), other)
    if (there !== undefined) expect(namesAt(there, () => other)).toEqual(names)
  }
  return names
}

describe.each(['mutes', 'time-mute-stage'])('%s', (file) => {
  const cases = casesOf(file, { about, now: instant, mutedBy: z.array(z.string()) })
  it.each(cases)('$about', ({ now, mutedBy }) => expect(namesIn(file, now)).toEqual(mutedBy))
})

describe('time-active-stage', () => {
  const cases = casesOf('time-active-stage', { about, now: instant, muted: z.boolean() })
  it.each(cases)('$about', ({ now, muted }) => expect(namesIn('time-active-stage', now).length === 0).toBe(muted))
})

describe('differs on purpose:', () => {
  const result = z.union([z.array(z.boolean()), z.literal('refused')])
  const difference = z.strictObject({
    what: z.string(),
    why: z.string(),
    reader: z.enum(['import', 'muteWindow']),
    interval: z.unknown(),
    at: instants.default([]),
    theirs: result,
    ours: result,
  })
  const { differences } = z.object({ differences: z.array(difference) }).parse(json('differences'))
  it.each(differences)('$what', ({ reader, interval, at, theirs, ours }) => {
    expect(holdsAt(reader === 'import' ? readIntervals([interval]) : readOwn([interval]), at)).toEqual(ours)
    expect(ours).not.toEqual(theirs)
  })
})
