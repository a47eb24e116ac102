import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileMatchers, compileMatcherSets, formatMatchers, type Matcher, MATCHER_TYPES, matcherSchema, matchesEmpty, patternProblem } from './matcher.ts'
import { parseMatchers } from './parse-matchers.ts'

const m = (name: string, type: Matcher['type'], value: string): Matcher => ({ name, type, value })

it.each([
  [m('team', '=', ''), true],
  [m('team', '=', 'db'), false],
  [m('team', '!=', 'db'), true],
  [m('team', '!=', ''), false],
  [m('team', '=~', '.*'), true],
  [m('team', '=~', '.+'), false],
  [m('team', '!~', 'db'), true],
  [m('team', '!~', '.*'), false],
])('reads a missing label as the empty text: %o', (matcher, holds) => {
  expect(compileMatchers([matcher])({ other: 'x' })).toBe(holds)
})

it.each(['constructor', 'toString', '__proto__'])('does not take %s for a label that is there', (name) => {
  expect(compileMatchers([m(name, '=', '')])({})).toBe(true)
  expect(compileMatchers([m(name, '=~', '.+')])({})).toBe(false)
})

it('joins matchers by and, sets by or', () => {
  const both = [m('a', '=', '1'), m('b', '=', '2')]
  const test = compileMatcherSets([both, [m('c', '=', '3')]])
  expect([{ a: '1', b: '2' }, { a: '1' }, { c: '3' }, {}].map((labels) => test(labels))).toEqual([true, false, true, false])
  expect(compileMatchers([])({ a: '1' })).toBe(true)
  expect(compileMatcherSets([])({ a: '1' })).toBe(false)
  expect(compileMatcherSets([[]])({ a: '1' })).toBe(true)
})

it.each([
  ['db|web', 'web', true],
  ['db|web', 'dbx', false],
  ['db|web', 'xweb', false],
  ['db$|x', 'db', true],
  ['db', 'db\n', false],
  ['(?i)DB', 'db', true],
  ['.', '🙂', true],
])('compares the whole value: %s on %s', (pattern, value, holds) => {
  expect(compileMatchers([m('a', '=~', pattern)])({ a: value })).toBe(holds)
})

it('runs a pattern that makes others hang', () => {
  const started = performance.now()
  expect(compileMatchers([m('a', '=~', '(a+)+b')])({ a: 'a'.repeat(50_000) })).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})

it.each([
  ['((', 'missing closing )'],
  ['a)|(b', 'unexpected )'],
  ['(?=a)b', 'invalid or unsupported Perl syntax'],
  ['(a)\\1', 'invalid escape sequence'],
])('names a pattern that cannot be read, and why: %s', (pattern, why) => {
  const matcher = m('team', '!~', pattern)
  expect(patternProblem(matcher)).toMatchObject({ code: 'E103', message: expect.stringContaining(why) })
  expect(patternProblem(matcher)?.message).toContain('team!~')
  expect(() => compileMatchers([matcher])).toThrow(why)
  expect(patternProblem(m('team', '=', pattern))).toBeUndefined()
})

it('counts only = and =~ as holding for the empty text', () => {
  expect([m('a', '=', ''), m('a', '=~', 'x*'), m('a', '=~', 'x+'), m('a', '!=', 'x'), m('a', '!~', 'x')].map(matchesEmpty)).toEqual([true, true, false, false, false])
})

it('refuses a name that is empty, and half a character', () => {
  expect(matcherSchema.safeParse(m('', '=', 'x')).success).toBe(false)
  expect(matcherSchema.safeParse(m('a', '=', '\ud83d')).success).toBe(false)
})

const matcher = fc.record({ name: fc.string({ unit: 'binary' }), type: fc.constantFrom(...MATCHER_TYPES.slice(0, 2)), value: fc.string({ unit: 'binary' }) })
const plainName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/)

it('writes what the strict syntax reads back, whatever the characters', () => {
  fc.assert(fc.property(fc.array(matcher, { maxLength: 4 }), (matchers) => {
    expect(parseMatchers(formatMatchers(matchers), 'utf8').matchers).toEqual(matchers)
  }))
})

it('writes what both syntaxes read alike for plain names', () => {
  fc.assert(fc.property(fc.array(fc.record({ name: plainName, type: fc.constantFrom(...MATCHER_TYPES.slice(0, 2)), value: fc.string({ unit: 'binary' }) }), { maxLength: 4 }), (matchers) => {
    expect(parseMatchers(formatMatchers(matchers))).toEqual({ matchers, reason: 'agree' })
  }))
})
