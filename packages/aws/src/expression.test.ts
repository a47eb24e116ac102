import { describe, expect, it } from 'vitest'
import { parseExpression } from './expression.ts'

const of = (text: string, values: Record<string, number> = {}): number | undefined => parseExpression(text).value(values)

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 2', 5],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['-2 * -3', 6],
    ['2 - -1', 3],
    ['2 ^ -1', 0.5],
    ['1.5e3', 1_500],
    ['abs(-4) + ceil(1.2) + FLOOR(1.8)', 7],
    ['MAX(1, 5, 3) - MIN(4, 2) + SUM(1, 2, 3) / AVG(2, 4)', 5],
  ])('%s is %d', (text, value) => {
    expect(of(text)).toBe(value)
  })

  it('reads metrics by name', () => {
    expect(of('errors / invocations * 100', { errors: 3, invocations: 60 })).toBe(5)
    expect(parseExpression('a + b / a + FILL(c, 0) + SUM(a, d)')).toMatchObject({ inputs: ['a', 'b', 'c', 'd'], required: ['a', 'b'] })
  })

  it('has no value where a metric is missing, and where it would be infinite or none', () => {
    expect(of('a + b', { a: 1 })).toBeUndefined()
    expect(of('-a')).toBeUndefined()
    expect(of('ABS(a)')).toBeUndefined()
    expect(of('a / b', { a: 1, b: 0 })).toBeUndefined()
    expect(of('a / b', { a: 0, b: 0 })).toBeUndefined()
  })

  it('fills what is missing, and aggregates what is there', () => {
    expect(of('FILL(a, 7) + b', { b: 1 })).toBe(8)
    expect(of('FILL(a, 7)', { a: 0 })).toBe(0)
    expect(of('SUM(a, b, c)', { a: 1, c: 2 })).toBe(3)
    expect(of('MAX(a, b)')).toBeUndefined()
  })

  it.each([
    ['', 'a metric, a number or a bracket was expected, at the end'],
    ['a b', 'the end was expected, at "b" (3)'],
    ['(a', '")" was expected, at the end'],
    ['a + * b', 'a metric, a number or a bracket was expected, at "*" (5)'],
    ['a % b', 'no part of an expression, at "%" (2)'],
    ['NOPE(a)', 'there is no function NOPE, at "NOPE" (1)'],
    ['FILL(a)', 'FILL takes 2, not 1, at "FILL" (1)'],
    ['ABS(a, b)', 'ABS takes 1, not 2, at "ABS" (1)'],
  ])('refuses "%s"', (text, fix) => {
    expect(() => parseExpression(text)).toThrow(expect.objectContaining({ code: 'E103', fix }))
  })

  it('knows no name of an object by chance', () => {
    expect(of('constructor + 1')).toBeUndefined()
    expect(() => parseExpression('toString(a)')).toThrow('is not an expression')
  })
})
