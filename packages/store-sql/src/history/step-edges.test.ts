import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepEdges } from './step-edges.ts'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(text)
const shown = (edges: readonly number[]): string[] => edges.map((edge) => new Date(edge).toISOString().slice(0, 16))
const lengths = (edges: readonly number[]): number[] => edges.slice(1).map((edge, index) => (edge - (edges[index] ?? NaN)) / HOUR)

it('cuts a range at the days of a zone, and cuts its ends off', () => {
  expect(shown(stepEdges(at('2026-01-05T10:30Z'), at('2026-01-07T08:00Z'), { step: 'day', timeZone: 'Europe/Berlin' }))).toEqual(['2026-01-05T10:30', '2026-01-05T23:00', '2026-01-06T23:00', '2026-01-07T08:00'])
  expect(shown(stepEdges(at('2026-01-05T00:00Z'), at('2026-01-07T00:00Z'), { step: 'day' }))).toEqual(['2026-01-05T00:00', '2026-01-06T00:00', '2026-01-07T00:00'])
})

it('begins weeks on Monday', () => {
  expect(shown(stepEdges(at('2026-01-01T00:00Z'), at('2026-01-20T00:00Z'), { step: 'week' }))).toEqual(['2026-01-01T00:00', '2026-01-05T00:00', '2026-01-12T00:00', '2026-01-19T00:00', '2026-01-20T00:00'])
  expect(shown(stepEdges(at('2026-01-05T00:00Z'), at('2026-01-13T00:00Z'), { step: 'week', timeZone: 'Asia/Kolkata' }))).toEqual(['2026-01-05T00:00', '2026-01-11T18:30', '2026-01-13T00:00'])
})

it('leaves a range whole, also an empty one', () => {
  expect(stepEdges(5, 9, { step: 'all' })).toEqual([5, 9])
  expect(stepEdges(5, 5, { step: 'day' })).toEqual([5])
})

it.each([
  ['an hour less in spring', 'Europe/Berlin', '2026-03-28T23:00Z', '2026-03-30T22:00Z', [23, 24]],
  ['an hour more in autumn', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-26T23:00Z', [25, 24]],
  ['half an hour on Lord Howe', 'Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-06T13:30Z', [24.5, 24]],
  ['a midnight that the clocks jump over', 'America/Sao_Paulo', '2018-11-03T03:00Z', '2018-11-05T02:00Z', [24, 23]],
  ['a midnight that comes twice', 'America/Havana', '2026-10-31T04:00Z', '2026-11-02T05:00Z', [24, 25]],
])('counts a day with a change of clocks as one: %s', (_, timeZone, from, until, expected) => {
  expect(lengths(stepEdges(at(from), at(until), { step: 'day', timeZone }))).toEqual(expected)
})

it('counts every hour that a zone shows, those that come twice as two', () => {
  const hours = (timeZone: string, from: string, until: string) => lengths(stepEdges(at(from), at(until), { step: 'hour', timeZone }))
  expect(hours('Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z')).toEqual(Array<number>(25).fill(1))
  expect(hours('Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z')).toEqual(Array<number>(23).fill(1))
  expect(hours('Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-04T17:00Z')).toEqual([1, 1, 0.5, 1, 0.5])
  expect(shown(stepEdges(at('2026-01-05T00:00Z'), at('2026-01-05T02:00Z'), { step: 'hour', timeZone: 'Asia/Kolkata' }))).toEqual(['2026-01-05T00:00', '2026-01-05T00:30', '2026-01-05T01:30', '2026-01-05T02:00'])
})

it('refuses a zone that does not exist', () => {
  expect(() => stepEdges(0, 1, { step: 'day', timeZone: 'Middle/Earth' })).toThrow(RangeError)
})

it('covers a range without a gap, each step at most as long as its name says and a change of clocks', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Havana', 'Pacific/Apia', 'Africa/Cairo')
  const step = fc.constantFrom('hour' as const, 'day' as const, 'week' as const)
  const longest = { hour: 1, day: 49, week: 7 * 24 + 25 }
  fc.assert(
    fc.property(zone, step, fc.integer({ min: at('2010-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }), fc.nat(30 * 24 * HOUR), (timeZone, step, from, length) => {
      const edges = stepEdges(from, from + length, { step, timeZone })
      expect([edges[0], edges.at(-1)]).toEqual([from, from + length])
      for (const hours of lengths(edges)) {
        expect(hours).toBeGreaterThan(0)
        expect(hours).toBeLessThanOrEqual(longest[step])
      }
    }),
  )
})
