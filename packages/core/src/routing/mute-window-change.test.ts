import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { openMuteWindow } from './mute-window.ts'
import { nextChange } from './mute-window-change.ts'
import { muteWindow } from './mute-window-schema.ts'
import { openZones } from './zoned-time.ts'

type Intervals = z.input<typeof muteWindow>['intervals']

const ask = (intervals: Intervals, at: string): string | undefined => {
  const next = nextChange(openMuteWindow(muteWindow.parse({ name: 'w', intervals })), Date.parse(at))
  return next && `${next.change} ${new Date(next.at).toISOString().replace(':00.000Z', 'Z')}`
}
const nights: Intervals[number] = { times: [{ from: '22:00', to: '06:00' }], timeZone: 'Europe/Berlin' }
const half = (from: string, to: string, timeZone: string): Intervals[number] => ({ times: [{ from, to }], timeZone })

describe('nextChange', () => {
  it.each([
    ['a night ends after midnight', [nights], '2026-01-10T23:30:00Z', 'ends 2026-01-11T05:00Z'],
    ['the next one begins', [nights], '2026-01-11T05:00:00Z', 'begins 2026-01-11T21:00Z'],
    ['the night in which clocks go forward', [nights], '2026-03-28T22:00:00Z', 'ends 2026-03-29T04:00Z'],
    ['the night in which they go back', [nights], '2026-10-24T22:00:00Z', 'ends 2026-10-25T05:00Z'],
    ['the last millisecond', [nights], '2026-01-11T04:59:59.999Z', 'ends 2026-01-11T05:00Z'],
    ['a start in a skipped hour is at its end', [half('02:30', '04:00', 'Europe/Berlin')], '2026-03-28T12:00:00Z', 'begins 2026-03-29T01:00Z'],
    ['an end in a skipped hour is at its start', [half('01:00', '02:30', 'Europe/Berlin')], '2026-03-29T00:10:00Z', 'ends 2026-03-29T01:00Z'],
    ['what is skipped does not begin', [half('02:00', '03:00', 'Europe/Berlin')], '2026-03-28T12:00:00Z', 'begins 2026-03-30T00:00Z'],
    ['what is shown twice begins twice', [half('02:15', '02:45', 'Europe/Berlin')], '2026-10-25T00:50:00Z', 'begins 2026-10-25T01:15Z'],
    ['the jump back may begin it again', [half('02:00', '02:45', 'Europe/Berlin')], '2026-10-25T00:50:00Z', 'begins 2026-10-25T01:00Z'],
    ['a date shown again after midnight', [{ daysOfMonth: [28], timeZone: 'America/St_Johns' }], '2006-10-29T02:00:00Z', 'ends 2006-10-29T02:30Z'],
    ['and its second beginning', [{ daysOfMonth: [28], timeZone: 'America/St_Johns' }], '2006-10-29T02:30:30Z', 'begins 2006-10-29T02:31Z'],
    ['a weekday that was left out', [{ weekdays: ['friday'], timeZone: 'Pacific/Apia' }], '2011-12-28T12:00:00Z', 'begins 2012-01-05T10:00Z'],
    ['days that adjoin are one', [{ weekdays: ['friday:saturday', 'sunday'] }], '2026-06-05T12:00:00Z', 'ends 2026-06-08T00:00Z'],
    ['ranges that adjoin are one', [half('08:00', '12:00', 'UTC'), half('12:00', '17:00', 'UTC')], '2026-06-05T09:00:00Z', 'ends 2026-06-05T17:00Z'],
    ['so do those of different zones', [half('08:00', '12:00', 'UTC'), half('08:00', '12:00', 'America/New_York')], '2026-06-05T09:00:00Z', 'ends 2026-06-05T16:00Z'],
    ['the earlier of two zones', [half('08:00', '12:00', 'America/New_York'), half('08:00', '12:00', 'Asia/Kathmandu')], '2026-06-05T00:00:00Z', 'begins 2026-06-05T02:15Z'],
    ['the next leap day', [{ daysOfMonth: [29], months: ['february'], timeZone: 'Asia/Kathmandu' }], '2024-03-01T00:00:00Z', 'begins 2028-02-28T18:15Z'],
    ['a year ahead', [{ years: [2034], timeZone: 'Europe/Berlin' }], '2026-06-05T00:00:00Z', 'begins 2033-12-31T23:00Z'],
    ['beyond ten years', [{ years: [2040], timeZone: 'Europe/Berlin' }], '2026-06-05T00:00:00Z', undefined],
    ['just within ten years', [{ years: [2036], timeZone: 'Europe/Berlin' }], '2025-12-30T23:30:00Z', 'begins 2035-12-31T23:00Z'],
    ['just beyond them', [{ years: [2036], timeZone: 'Europe/Berlin' }], '2025-12-30T22:30:00Z', undefined],
    ['a year that is over', [{ years: [2020] }], '2026-06-05T00:00:00Z', undefined],
    ['always', [{ timeZone: 'Europe/Berlin' }], '2026-06-05T00:00:00Z', undefined],
    ['always, by two halves', [half('00:00', '12:00', 'Europe/Berlin'), half('12:00', '24:00', 'Europe/Berlin')], '2026-06-05T00:00:00Z', undefined],
    ['always, by two zones', [half('00:00', '13:00', 'Europe/Berlin'), half('06:00', '20:00', 'America/New_York')], '2026-06-05T00:00:00Z', undefined],
    ['never, for its hour is skipped', [{ ...half('02:30', '02:45', 'Europe/Berlin'), weekdays: ['sunday'], daysOfMonth: ['-7:-1'], months: [3] }], '2026-06-05T00:00:00Z', undefined],
  ] as [string, Intervals, string, string | undefined][])('%s', (_what, intervals, at, expected) => expect(ask(intervals, at)).toBe(expected))

  /** How often the clock of a zone is asked for is what costs. */
  const looksAt = (intervals: Intervals, at: string): number => {
    const zoneOf = openZones()
    let looks = 0
    const counting = (name: string) => ({ name, stretchAt: (time: number) => ((looks += 1), zoneOf(name).stretchAt(time)) })
    nextChange(openMuteWindow(muteWindow.parse({ name: 'w', intervals }), counting), Date.parse(at))
    return looks
  }
  it.each([
    ['always', [{ timeZone: 'Europe/Berlin' }], 10],
    ['in eight years', [{ years: [2034], timeZone: 'Europe/Berlin' }], 12],
    ['never, a skipped hour of each year', [{ ...half('02:30', '02:45', 'Europe/Berlin'), weekdays: ['sunday'], daysOfMonth: ['-7:-1'], months: [3] }], 150],
    ['always, by two zones in turn', [half('00:00', '13:00', 'Europe/Berlin'), half('06:00', '20:00', 'America/New_York')], 60_000],
  ] as [string, Intervals, number][])('is bounded: %s', (_what, intervals, most) => expect(looksAt(intervals, '2026-06-05T00:00:00Z')).toBeLessThan(most))
})
