import { isDeepStrictEqual } from 'node:util'
import { TocsinError } from '../errors.ts'
import { formatMatchers, type Matcher, patternProblem } from './matcher.ts'
import { parseClassicMatcher, parseClassicMatchers } from './parse-classic-matchers.ts'
import { parseUtf8Matchers } from './parse-utf8-matchers.ts'
import { unreadable } from './unreadable-matchers.ts'

/**
 * Which syntax a text is read in. `utf8`: strict, label names of any characters. `classic`: the tolerant one of older Alertmanagers.
 * `fallback`: both, as Alertmanager does by default.
 */
export type MatcherSyntax = 'fallback' | 'utf8' | 'classic'

/**
 * Why the matchers are those of one syntax. `asked`: the caller chose it. `agree`: both read the same. `onlyUtf8`, `onlyClassic`: the other
 * cannot read the text. `disagree`: both can, with different results, and the classic one counts, as configurations were written for it.
 */
export type SyntaxReason = 'asked' | 'agree' | 'onlyUtf8' | 'onlyClassic' | 'disagree'

export interface ParsedMatchers {
  /** All must hold. Empty for an empty text and for `{}`. */
  readonly matchers: readonly Matcher[]
  readonly reason: SyntaxReason
  /** How to write it so that both syntaxes agree. Only for `onlyClassic` and `disagree`; worth a warning. */
  readonly rewrite?: string
}

/**
 * Reads matchers: `team="db",severity=~"warn.*"`, with or without braces around.
 *
 * @param syntax default `fallback`.
 * @throws TocsinError E103 with the column, or with the pattern that is wrong. When neither syntax can read the text, the error is that of the
 *   strict one, which knows the place.
 */
export function parseMatchers(text: string, syntax: MatcherSyntax = 'fallback'): ParsedMatchers {
  return decide(text, syntax, () => sound(parseUtf8Matchers(text)), () => sound(parseClassicMatchers(text)))
}

/**
 * Reads exactly one matcher, without braces.
 *
 * @param syntax default `fallback`.
 * @throws TocsinError E103 as `parseMatchers`, and for braces, none and several.
 */
export function parseMatcher(text: string, syntax: MatcherSyntax = 'fallback'): { readonly matcher: Matcher } & Omit<ParsedMatchers, 'matchers'> {
  if (syntax !== 'classic') {
    if (text.startsWith('{')) throw unreadable(text, 0, 'a single matcher has no braces')
    if (text.endsWith('}')) throw unreadable(text, Array.from(text).length - 1, 'a single matcher has no braces')
  }
  const one = (): Matcher[] => {
    const matchers = sound(parseUtf8Matchers(text))
    if (matchers.length !== 1) throw unreadable(text, 0, `one matcher is expected, ${matchers.length === 0 ? 'none' : matchers.length} found`)
    return matchers
  }
  const { matchers, ...rest } = decide(text, syntax, one, () => sound([parseClassicMatcher(text)]))
  const [matcher] = matchers
  if (matcher === undefined) throw unreadable(text, 0, 'one matcher is expected, none found')
  return { matcher, ...rest }
}

function decide(text: string, syntax: MatcherSyntax, readUtf8: () => readonly Matcher[], readClassic: () => readonly Matcher[]): ParsedMatchers {
  if (!text.isWellFormed()) throw unreadable(text.toWellFormed(), 0, 'it holds half of a character')
  if (syntax === 'utf8') return { matchers: readUtf8(), reason: 'asked' }
  if (syntax === 'classic') return { matchers: readClassic(), reason: 'asked' }
  const utf8 = attempt(readUtf8)
  const classic = attempt(readClassic)
  if (utf8 instanceof TocsinError) {
    if (classic instanceof TocsinError) throw utf8
    return { matchers: classic, reason: 'onlyClassic', rewrite: formatMatchers(classic) }
  }
  if (classic instanceof TocsinError) return { matchers: utf8, reason: 'onlyUtf8' }
  if (isDeepStrictEqual(utf8, classic)) return { matchers: utf8, reason: 'agree' }
  return { matchers: classic, reason: 'disagree', rewrite: formatMatchers(classic) }
}

function attempt(read: () => readonly Matcher[]): readonly Matcher[] | TocsinError {
  try {
    return read()
  } catch (error) {
    if (error instanceof TocsinError) return error
    throw error
  }
}

/** A pattern that does not compile makes a text unreadable in a syntax, as in Alertmanager: the other may read another pattern. */
function sound(matchers: Matcher[]): Matcher[] {
  for (const matcher of matchers) {
    const problem = patternProblem(matcher)
    if (problem !== undefined) throw problem
  }
  return matchers
}
