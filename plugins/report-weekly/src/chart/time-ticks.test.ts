import { expect, it } from 'vitest'
import type { Period } from '../figures.ts'
import { timeTicks } from './time-ticks.ts'

const period = (kind: Period['kind'], from: string, until: string): Period => ({ kind, from: Date.parse(from), until: Date.parse(until), name: '' })
const shown = (of: Period, zone: string): string[] => timeTicks(of, zone).map(({ at, label }) => `${new Date(at).toISOString().slice(5, 16)} ${label}`)

it('begins each day of a week at midnight of the zone, on both sides of the end of summer time', () => {
  expect(shown(period('week', '2026-10-18T22:00Z', '2026-10-25T23:00Z'), 'Europe/Berlin')).toEqual([
    '10-18T22:00 Mon 19',
    '10-19T22:00 Tue 20',
    '10-20T22:00 Wed 21',
    '10-21T22:00 Thu 22',
    '10-22T22:00 Fri 23',
    '10-23T22:00 Sat 24',
    '10-24T22:00 Sun 25',
  ])
  expect(shown(period('week', '2026-10-25T23:00Z', '2026-11-01T23:00Z'), 'Europe/Berlin')[0]).toBe('10-25T23:00 Mon 26')
})

it('begins each day of a week at midnight across the beginning of summer time, on the other side of the world, too', () => {
  expect(shown(period('week', '2026-03-08T05:00Z', '2026-03-15T04:00Z'), 'America/New_York').slice(0, 2)).toEqual(['03-08T05:00 Sun 8', '03-09T04:00 Mon 9'])
})

it('begins a day without a midnight at its first instant', () => {
  // Beirut jumps from Saturday 24:00 to Sunday 01:00 (IANA: last Sunday of March, 0:00).
  expect(shown(period('week', '2026-03-27T22:00Z', '2026-03-29T21:00Z'), 'Asia/Beirut')).toEqual(['03-27T22:00 Sat 28', '03-28T22:00 Sun 29'])
})

it('shows the wall clock of a day that lasts 25 hours', () => {
  expect(shown(period('day', '2026-10-24T22:00Z', '2026-10-25T23:00Z'), 'Europe/Berlin').slice(0, 3)).toEqual(['10-24T22:00 00:00', '10-25T02:00 03:00', '10-25T05:00 06:00'])
})

it('shows elapsed time in the hour that comes twice', () => {
  expect(shown(period('hour', '2026-10-25T01:00Z', '2026-10-25T02:00Z'), 'Europe/Berlin')).toEqual(['10-25T01:00 02:00', '10-25T01:10 02:10', '10-25T01:20 02:20', '10-25T01:30 02:30', '10-25T01:40 02:40', '10-25T01:50 02:50'])
})

it('shows every seventh day of a month', () => {
  expect(shown(period('month', '2026-08-01T00:00Z', '2026-09-01T00:00Z'), 'UTC').map((one) => one.slice(12))).toEqual(['1 Aug', '8 Aug', '15 Aug', '22 Aug', '29 Aug'])
})
