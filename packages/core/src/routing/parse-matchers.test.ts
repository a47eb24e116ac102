import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import { formatMatcher } from './matcher.ts'
import { type MatcherSyntax, parseMatcher, parseMatchers } from './parse-matchers.ts'

const show = (text: string, syntax?: MatcherSyntax): string[] => parseMatchers(text, syntax).matchers.map(formatMatcher)

it.each([
  ['team="db",severity=~"warn.*"', ['team="db"', 'severity=~"warn.*"']],
  [' { team = db , } ', ['team="db"']],
  ['"a name"="x,y"', ['"a name"="x,y"']],
  ['größe!~"[0-9]+"', ['größe!~"[0-9]+"']],
  ['a="\\u00e9\\x41\\101\\a"', ['a="éAA\u0007"']],
  ['a="\ufeffb"', ['a="\ufeffb"']],
])('reads %s strictly', (text, matchers) => {
  expect(show(text, 'utf8')).toEqual(matchers)
})

it.each([
  ['a', 2, 'the text ends where one of = != =~ !~ must stand'],
  ['a=', 3, 'the text ends where a label value must stand'],
  ['a=b,,c=d', 5, ', stands where a label name must stand'],
  ['a=b c=d', 5, 'c stands where a comma must stand'],
  ['{a=b} c=d', 7, 'c stands after the closing brace'],
  ['{a=b c=d}', 6, 'c stands where a comma or a closing brace must stand'],
  ['🙂="x" y', 7, 'y stands where a comma must stand'],
  ["a='b'", 3, "' must stand inside double quotes"],
  ['a="\\400"', 3, 'an escape that does not exist'],
  ['a="\\ud800"', 3, 'an escape that does not exist'],
  ['a="\\U00110000"', 3, 'an escape that does not exist'],
  ['a="\\\'"', 3, 'an escape that does not exist'],
  ['a="x\ny"', 3, 'a line break'],
  ['a="\\x80"', 3, 'is not UTF-8'],
])('tells where %s is wrong', (text, column, what) => {
  expect(() => parseMatchers(text, 'utf8')).toThrow(`: column ${column}: `)
  expect(() => parseMatchers(text, 'utf8')).toThrow(what)
})

it.each([
  ['a=b,c-d=e', 5],
  ['{a=b,,c=d}', 6],
  ['{🙂=b}', 2],
])('tells the matcher that is wrong in the classic syntax: %s', (text, column) => {
  expect(() => parseMatchers(text, 'classic')).toThrow(`: column ${column}: `)
})

it.each([
  ['a="x\\,",b=c', ['a="x\\\\,"', 'b="c"']],
  ['a=b\\,c=d', ['a="b\\\\"', 'c="d"']],
  ['a=\u00a0b,c=d\u00a0', ['a="\u00a0b"', 'c="d"']],
  ['a= b c ,d=e', ['a="b c"', 'd="e"']],
  ['a:b=~=', ['a:b=~"="']],
])('reads %s in the classic syntax', (text, matchers) => {
  expect(show(text, 'classic')).toEqual(matchers)
})

it('says why a text is read as it is, and how to write it for both', () => {
  expect(parseMatchers('a=b')).toMatchObject({ reason: 'agree' })
  expect(parseMatchers('a=b')).not.toHaveProperty('rewrite')
  expect(parseMatchers('größe=b')).toMatchObject({ reason: 'onlyUtf8' })
  expect(parseMatchers('path=~/api/.*|{x},a=b')).toMatchObject({ reason: 'onlyClassic', rewrite: '{path=~"/api/.*|{x}",a="b"}' })
  expect(parseMatchers('a=~"\\\\d"')).toMatchObject({ reason: 'agree', matchers: [{ value: '\\d' }] })
  expect(parseMatchers('a="\\x41"')).toMatchObject({ reason: 'disagree', matchers: [{ value: '\\x41' }], rewrite: '{a="\\\\x41"}' })
})

it('takes the syntax whose pattern compiles, and tells the pattern when none does', () => {
  expect(parseMatchers('a=~"\\x28"')).toMatchObject({ reason: 'onlyClassic', matchers: [{ value: '\\x28' }] })
  expect(() => parseMatchers('a=~"(("')).toThrow('the pattern of a=~"((" cannot be read: missing closing )')
})

it('takes one matcher only', () => {
  expect(parseMatcher('a=b').matcher).toEqual({ name: 'a', type: '=', value: 'b' })
  expect(parseMatcher('a=b,c', 'classic').matcher.value).toBe('b,c')
  expect(() => parseMatcher('{a=b}')).toThrow('column 1: a single matcher has no braces')
  expect(() => parseMatcher('🙂=b}')).toThrow('column 4: a single matcher has no braces')
  expect(() => parseMatcher('', 'utf8')).toThrow('one matcher is expected, none found')
})

it('refuses half a character', () => {
  for (const syntax of ['utf8', 'classic', 'fallback'] as const) expect(() => parseMatchers('a=\ud83d', syntax)).toThrow('half of a character')
})

it('either reads a text or says in a coded error what is wrong, in little time', () => {
  const piece = fc.constantFrom('{', '}', ',', '=', '!', '~', '"', '\\', ' ', '\n', 'a', 'é', '🙂', '[', '(', 'x41', '\u00a0', "'")
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom<MatcherSyntax>('utf8', 'classic', 'fallback'), (pieces, syntax) => {
    try {
      const { matchers, rewrite } = parseMatchers(pieces.join(''), syntax)
      if (rewrite !== undefined) expect(parseMatchers(rewrite)).toEqual({ matchers, reason: 'agree' })
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error
      expect(error.code).toBe('E103')
    }
  }), { numRuns: 2_000 })
  const started = performance.now()
  for (const text of [`a=${' '.repeat(200_000)}b${' '.repeat(200_000)}x`, `a="${'b'.repeat(400_000)}"`]) parseMatchers(text)
  expect(performance.now() - started).toBeLessThan(3_000)
})
