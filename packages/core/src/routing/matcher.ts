import { RE2JS } from 're2js'
import { z } from 'zod'
import { reasonOf, TocsinError } from '../errors.ts'
import type { Labels } from '../model/labels.ts'

export const MATCHER_TYPES = ['=', '!=', '=~', '!~'] as const

/** How a matcher compares: equal, not equal, matches the pattern, does not match it. */
export type MatcherType = (typeof MATCHER_TYPES)[number]

/** One condition on one label. Plain data: it is stored and compared as it is. */
export interface Matcher {
  /** The label. One that an alert does not have reads as `""`, so `x!="a"` holds where there is no `x`. */
  readonly name: string
  readonly type: MatcherType
  /** A text, or for `=~` and `!~` a pattern in RE2 syntax that must match the whole value. As in Alertmanager, `.` is not a line feed. */
  readonly value: string
}

/** Every matcher of a set must hold (AND); one set that holds is enough (OR). */
export type MatcherSets = readonly (readonly Matcher[])[]

/** Whether labels are matched. */
export type LabelTest = (labels: Labels) => boolean

const wellFormed = z.string().max(4_096).refine((text) => text.isWellFormed(), 'a text of whole characters, without halves of a surrogate pair')

/** Schema of one matcher. Names may hold any characters, and at least one. Patterns are checked by `patternProblem`. */
export const matcherSchema = z.strictObject({
  name: wellFormed.min(1).describe('The label. One that an alert does not have reads as an empty text.'),
  type: z.enum(MATCHER_TYPES).describe('Equal, not equal, matches the pattern, does not match it.'),
  value: wellFormed.describe('A text, or a pattern in RE2 syntax that must match the whole value.'),
})

/**
 * All matchers as one test (AND). Patterns are compiled here, once, and run in linear time whatever they are. No matchers match everything.
 *
 * @throws TocsinError E103 for a pattern that RE2 does not take.
 */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map(compileMatcher)
  return (labels) => tests.every((test) => test(labels))
}

/**
 * All sets as one test (OR of ANDs). No sets match nothing.
 *
 * @throws TocsinError E103 for a pattern that RE2 does not take.
 */
export function compileMatcherSets(sets: MatcherSets): LabelTest {
  const tests = sets.map(compileMatchers)
  return (labels) => tests.some((test) => test(labels))
}

/** Whether `=` or `=~` holds for the empty text: `a=""`, `a=~".*"`. `!=` and `!~` never count, as in Alertmanager: they do rule out something. */
export function matchesEmpty(matcher: Matcher): boolean {
  return (matcher.type === '=' || matcher.type === '=~') && compileMatcher(matcher)({})
}

/** What is wrong with the pattern of a matcher; `undefined` when it has none or nothing is. */
export function patternProblem(matcher: Matcher): TocsinError | undefined {
  try {
    compileMatcher(matcher)
    return undefined
  } catch (error) {
    if (error instanceof TocsinError) return error
    throw error
  }
}

/** A matcher as text that both syntaxes of `parseMatchers` read back: `team="db"`, `"a name"!="x"`. */
export function formatMatcher({ name, type, value }: Matcher): string {
  return `${name === '' || RESERVED.test(name) ? quote(name) : name}${type}${quote(value)}`
}

/** Matchers as text: `{team="db",severity=~"warn.*"}`. */
export const formatMatchers = (matchers: readonly Matcher[]): string => `{${matchers.map(formatMatcher).join(',')}}`

/** Characters that end a name or value which is not quoted. */
export const RESERVED = /[\p{White_Space}{}!=~,\\"'`]/u

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`

function compileMatcher(matcher: Matcher): LabelTest {
  const { name, type, value } = matcher
  const read = (labels: Labels): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '')
  switch (type) {
    case '=':
      return (labels) => read(labels) === value
    case '!=':
      return (labels) => read(labels) !== value
    case '=~': {
      const pattern = compilePattern(matcher)
      return (labels) => pattern.testExact(read(labels))
    }
    case '!~': {
      const pattern = compilePattern(matcher)
      return (labels) => !pattern.testExact(read(labels))
    }
  }
}

/** Compiled alone and not between `^(?:` and `)$`: there, `a)|(b` would slip out of its anchors. */
function compilePattern(matcher: Matcher): RE2JS {
  try {
    return RE2JS.compile(matcher.value)
  } catch (cause) {
    throw new TocsinError('E103', `the pattern of ${shorten(formatMatcher(matcher))} cannot be read: ${shorten(reasonOf(cause).replace(/^error parsing regexp: /, ''))}`, {
      fix: 'write an RE2 pattern (no look-around, no back-references) and a backslash before a sign that stands for itself',
      cause,
    })
  }
}

/** Enough of a text to find it again. */
export const shorten = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 119)}…`)
