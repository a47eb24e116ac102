import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Period } from '../figures.ts'
import { periodBefore, periodSoFar } from './period.ts'

const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`
const before = (kind: Period['kind'], at: string, timeZone = 'Europe/Berlin'): string[] => {
  const { from, until, name } = periodBefore(kind, Date.parse(at), timeZone)
  return [iso(from), iso(until), name]
}

describe('the last whole period', () => {
  it.each([
    ['week', '2026-03-30T08:00+02:00', 'Europe/Berlin', ['2026-03-22T23:00Z', '2026-03-29T22:00Z', 'Week 13']],
    ['week', '2026-10-26T08:00+01:00', 'Europe/Berlin', ['2026-10-18T22:00Z', '2026-10-25T23:00Z', 'Week 43']],
    ['week', '2027-01-04T08:00Z', 'UTC', ['2026-12-28T00:00Z', '2027-01-04T00:00Z', 'Week 53']],
    ['week', '2025-01-06T08:00Z', 'UTC', ['2024-12-30T00:00Z', '2025-01-06T00:00Z', 'Week 1']],
    ['week', '2026-08-24T00:00Z', 'UTC', ['2026-08-17T00:00Z', '2026-08-24T00:00Z', 'Week 34']],
    ['week', '2026-08-23T23:59Z', 'UTC', ['2026-08-10T00:00Z', '2026-08-17T00:00Z', 'Week 33']],
    ['day', '2026-03-30T08:00+02:00', 'Europe/Berlin', ['2026-03-28T23:00Z', '2026-03-29T22:00Z', '2026-03-29']],
    // Midnight of 4 November 2018 did not exist in São Paulo: the day began at one.
    ['day', '2018-11-05T08:00Z', 'America/Sao_Paulo', ['2018-11-04T03:00Z', '2018-11-05T02:00Z', '2018-11-04']],
    ['day', '2026-01-10T08:00Z', 'Pacific/Kiritimati', ['2026-01-08T10:00Z', '2026-01-09T10:00Z', '2026-01-09']],
    ['hour', '2026-10-25T01:10Z', 'Europe/Berlin', ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25 02:00']],
    ['hour', '2026-10-25T02:10Z', 'Europe/Berlin', ['2026-10-25T01:00Z', '2026-10-25T02:00Z', '2026-10-25 02:00']],
    ['hour', '2026-01-10T08:40Z', 'Asia/Kolkata', ['2026-01-10T07:30Z', '2026-01-10T08:30Z', '2026-01-10 13:00']],
    ['hour', '2026-01-10T08:40Z', 'Asia/Kathmandu', ['2026-01-10T07:15Z', '2026-01-10T08:15Z', '2026-01-10 13:00']],
    // The clocks of Lord Howe go forward by half an hour, at two: that hour has half of one.
    ['hour', '2026-10-03T16:10Z', 'Australia/Lord_Howe', ['2026-10-03T15:30Z', '2026-10-03T16:00Z', '2026-10-04 02:30']],
    ['month', '2026-03-01T08:00Z', 'Asia/Kolkata', ['2026-01-31T18:30Z', '2026-02-28T18:30Z', 'February 2026']],
    ['month', '2028-03-01T08:00Z', 'UTC', ['2028-02-01T00:00Z', '2028-03-01T00:00Z', 'February 2028']],
    ['week', '2027-01-11T08:00+05:45', 'Asia/Kathmandu', ['2027-01-03T18:15Z', '2027-01-10T18:15Z', 'Week 1']],
    ['month', '2026-04-01T08:00+02:00', 'Europe/Berlin', ['2026-02-28T23:00Z', '2026-03-31T22:00Z', 'March 2026']],
    ['month', '2027-01-31T12:00Z', 'UTC', ['2026-12-01T00:00Z', '2027-01-01T00:00Z', 'December 2026']],
  ] as const)('%s before %s in %s', (kind, at, timeZone, expected) => {
    expect(before(kind, at, timeZone)).toEqual(expected)
  })

  it('ends where the next begins, without a gap, in every zone and year', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Sydney', 'Australia/Lord_Howe', 'Pacific/Apia')
    const kind = fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const)
    fc.assert(
      fc.property(zone, kind, fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') }), (timeZone, which, at) => {
        const { from, until } = periodBefore(which, at, timeZone)
        expect(from).toBeLessThan(until)
        expect(until).toBeLessThanOrEqual(at)
        expect(periodBefore(which, from, timeZone).until).toBe(from)
        expect(periodSoFar(which, at, timeZone).from).toBe(until)
      }),
    )
  })
})
