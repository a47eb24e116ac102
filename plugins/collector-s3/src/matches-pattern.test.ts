import { expect, it } from 'vitest'
import { matchesPattern } from './matches-pattern.ts'

it.each([
  ['logs', 'logs', true],
  ['logs-2026', 'logs', false],
  ['my-logs', 'logs', false],
  ['logs-2026', 'logs-*', true],
  ['logs-', 'logs-*', true],
  ['prod-logs-eu', '*-logs-*', true],
  ['anything', '*', true],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['a', '[a]', false],
])('%s against %s: %s', (name, pattern, matches) => {
  expect(matchesPattern(name, pattern)).toBe(matches)
})

it('takes no longer for a pattern of many stars', () => {
  const began = performance.now()
  expect(matchesPattern('a'.repeat(63), `${'*a'.repeat(40)}*b`)).toBe(false)
  expect(matchesPattern('a'.repeat(63), '*a'.repeat(63))).toBe(true)
  expect(performance.now() - began).toBeLessThan(1_000)
})

it('needs room for the beginning and the end', () => {
  expect(matchesPattern('aba', 'ab*ba')).toBe(false)
  expect(matchesPattern('abba', 'ab*ba')).toBe(true)
  expect(matchesPattern('a', '*a*')).toBe(true)
})
