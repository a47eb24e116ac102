interface Token {
  readonly text: string
  readonly at: number
  /** The bracket that the token stands in, '' at the top. */
  readonly inside: string
  readonly depth: number
}

/** Half open, in tokens. */
interface Range {
  readonly from: number
  readonly to: number
}

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|[\w$]+|[^\s]/g
const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Offset of the key or list item that a path leads to inside the call that begins at `call`: the `cpuu` in
 * `host({ cpuu: threshold({ ... }) })` for the path `['cpuu']`. As far as the path can be followed in the text: what a program
 * computes or imports is not followed, and `call` itself is returned when nothing is.
 */
export function offsetOfPath(source: string, call: number, path: readonly PropertyKey[]): number {
  const tokens = tokenize(source)
  const open = tokens.findIndex(({ text, at }) => at >= call && text === '(')
  if (open < 0) return call
  let range: Range = { from: open + 1, to: endOf(tokens, open + 1, tokens.length, false) }
  let offset = call
  for (const step of path) {
    const found = typeof step === 'number' ? findItem(tokens, range, step) : findKey(tokens, range, String(step))
    const token = found && tokens[found.key]
    if (!found || !token) return offset
    offset = token.at
    range = found.value
  }
  return offset
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const open: string[] = []
  for (const { 0: text, index } of source.matchAll(TOKEN)) {
    if (text.startsWith('//') || text.startsWith('/*')) continue
    if (text === CLOSES[open.at(-1) ?? '']) open.pop()
    tokens.push({ text, at: index, inside: open.at(-1) ?? '', depth: open.length })
    if (text in CLOSES) open.push(text)
  }
  return tokens
}

/** The key that stands least deep, with the tokens of its value. */
function findKey(tokens: readonly Token[], { from, to }: Range, name: string): { key: number; value: Range } | undefined {
  let key: number | undefined
  for (let index = from; index < to; index++) {
    const token = tokens[index]
    if (!token || token.inside !== '{' || unquoted(token.text) !== name) continue
    const isKey = /^[{,]$/.test(tokens[index - 1]?.text ?? '') && /^[:,(}]$/.test(tokens[index + 1]?.text ?? '')
    if (isKey && (key === undefined || token.depth < (tokens[key]?.depth ?? 0))) key = index
  }
  return key === undefined ? undefined : { key, value: { from: key + 1, to: endOf(tokens, key + 1, to) } }
}

/** An item of the first list in a range. */
function findItem(tokens: readonly Token[], { from, to }: Range, position: number): { key: number; value: Range } | undefined {
  const list = tokens.findIndex(({ text }, index) => index >= from && index < to && text === '[')
  if (list < 0) return undefined
  let start = list + 1
  for (let item = 0; start < to; item++) {
    const end = endOf(tokens, start, to)
    if (item === position && end > start) return { key: start, value: { from: start, to: end } }
    if (tokens[end]?.text !== ',') return undefined
    start = end + 1
  }
  return undefined
}

/** The bracket that closes the level on which `from` stands, or the first comma on it. */
function endOf(tokens: readonly Token[], from: number, to: number, atComma = true): number {
  const before = tokens[from - 1]
  const depth = before === undefined ? 0 : before.depth + (before.text in CLOSES ? 1 : 0)
  for (let index = from; index < to; index++) {
    const token = tokens[index]
    if (token && (token.depth < depth || (atComma && token.depth === depth && token.text === ','))) return index
  }
  return to
}

function unquoted(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text
}
