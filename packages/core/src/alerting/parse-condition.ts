import { TocsinError } from '../errors.ts'
import { suggest } from '../plugin/suggest.ts'
import { type Condition, CONDITION_STATES, type ConditionState } from './condition.ts'

/** A condition, or the first thing that is wrong with its text and where: the position counts UTF-16 units from 0. */
export type ParsedCondition = { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly error: TocsinError; readonly position: number }

/** CloudWatch's limits for a rule of a composite alarm: characters, and operands with parentheses. */
const MAX_LENGTH = 10_240
const MAX_ELEMENTS = 500
/** Deeper nesting than anybody can read, and far from what the call stack bears. */
const MAX_DEPTH = 50

interface Token {
  readonly kind: 'word' | 'text' | '(' | ')' | ',' | 'end'
  readonly value: string
  readonly position: number
}

class Unreadable extends Error {
  readonly position: number
  readonly fix: string
  constructor(what: string, position: number, fix: string) {
    super(what)
    this.position = position
    this.fix = fix
  }
}

/**
 * Reads a condition over other alerts, in the syntax of CloudWatch's composite alarms:
 *
 *     ALARM("main/ec2.cpu") AND NOT (ALARM("main/deploy") OR OK("main/elb.hosts"))
 *     AT_LEAST(2, ALARM("a/disk"), ALARM("b/disk"), CRITICAL("c/disk"))
 *     AT_LEAST(50%, NOT OK, (a/disk, b/disk, c/disk))
 *
 * `ALARM` is any level, `CRITICAL` red alone. NOT binds closest, then AND, then OR. Words are read in any case. References may
 * stand without quotes when they hold no spaces, parentheses, commas or quotes; a backslash stands before a quote within quotes. A share
 * is of those listed, rounded up.
 */
export function parseCondition(text: string): ParsedCondition {
  try {
    if (text.length > MAX_LENGTH) throw new Unreadable(`a condition of more than ${MAX_LENGTH} characters`, MAX_LENGTH, 'split it into several')
    return { ok: true, condition: parse(tokenize(text)) }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const { message, position, fix } = error
    return { ok: false, error: new TocsinError('E103', `${message} at character ${position + 1} of the condition`, { fix }), position }
  }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:([(),])|"((?:[^"\\]|\\.)*)"|([^\s(),"]+)|$)/suy
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const match = pattern.exec(text)
    const position = start + (/^\s*/u.exec(text.slice(start))?.[0].length ?? 0)
    if (match === null) throw new Unreadable('a quote that is not closed', position, 'close it: ALARM("main/ec2.cpu")')
    const [, sign, quoted, word] = match
    if (sign === '(' || sign === ')' || sign === ',') tokens.push({ kind: sign, value: sign, position })
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replace(/\\(.)/gsu, '$1'), position })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, position })
    else break
  }
  return [...tokens, { kind: 'end', value: '', position: text.length }]
}

