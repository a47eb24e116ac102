import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TocsinError } from '../../../packages/core/src/errors.ts'
import { compileMatchers, formatMatcher, formatMatchers, MATCHER_TYPES, type Matcher } from '../../../packages/core/src/routing/matcher.ts'
import { parseMatcher, parseMatchers } from '../../../packages/core/src/routing/parse-matchers.ts'
import { lex } from '../../../packages/core/src/routing/parse-utf8-matchers.ts'

const read = <Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> => schema.parse(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')))
const matcher = z.tuple([z.string(), z.enum(MATCHER_TYPES), z.string()]).transform(([name, type, value]): Matcher => ({ name, type, value }))
const syntax = z.enum(['classic', 'utf8', 'fallback'])
const origin = { file: z.string(), test: z.string(), commit: z.string().length(40), note: z.string().optional() }
const expected = { name: z.string().optional(), input: z.string(), error: z.string().optional() }
const parseCase = z.strictObject({ ...expected, matchers: z.array(matcher).optional(), reason: z.string().optional(), difference: z.string().optional() })
const source = z.discriminatedUnion('kind', [
  z.strictObject({ ...origin, kind: z.literal('match'), cases: z.array(z.strictObject({ matcher, value: z.string(), match: z.boolean() })) }),
  z.strictObject({ ...origin, kind: z.literal('format'), cases: z.array(z.strictObject({ matcher, text: z.string() })) }),
  z.strictObject({ ...origin, kind: z.literal('parse'), syntax, one: z.boolean().default(false), cases: z.array(parseCase) }),
  z.strictObject({ ...origin, kind: z.literal('lex'), cases: z.array(z.strictObject({ ...expected, tokens: z.array(z.tuple([z.string(), z.string(), z.int(), z.int()])) })) }),
])
const { sources } = read('cases.json', z.object({ sources: z.array(source) }))
const { differences } = read(
  'differences.json',
  z.object({ differences: z.array(z.strictObject({ id: z.string(), test: z.string(), what: z.string(), why: z.string(), check: z.enum(['parse', 'parseOne', 'json', 'lex']), input: z.string(), syntax, theirs: z.unknown(), ours: z.unknown() })) }),
)

/** Their errors say from which column to which, counted from 0; at the end of the text and at a closing brace only the latter is meant. */
function columnOf(error: string): number | undefined {
  const [, start, end, rest = ''] = /^(\d+):(\d+): (.*)$/s.exec(error) ?? []
  if (start === undefined) return undefined
  if (rest.startsWith('end of input')) return Number(end) + 1
  return rest.startsWith('}') ? Number(end) : Number(start) + 1
}

function refusal(run: () => unknown): TocsinError {
  try {
    run()
  } catch (error) {
    if (error instanceof TocsinError) return error
    throw error
  }
  throw new Error('it was taken')
}

function expectRefusal(error: TocsinError, theirs: string): void {
  const column = columnOf(theirs)
  expect(error.code).toBe('E103')
  if (column !== undefined) expect(error.message).toContain(`: column ${column}: `)
}

const parsed = (input: string, how: z.output<typeof syntax>, one: boolean) => {
  if (!one) return parseMatchers(input, how)
  const { matcher: only, ...rest } = parseMatcher(input, how)
  return { matchers: [only], ...rest }
}

/** The same about another label. */
const renamed = ({ name, ...rest }: Matcher): Matcher => ({ ...rest, name: `renamed ${name}` })

describe.each(sources)('$file $test', (from) => {
  switch (from.kind) {
    case 'match':
      return it.each(from.cases)('$matcher.type $matcher.value on $value: $match', ({ matcher: one, value, match }) => {
        expect(compileMatchers([one])({ [one.name]: value })).toBe(match)
        expect(compileMatchers([renamed(one)])({ [renamed(one).name]: value, [one.name]: 'something else' })).toBe(match)
      })
    case 'format':
      return it.each(from.cases)('$text', ({ matcher: one, text }) => {
        expect(formatMatcher(one)).toBe(text)
        expect(parseMatcher(text).matcher).toEqual(one)
        expect(parseMatcher(formatMatcher(renamed(one))).matcher).toEqual(renamed(one))
      })
    case 'parse':
      return it.each(from.cases)('$input', ({ input, matchers, error, reason, difference }) => {
        if (difference !== undefined) {
          expect(differences.map(({ id }) => id)).toContain(difference)
          expect(refusal(() => parsed(input, from.syntax, from.one)).code).toBe('E103')
        } else if (error !== undefined) expectRefusal(refusal(() => parsed(input, from.syntax, from.one)), error)
        else {
          const result = parsed(input, from.syntax, from.one)
          expect(result.matchers).toEqual(matchers)
          expect(result.reason).toBe(reason ?? 'asked')
          const others = result.matchers.map(renamed)
          if (others.length > 0) expect(parseMatchers(formatMatchers(others), 'utf8').matchers).toEqual(others)
        }
      })
    case 'lex':
      return it.each(from.cases)('$name', ({ input, tokens, error }) => {
        const found = lex(input)
        const last = found.at(-1)
        expect(found.flatMap((token) => (token instanceof TocsinError ? [] : [[token.kind, token.text, token.start, token.end]]))).toEqual(tokens)
        // The same a little to the right.
        expect(lex(`  ${input}`).flatMap((token) => (token instanceof TocsinError ? [] : [[token.kind, token.text, token.start - 2, token.end - 2]]))).toEqual(tokens)
        if (error === undefined) expect(last).not.toBeInstanceOf(TocsinError)
        else expectRefusal(refusal(() => { throw last }), error)
      })
  }
})

describe('where we differ', () => {
  it.each(differences)('$id', ({ check, input, syntax: how, ours, theirs }) => {
    expect(ours).not.toEqual(theirs)
    if (check === 'json') expect(JSON.stringify(parseMatcher(input, how).matcher)).toBe(ours)
    else if (check === 'lex') expect(lex(input)).toEqual([ours])
    else {
      const { code, message } = z.object({ code: z.string(), message: z.string() }).parse(ours)
      const error = refusal(() => parsed(input, how, check === 'parseOne'))
      expect(error.code).toBe(code)
      expect(error.message).toContain(message)
    }
  })
})
