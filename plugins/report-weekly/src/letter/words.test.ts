import { expect, it } from 'vitest'
import { periodBefore, periodSoFar } from '../figures/period.ts'
import { spanOf } from './words.ts'

it.each([
  ['week', '2026-08-24T08:00Z', '17 – 23 August 2026'],
  ['week', '2027-01-04T08:00Z', '28 December 2026 – 3 January 2027'],
  ['month', '2026-03-01T08:00Z', 'February 2026'],
  ['day', '2026-08-21T08:00Z', 'Thursday 20 August 2026'],
  ['hour', '2026-08-20T15:05Z', 'Thursday 20 August 2026, 14:00–15:00'],
] as const)('says what a %s before %s spans', (kind, at, span) => {
  expect(spanOf({ period: periodBefore(kind, Date.parse(at), 'UTC'), timeZone: 'UTC' }).replaceAll(/\s/g, ' ')).toBe(span)
})

it('says the first day of a week that has only begun', () => {
  expect(spanOf({ period: periodSoFar('week', Date.parse('2026-08-24T00:00Z'), 'UTC'), timeZone: 'UTC' })).toBe('24 August 2026')
})
