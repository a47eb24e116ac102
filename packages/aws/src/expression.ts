import { TocsinError } from '@tocsin/core'

/**
 * Metric math over values of one time, computed here: its inputs are polled for rules anyway, and an expression that CloudWatch
 * computes is paid for by each metric in it.
 */
export interface Expression {
  /** Every name in it. */
  readonly inputs: readonly string[]
  /** Those without which there is no value: all but the ones that stand in `FILL` or an aggregate. */
  readonly required: readonly string[]
  /** The value; `undefined` where an input is missing or a division is by zero, as in CloudWatch. */
  value(values: Readonly<Record<string, number>>): number | undefined
}

type Values = Readonly<Record<string, number>>
type Node = (values: Values) => number | undefined

/** `of`: how many arguments. An aggregate passes over what is missing. */
const FUNCTIONS: Readonly<Record<string, { readonly of: readonly [least: number, most: number]; readonly aggregate: boolean; compute(values: readonly number[]): number }>> = {
  ABS: { of: [1, 1], aggregate: false, compute: ([x = Number.NaN]) => Math.abs(x) },
  CEIL: { of: [1, 1], aggregate: false, compute: ([x = Number.NaN]) => Math.ceil(x) },
  FLOOR: { of: [1, 1], aggregate: false, compute: ([x = Number.NaN]) => Math.floor(x) },
  AVG: { of: [1, Infinity], aggregate: true, compute: (all) => all.reduce((sum, x) => sum + x, 0) / all.length },
  MAX: { of: [1, Infinity], aggregate: true, compute: (all) => Math.max(...all) },
  MIN: { of: [1, Infinity], aggregate: true, compute: (all) => Math.min(...all) },
  SUM: { of: [1, Infinity], aggregate: true, compute: (all) => all.reduce((sum, x) => sum + x, 0) },
}

const BINARY: Readonly<Record<string, { readonly binds: number; compute(a: number, b: number): number }>> = {
  '+': { binds: 1, compute: (a, b) => a + b },
  '-': { binds: 1, compute: (a, b) => a - b },
  '*': { binds: 2, compute: (a, b) => a * b },
  '/': { binds: 2, compute: (a, b) => a / b },
  '^': { binds: 4, compute: (a, b) => a ** b },
}
/** `-a ^ 2` is `-(a ^ 2)`, and `-a * b` is `(-a) * b`. */
const MINUS_BINDS = 3

const TOKEN = /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<name>[A-Za-z]\w*)|(?<sign>[-+*/^(),]))/iy

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end'
  readonly text: string
  readonly at: number
}

/**
 * Reads an expression: names of metrics, numbers, `+ - * / ^`, brackets, and the functions ABS, CEIL, FLOOR, AVG, MAX, MIN, SUM and
 * `FILL(name, number)`, which stands for a missing value. They mean what they mean in CloudWatch's metric math.
 *
 * @throws TocsinError E103 that says what is wrong where.
 */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text)
  const inputs = new Set<string>()
  const required = new Set<string>()
  let next = 0
  /** Above zero inside `FILL` and aggregates. */
  let optional = 0

  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '', at: text.length }
  const take = (): Token => {
    const token = peek()
    next++
    return token
  }
  const expectSign = (sign: string): void => {
    const token = take()
    if (token.text !== sign) throw wrong(text, token, `"${sign}" was expected`)
  }

  const expression = (binds: number): Node => {
    let left = unary()
    for (let operator = BINARY[peek().text]; operator !== undefined && operator.binds >= binds; operator = BINARY[peek().text]) {
      const { text: sign } = take()
      const right = expression(sign === '^' ? operator.binds : operator.binds + 1)
      left = combine(operator, left, right)
    }
    return left
  }
  const unary = (): Node => {
    if (peek().text !== '-') return primary()
    take()
    const of = expression(MINUS_BINDS)
    return (values) => {
      const value = of(values)
      return value === undefined ? undefined : -value
    }
  }
  const primary = (): Node => {
    const token = take()
    if (token.kind === 'number') return () => Number(token.text)
    if (token.text === '(') {
      const inner = expression(0)
      expectSign(')')
      return inner
    }
    if (token.kind !== 'name') throw wrong(text, token, 'a metric, a number or a bracket was expected')
    if (peek().text === '(') return call(token)
    inputs.add(token.text)
    if (optional === 0) required.add(token.text)
    return (values) => values[token.text]
  }
  const call = (name: Token): Node => {
    const known = FUNCTIONS[name.text.toUpperCase()]
    const fills = name.text.toUpperCase() === 'FILL'
    if (known === undefined && !fills) throw wrong(text, name, `there is no function ${name.text}`)
    const [least, most] = known?.of ?? [2, 2]
    const isOptional = fills || known?.aggregate === true
    if (isOptional) optional++
    const given = listOf()
    if (isOptional) optional--
    if (given.length < least || given.length > most) throw wrong(text, name, `${name.text} takes ${least === most ? least : `at least ${least}`}, not ${given.length}`)
    if (known === undefined) return (values) => given[0]?.(values) ?? given[1]?.(values)
    return (values) => {
      const present = given.map((one) => one(values)).filter((value) => value !== undefined)
      return present.length === 0 || (!known.aggregate && present.length < given.length) ? undefined : known.compute(present)
    }
  }
  const listOf = (): Node[] => {
    expectSign('(')
    const list = [expression(0)]
    while (peek().text === ',') {
      take()
      list.push(expression(0))
    }
    expectSign(')')
    return list
  }

  const root = expression(0)
  if (peek().kind !== 'end') throw wrong(text, peek(), 'the end was expected')
  return {
    inputs: [...inputs],
    required: [...required],
    value(values) {
      const value = root(values)
      return value === undefined || !Number.isFinite(value) ? undefined : value
    },
  }
}

function combine(operator: (typeof BINARY)[string], left: Node, right: Node): Node {
  return (values) => {
    const [a, b] = [left(values), right(values)]
    return a === undefined || b === undefined ? undefined : operator.compute(a, b)
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let from = 0; text.slice(from).trim() !== ''; from = TOKEN.lastIndex) {
    const found = TOKEN.exec(text)
    const { number, name, sign } = found?.groups ?? {}
    if (!found) throw wrong(text, { kind: 'sign', text: text.slice(from).trimStart().slice(0, 1), at: from }, 'no part of an expression')
    const word = number ?? name ?? sign ?? ''
    tokens.push({ kind: number === undefined ? (name === undefined ? 'sign' : 'name') : 'number', text: word, at: TOKEN.lastIndex - word.length })
  }
  return tokens
}

function wrong(text: string, { text: found, at }: Token, what: string): TocsinError {
  return new TocsinError('E103', `"${text}" is not an expression`, { fix: `${what}, at ${found === '' ? 'the end' : `"${found}" (${at + 1})`}` })
}
