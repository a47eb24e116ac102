/** Values of a formula's variables: `DBInstanceClassMemory`, `AllocatedStorage`, `EndPointPort`, `TrueIfReplica`. */
export type FormulaVariables = Readonly<Record<string, number | undefined>>

interface Cursor {
  readonly tokens: readonly string[]
  readonly variables: FormulaVariables
  at: number
}

const TOKEN = /\d+|[A-Za-z]\w*|[{}(),*/]/g

/**
 * The value of an RDS parameter: a plain number or a formula such as `LEAST({DBInstanceClassMemory/9531392},5000)`.
 * `undefined` when it is neither, or needs a variable that is not known.
 *
 * The language is that of https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html: integers, `*`, `/`,
 * `LEAST`, `GREATEST`, `SUM`, `IF` (names in any case), and `log` to base 2. Quotients are cut to whole numbers, except inside
 * `log`. A logarithm is rounded: of all readings only this one gives every figure of AWS's table for Aurora MySQL.
 */
export function evaluateParameter(text: string, variables: FormulaVariables): number | undefined {
  const tokens = text.match(TOKEN) ?? []
  if (tokens.join('') !== text.replace(/\s/g, '')) return undefined
  const cursor: Cursor = { tokens, variables, at: 0 }
  const value = product(cursor, true)
  return cursor.at === tokens.length && Number.isFinite(value) ? value : undefined
}

/** NaN stands for everything that has no value, so it passes through the arithmetic by itself. */
function product(cursor: Cursor, whole: boolean): number {
  let value = factor(cursor, whole)
  for (;;) {
    if (take(cursor, '*')) value *= factor(cursor, whole)
    else if (take(cursor, '/')) value /= factor(cursor, whole)
    else return value
    if (whole) value = Math.trunc(value)
  }
}

function factor(cursor: Cursor, whole: boolean): number {
  const token = cursor.tokens[cursor.at++] ?? ''
  if (token === '{' || token === '(') {
    const inner = product(cursor, whole)
    return take(cursor, token === '{' ? '}' : ')') ? inner : NaN
  }
  if (/^\d/.test(token)) return Number(token)
  if (take(cursor, '(')) return call(token.toUpperCase(), cursor)
  return cursor.variables[token] ?? NaN
}

function call(name: string, cursor: Cursor): number {
  const whole = name !== 'LOG'
  const list = [product(cursor, whole)]
  while (take(cursor, ',')) list.push(product(cursor, whole))
  if (!take(cursor, ')')) return NaN
  const [first = NaN, second, third = NaN] = list
  switch (name) {
    case 'LEAST':
      return Math.min(...list)
    case 'GREATEST':
      return Math.max(...list)
    case 'SUM':
      return list.reduce((sum, value) => sum + value, 0)
    case 'IF':
      return first ? (second ?? NaN) : third
    case 'LOG':
      return Math.round(Math.log(first) / Math.log(second ?? 2))
    default:
      return NaN
  }
}

function take(cursor: Cursor, token: string): boolean {
  if (cursor.tokens[cursor.at] !== token) return false
  cursor.at++
  return true
}
