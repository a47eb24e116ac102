import type { Matcher, MatcherType } from './matcher.ts'
import { unreadable } from './unreadable-matchers.ts'

/**
 * Matchers in the old, tolerant syntax: label names of letters, digits, `_` and `:`; values quoted or not, the empty one too; one opening brace
 * at the beginning and one closing at the end are passed over, paired or not; `\n`, `\"` and `\\` are escapes, any other backslash is itself.
 * Patterns are not checked here.
 *
 * @throws TocsinError E103 with the column at which the matcher begins, counted from 1.
 */
export function parseClassicMatchers(text: string): Matcher[] {
  const start = text.startsWith('{') ? 1 : 0
  const end = text.endsWith('}') ? Math.max(start, text.length - 1) : text.length
  return split(text.slice(start, end)).map(({ part, at }) => parseOne(part, (what) => unreadable(text, Array.from(text.slice(0, start + at)).length, what)))
}

/** Parses one matcher: commas and braces are part of its value. Otherwise as `parseClassicMatchers`. */
export function parseClassicMatcher(text: string): Matcher {
  return parseOne(text, (what) => unreadable(text, 0, what))
}

interface Part {
  readonly part: string
  readonly at: number
}

/** At commas outside of quotes. A last part of nothing but white space is none: a trailing comma is allowed. */
function split(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '\\' && (text[index + 1] === '"' || text[index + 1] === '\\')) index += 1
    else if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) {
      parts.push({ part: text.slice(at, index), at })
      at = index + 1
    }
  }
  // Only around the last one is any white space passed over: the older parser trimmed it before it looked at it.
  const rest = trim(text.slice(at), (character) => /\p{White_Space}/u.test(character))
  return rest === '' ? parts : [...parts, { part: rest, at }]
}

const HEAD = /^[\t\n\f\r ]*(?<name>[A-Za-z_:][\w:]*)[\t\n\f\r ]*(?<type>=~|=|!=|!~)/

function parseOne(part: string, fail: (what: string) => Error): Matcher {
  const head = HEAD.exec(part)
  if (head === null) throw fail(`${part === '' ? 'nothing' : part} is not name="value"`)
  const { name = '', type = '=' } = head.groups ?? {}
  return { name, type: type as MatcherType, value: valueOf(trim(part.slice(head[0].length), isSpace), fail) }
}

function valueOf(raw: string, fail: (what: string) => Error): string {
  const quoted = raw.startsWith('"')
  const inner = quoted ? raw.slice(1) : raw
  let value = ''
  for (let index = 0; index < inner.length; index += 1) {
    const character = inner[index] ?? ''
    const last = index === inner.length - 1
    if (character === '"') {
      if (quoted && last) return value
      throw fail(`${raw} holds a double quote without a backslash`)
    }
    if (character !== '\\' || last) value += character
    else {
      index += 1
      value += unescape(inner[index] ?? '')
    }
  }
  if (quoted) throw fail(`${raw} has no closing quote`)
  return value
}

function unescape(character: string): string {
  if (character === 'n') return '\n'
  return character === '"' || character === '\\' ? character : `\\${character}`
}

/** White space of RE2's `\s`, not of JavaScript: a no-break space is part of a value. */
const isSpace = (character: string): boolean => '\t\n\f\r '.includes(character)

function trim(text: string, isBlank: (character: string) => boolean): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charAt(start))) start += 1
  while (end > start && isBlank(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
