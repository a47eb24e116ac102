import { expect, it } from 'vitest'
import type { Level } from '../model/level.ts'
import { type Decision, type DecisionInput, decide } from './decide.ts'

const entry = (firing: Record<string, Level>, resolved: string[] = [], at = 0): NonNullable<DecisionInput['entry']> => ({
  firing: Object.fromEntries(Object.entries(firing).map(([id, level]) => [id, { level, episodeId: 'e', fires: 1 }])),
  resolved,
  at,
})
const W = 'warning'
const C = 'critical'

const cases: readonly [what: string, input: Partial<Omit<DecisionInput, 'firing' | 'resolved' | 'firingInAll'>> & { firingInAll?: number; firing?: Record<string, Level>; resolved?: string[] }, expected: Decision][] = [
  ['nobody was told and something fires', { entry: undefined, firing: { a: W } }, 'first'],
  ['nobody was told and something has ended', { entry: undefined, resolved: ['a'] }, 'nothing'],
  ['another alert fires', { entry: entry({ a: W }), firing: { a: W, b: W } }, 'new'],
  ['one fires more than was told', { entry: entry({ a: W }), firing: { a: C } }, 'new'],
  ['one fires less than was told', { entry: entry({ a: C }), firing: { a: W } }, 'nothing'],
  ['the same fires', { entry: entry({ a: W }), firing: { a: W } }, 'nothing'],
  ['everything has ended', { entry: entry({ a: W }), resolved: ['a'] }, 'allResolved'],
  ['everything has ended, and ends are not wanted', { entry: entry({ a: W }), resolved: ['a'], sendResolved: false }, 'allResolved'],
  ['nothing was firing and nothing fires', { entry: entry({}), resolved: ['a'] }, 'nothing'],
  ['one of two has ended', { entry: entry({ a: W, b: W }), firing: { b: W }, resolved: ['a'] }, 'someResolved'],
  ['one of two has ended and was told', { entry: entry({ b: W }, ['a']), firing: { b: W }, resolved: ['a'] }, 'nothing'],
  ['one of two has ended, and ends are not wanted', { entry: entry({ a: W, b: W }), firing: { b: W }, resolved: ['a'], sendResolved: false }, 'nothing'],
  ['one ended while another began', { entry: entry({ a: W }), firing: { b: W }, resolved: ['a'] }, 'new'],
  ['the repeat interval has just passed', { entry: entry({ a: W }, [], 0), firing: { a: W }, now: 100 }, 'repeat'],
  ['the repeat interval has not quite passed', { entry: entry({ a: W }, [], 1), firing: { a: W }, now: 100 }, 'nothing'],
  ['all that fires is muted', { entry: entry({ a: W }), firingInAll: 1 }, 'nothing'],
  ['all that fires is muted and the repeat interval has passed', { entry: entry({ a: W }), firingInAll: 1, now: 100 }, 'nothing'],
  ['one of two has ended and the other is muted', { entry: entry({ a: W, b: W }), firingInAll: 1, resolved: ['a'] }, 'someResolved'],
  ['something fires again after all had ended', { entry: entry({}, ['a']), firing: { a: W } }, 'new'],
]

it.each(cases)('%s', (_what, { firing = {}, resolved = [], firingInAll = Object.keys(firing).length, ...input }, expected) => {
  expect(decide({ entry: undefined, now: 1, repeatInterval: 100, sendResolved: true, firingInAll, ...input, firing: new Map(Object.entries(firing)), resolved: new Set(resolved) })).toBe(expected)
})