function parse(tokens: readonly Token[]): Condition {
  let index = 0
  let elements = 0
  let depth = 0
  const end: Token = { kind: 'end', value: '', position: tokens.at(-1)?.position ?? 0 }
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end
  const next = (): Token => tokens[index++] ?? end
  const isWord = (word: string, token = peek()): boolean => token.kind === 'word' && token.value.toUpperCase() === word
  const stateOf = (token: Token): ConditionState | undefined => CONDITION_STATES.find((state) => isWord(state, token))
  const unexpected = (wanted: string, token: Token, fix = 'write for example: ALARM("main/ec2.cpu") AND NOT ALARM("main/deploy")'): Unreadable =>
    new Unreadable(`${wanted} expected and ${token.kind === 'end' ? 'the end' : `"${token.value}"`} found`, token.position, fix)
  const expect = (kind: '(' | ')' | ','): Token => {
    if (peek().kind !== kind) throw unexpected(`"${kind}"`, peek())
    return next()
  }
  const countElement = ({ position }: Token): void => {
    elements += 1
    if (elements > MAX_ELEMENTS) throw new Unreadable(`more than ${MAX_ELEMENTS} operands and parentheses`, position, 'split the condition into several')
  }
  const deeper = <T>(token: Token, read: () => T): T => {
    countElement(token)
    depth += 1
    if (depth > MAX_DEPTH) throw new Unreadable(`more than ${MAX_DEPTH} levels of nesting`, token.position, 'split the condition into several')
    const result = read()
    depth -= 1
    return result
  }
  const list = <T>(read: () => T): readonly T[] => {
    const items = [read()]
    while (peek().kind === ',') {
      next()
      items.push(read())
    }
    return items
  }
  const chain = (op: 'and' | 'or', operand: () => Condition): Condition => {
    const of = [operand()]
    while (isWord(op.toUpperCase())) {
      next()
      of.push(operand())
    }
    const [only] = of
    return of.length === 1 && only !== undefined ? only : { op, of }
  }
  const disjunction = (): Condition => chain('or', () => chain('and', negation))
  const negation = (): Condition => {
    if (!isWord('NOT')) return primary()
    const token = next()
    return deeper(token, () => ({ op: 'not', of: negation() }))
  }
  const reference = (): string => {
    const token = next()
    countElement(token)
    if ((token.kind !== 'word' && token.kind !== 'text') || token.value.trim() === '') throw unexpected('the name of an alert', token, 'name an alert: ALARM("main/ec2.cpu")')
    return token.value
  }
  const inParentheses = <T>(read: () => T): T => {
    const result = deeper(expect('('), read)
    expect(')')
    return result
  }
  const primary = (): Condition => {
    const token = peek()
    if (token.kind === '(') return inParentheses(disjunction)
    if (isWord('TRUE') || isWord('FALSE')) {
      countElement(next())
      return { op: 'constant', value: isWord('TRUE', token) }
    }
    if (isWord('AT_LEAST')) {
      next()
      return inParentheses(atLeast)
    }
    const state = stateOf(token)
    if (state === undefined) {
      throw unexpected('a condition', token, token.kind === 'word' ? suggest(token.value, [...CONDITION_STATES, 'AT_LEAST', 'NOT', 'TRUE', 'FALSE']) : undefined)
    }
    next()
    expect('(')
    const ref = reference()
    expect(')')
    return { op: 'state', state, ref }
  }
  const atLeast = (): Condition => {
    const token = next()
    const amount = (token.kind === 'word' || token.kind === 'text') && /^(\d{1,4})(%?)$/.exec(token.value)
    if (!amount) throw unexpected('a number such as 2 or 50%', token, 'write how many: AT_LEAST(2, ...)')
    expect(',')
    const of = allIn() ?? list(disjunction)
    const wanted = Number(amount[1])
    const count = amount[2] === '%' ? Math.ceil((wanted * of.length) / 100) : wanted
    if (count < 1 || count > of.length) {
      throw new Unreadable(`at least ${token.value} of ${of.length} can never be wrong or never be right`, token.position, `choose from 1 to ${of.length}, or from 1% to 100%`)
    }
    return { op: 'atLeast', count, of }
  }
  /** `NOT OK, (a, b)`: one state asked of each alert in a list. */
  const allIn = (): readonly Condition[] | undefined => {
    const negated = isWord('NOT')
    const offset = negated ? 1 : 0
    const state = stateOf(peek(offset))
    if (state === undefined || peek(offset + 1).kind !== ',') return undefined
    index += offset + 1
    expect(',')
    return inParentheses(() => list(reference)).map((ref) => (negated ? { op: 'not', of: { op: 'state', state, ref } } : { op: 'state', state, ref }))
  }
  const condition = disjunction()
  if (peek().kind !== 'end') throw unexpected('AND, OR or the end', peek())
  return condition
}
