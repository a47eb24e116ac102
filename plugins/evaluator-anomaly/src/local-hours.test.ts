import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localHours } from './local-hours.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
function byCalendar(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', weekday: 'short', hour: 'numeric' }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return DAYS.indexOf(part('weekday')) * 24 + Number(part('hour'))
}

// Half-hour and quarter-hour offsets, a change by half an hour, and a day that was left out.
describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'])('%s', (zone) => {
  it('has the hours that its wall clocks show', () => {
    const hours = localHours(zone)
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('1995-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') }), (at) => {
        expect(hours(at)).toBe(byCalendar(zone, at))
      }),
    )
  })

  it('has them in any order, on the days on which the clocks change too', () => {
    const hours = localHours(zone)
    for (const day of ['2026-03-08', '2026-03-29', '2026-04-04', '2026-10-03', '2026-10-25', '2026-11-01', '2011-12-30']) {
      const from = Date.parse(`${day}T00:00:00Z`) - 12 * 3_600_000
      const instants = Array.from({ length: 36 * 4 }, (_, index) => from + index * 900_000)
      for (const at of [...instants, ...instants.toReversed()]) expect(hours(at)).toBe(byCalendar(zone, at))
    }
  })
})

it('knows the years before 1970', () => {
  expect(localHours('UTC')(Date.parse('1969-12-31T23:30:00Z'))).toBe(3 * 24 + 23)
})
