import { expect, it } from 'vitest'
import { deliveryOf, retryAfter } from './delivery.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const headers = (value?: string) => new Headers(value === undefined ? {} : { 'retry-after': value })

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'permanent'],
  [400, 'permanent'],
  [401, 'permanent'],
  [404, 'permanent'],
  [408, 'retryable'],
  [410, 'permanent'],
  [425, 'retryable'],
  [429, 'retryable'],
  [500, 'retryable'],
  [503, 'retryable'],
])('takes %i for %s', (status, outcome) => {
  expect(deliveryOf(status, 'said so', headers(), NOW).outcome).toBe(outcome)
})

it.each([
  ['7', 7_000],
  ['Mon, 05 Jan 2026 12:01:30 GMT', 90_000],
  ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('reads Retry-After %j as %j ms', (header, ms) => {
  expect(retryAfter(header, NOW)).toBe(ms)
})

it('keeps the reason to one short line', () => {
  expect(deliveryOf(400, `no\n\tsuch ${'x'.repeat(500)}`, headers(), NOW)).toEqual({ outcome: 'permanent', reason: `400 no such ${'x'.repeat(192)}` })
})
