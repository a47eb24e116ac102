import { TocsinError } from '../errors.ts'
import { type Matcher, MATCHER_TYPES, type MatcherType, RESERVED } from './matcher.ts'
import { unreadable } from './unreadable-matchers.ts'

/** One token. Columns count characters from 0; `end` is exclusive. */
export interface Token {
  readonly kind: '{' | '}' | ',' | MatcherType | 'quoted' | 'unquoted'
  /** As it was written, quotes and escapes included. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Matchers in the strict syntax: names and values of any characters, in double quotes when they hold a space or one of ``{}!=~,\"'` ``; inside
 * quotes the escapes of a Go string (`\n`, `\"`, `\\`, `\x41`, `\u2026`). Braces around all, if any, are a pair. A trailing comma is allowed.
 * Patterns are not checked here.
 *
 * @throws TocsinError E103 with the column, counted from 1.
 */
export function parseUtf8Matchers(text: string): Matcher[] {
  const tokens = lex(text)
  const matchers: Matcher[] = []
  let next = 0
  const peek = (): Token | undefined => {
    const token = tokens[next]
    if (token instanceof TocsinError) throw token
    return token
  }
  const take = <K extends Token['kind']>(kinds: readonly K[], expected: string): Token & { readonly kind: K } => {
    const token = peek()
    if (token === undefined) throw unreadable(text, Array.from(text).length, `the text ends where ${expected} must stand`)
    if (!isOf(token, kinds)) throw unreadable(text, token.start, `${token.text} stands where ${expected} must stand`)
    next += 1
    return token
  }
  const word = (expected: string): string => unquote(text, take(['quoted', 'unquoted'], expected))

  const braced = peek()?.kind === '{'
  if (braced) next += 1
  while (peek() !== undefined && peek()?.kind !== '}') {
    const name = word('a label name')
    const { kind: type } = take(MATCHER_TYPES, 'one of = != =~ !~')
    matchers.push({ name, type, value: word('a label value') })
    if (peek()?.kind !== ',') break
    next += 1
  }
  if (braced) take(['}'], matchers.length === 0 ? 'a label name or a closing brace' : 'a comma or a closing brace')
  const left = peek()
  if (left === undefined) return matchers
  throw unreadable(text, left.start, braced ? `${left.text} stands after the closing brace` : left.kind === '}' ? 'no brace is open that could be closed' : `${left.text} stands where a comma must stand`)
}

function isOf<K extends Token['kind']>(token: Token, kinds: readonly K[]): token is Token & { readonly kind: K } {
  return (kinds as readonly string[]).includes(token.kind)
}

/** The tokens, and what ends them when something is no token: its error is thrown only where the parser gets that far. */
export function lex(text: string): (Token | TocsinError)[] {
  const characters = Array.from(text)
  const tokens: (Token | TocsinError)[] = []
  let start = 0
  while (start < characters.length) {
    const { kind, end, problem } = tokenAt(characters, start)
    if (problem !== undefined) return [...tokens, unreadable(text, start, problem)]
    if (kind !== undefined) tokens.push({ kind, text: characters.slice(start, end).join(''), start, end })
    start = end
  }
  return tokens
}

interface Scanned {
  /** Absent: white space. */
  readonly kind?: Token['kind']
  readonly end: number
  readonly problem?: string
}

function tokenAt(characters: readonly string[], start: number): Scanned {
  const [first = '', second = ''] = characters.slice(start, start + 2)
  switch (first) {
    case '{':
    case '}':
    case ',':
      return { kind: first, end: start + 1 }
    case '=':
      return second === '~' ? { kind: '=~', end: start + 2 } : { kind: '=', end: start + 1 }
    case '!':
      if (second === '=' || second === '~') return { kind: `!${second}`, end: start + 2 }
      return { end: start, problem: '! is followed by neither = nor ~' }
    case '"': {
      const end = endOfQuoted(characters, start)
      return end === undefined ? { end: start, problem: 'the quote is not closed' } : { kind: 'quoted', end }
    }
    default: {
      if (/\p{White_Space}/u.test(first)) return { end: start + 1 }
      if (RESERVED.test(first)) return { end: start, problem: `${first} must stand inside double quotes` }
      let end = start + 1
      while (end < characters.length && !RESERVED.test(characters[end] ?? '')) end += 1
      return { kind: 'unquoted', end }
    }
  }
}

function endOfQuoted(characters: readonly string[], start: number): number | undefined {
  for (let index = start + 1; index < characters.length; index += 1) {
    if (characters[index] === '\\') index += 1
    else if (characters[index] === '"') return index + 1
  }
  return undefined
}

/** Plain characters, or one escape of a Go string. Bytes (`\xf0`, `\360`) may make up one character only together. */
const PIECE = /(?<plain>[^\\\n]+)|\\(?:(?<sign>[abfnrtv\\"])|x(?<hex>[0-9A-Fa-f]{2})|(?<octal>[0-3][0-7]{2})|u(?<short>[0-9A-Fa-f]{4})|U(?<long>[0-9A-Fa-f]{8}))/gy
const SIGNS: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' }

function unquote(text: string, token: Token): string {
  if (token.kind !== 'quoted') return token.text
  const inner = token.text.slice(1, -1)
  const bytes: Uint8Array[] = []
  let read = 0
  for (const match of inner.matchAll(PIECE)) {
    const piece = bytesOf(match.groups ?? {})
    if (piece === undefined) break
    bytes.push(piece)
    read += match[0].length
  }
  if (read < inner.length) throw unreadable(text, token.start, `${token.text} holds an escape that does not exist (a backslash is written as two) or a line break`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes))
  } catch (cause) {
    throw unreadable(text, token.start, `${token.text} is not UTF-8`, cause)
  }
}

/** `undefined` for a code point that is no character. */
function bytesOf({ plain, sign, hex, octal, short, long }: Readonly<Record<string, string | undefined>>): Uint8Array | undefined {
  if (hex !== undefined) return Uint8Array.of(Number.parseInt(hex, 16))
  if (octal !== undefined) return Uint8Array.of(Number.parseInt(octal, 8))
  const code = short ?? long
  if (code === undefined) return new TextEncoder().encode(plain ?? SIGNS[sign ?? ''])
  const point = Number.parseInt(code, 16)
  return point > 0x10_ff_ff || (point >= 0xd8_00 && point <= 0xdf_ff) ? undefined : new TextEncoder().encode(String.fromCodePoint(point))
}
