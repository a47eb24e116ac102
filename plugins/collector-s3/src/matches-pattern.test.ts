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
