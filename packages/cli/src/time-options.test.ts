import { describe, expect, it } from 'vitest'
import { readWallClock, wallClock } from './text/wall-clock.ts'
import { instantOf, lengthOf } from './time-options.ts'

const at = (text: string): number => Date.parse(text)

it.each([
  ['2026-03-01T18:00+01:00', '2026-03-01T17:00Z'],
  ['2026-03-01T18:00:30Z', '2026-03-01T18:00:30Z'],
  ['2026-03-01 18:00+01:00', '2026-03-01T17:00Z'],
  ['2026-03-01 18:00', '2026-03-01T17:00Z'],
  ['2026-07-01T18:00:30', '2026-07-01T16:00:30Z'],
  // 12:00 in UTC is 13:00 on the monitor's clock.
  ['13:01', '2026-03-01T12:01Z'],
  ['13:00', '2026-03-02T12:00Z'],
  ['12:30', '2026-03-02T11:30Z'],
])('reads "%s" on a clock in Berlin as %s', (text, instant) => {
  expect(instantOf('--until', text, { now: at('2026-03-01T12:00Z'), timeZone: 'Europe/Berlin' })).toBe(at(instant))
})

it.each([
  ['13:01', '2026-02-28T12:01Z'],
  ['13:00', '2026-03-01T12:00Z'],
  ['12:30', '2026-03-01T11:30Z'],
  ['2026-03-01 18:00', '2026-03-01T17:00Z'],
])('reads "%s" of the past on a clock in Berlin as %s', (text, instant) => {
  expect(instantOf('--at', text, { now: at('2026-03-01T12:00Z'), timeZone: 'Europe/Berlin', past: true })).toBe(at(instant))
})

it.each(['18', '9:00', '24:00', '2026-02-30 18:00', '2026-03-01', 'tomorrow', '', '18:00 tomorrow'])('refuses "%s" as a time', (text) => {
  expect(() => instantOf('--until', text, { now: 0, timeZone: 'UTC' })).toThrow(`--until cannot be "${text}"`)
})

it.each(['', '5', '0s', '2 h', '-1h'])('refuses "%s" as a length', (text) => {
  expect(() => lengthOf('--for', text)).toThrow(`--for cannot be "${text}"`)
})

describe('where the clocks change', () => {
  const next = (text: string, now: string): string => new Date(instantOf('--until', text, { now: at(now), timeZone: 'Europe/Berlin' })).toISOString()

  it('finds the next time of day after a day of 25 or 23 hours', () => {
    expect(next('00:30', '2026-10-25T00:00Z')).toBe('2026-10-25T23:30:00.000Z')
    expect(next('23:30', '2026-03-28T22:45Z')).toBe('2026-03-29T21:30:00.000Z')
  })

  it('takes one of the two of an hour that is shown twice, and moves one that is skipped', () => {
    expect(wallClock(readWallClock('2026-10-25T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe('2026-10-25 02:30')
    expect(wallClock(readWallClock('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toMatch(/^2026-03-29 0[13]:30$/)
  })

  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'])('finds an instant for all that clocks in %s show', (zone) => {
    for (let hour = 0; hour < 366 * 24; hour++) {
      const shown = wallClock(at('2026-01-01T00:15:00Z') + hour * 3_600_000, zone)
      expect(wallClock(readWallClock(shown.replace(' ', 'T'), zone), zone)).toBe(shown)
    }
  })
})
