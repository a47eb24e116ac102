import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Condition, conditionRefs, formatCondition } from './condition.ts'
import { parseCondition } from './parse-condition.ts'

const alarm = (ref: string, state: 'ALARM' | 'CRITICAL' | 'OK' | 'INSUFFICIENT_DATA' = 'ALARM'): Condition => ({ op: 'state', state, ref })
const read = (text: string): Condition => {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw parsed.error
  return parsed.condition
}

describe('reads', () => {
  const cases: readonly [text: string, condition: Condition][] = [
    ['ALARM("main/ec2.cpu")', alarm('main/ec2.cpu')],
    ['alarm( main/ec2.cpu )', alarm('main/ec2.cpu')],
    ['OK(arn:aws:cloudwatch:eu-west-1:1:alarm:x)', alarm('arn:aws:cloudwatch:eu-west-1:1:alarm:x', 'OK')],
    ['CRITICAL("a b, (c)")', alarm('a b, (c)', 'CRITICAL')],
    ['INSUFFICIENT_DATA("say \\"no\\" \\\\")', alarm('say "no" \\', 'INSUFFICIENT_DATA')],
    ['ALARM(NOT)', alarm('NOT')],
    ['True', { op: 'constant', value: true }],
    ['false', { op: 'constant', value: false }],
    ['NOT ALARM(a)', { op: 'not', of: alarm('a') }],
    ['NOT NOT ALARM(a)', { op: 'not', of: { op: 'not', of: alarm('a') } }],
    ['ALARM(a) OR ALARM(b) AND NOT ALARM(c)', { op: 'or', of: [alarm('a'), { op: 'and', of: [alarm('b'), { op: 'not', of: alarm('c') }] }] }],
    ['(ALARM(a) OR ALARM(b)) AND ALARM(c)', { op: 'and', of: [{ op: 'or', of: [alarm('a'), alarm('b')] }, alarm('c')] }],
    ['ALARM(a)\nand\tALARM(b) AND ALARM(c)', { op: 'and', of: [alarm('a'), alarm('b'), alarm('c')] }],
    ['AT_LEAST(2, ALARM(a), ALARM(b) OR OK(c), NOT OK(d))', { op: 'atLeast', count: 2, of: [alarm('a'), { op: 'or', of: [alarm('b'), alarm('c', 'OK')] }, { op: 'not', of: alarm('d', 'OK') }] }],
    ['AT_LEAST(2, ALARM, (a, "b", c))', { op: 'atLeast', count: 2, of: [alarm('a'), alarm('b'), alarm('c')] }],
    ['AT_LEAST(60%, NOT OK, (a, b, c))', { op: 'atLeast', count: 2, of: ['a', 'b', 'c'].map((ref) => ({ op: 'not', of: alarm(ref, 'OK') })) }],
    ['AT_LEAST("50%", ALARM, (a, b, c, d))', { op: 'atLeast', count: 2, of: [alarm('a'), alarm('b'), alarm('c'), alarm('d')] }],
    ['AT_LEAST(1%, ALARM, (a, b))', { op: 'atLeast', count: 1, of: [alarm('a'), alarm('b')] }],
    ['AT_LEAST(100%, ALARM, (a, b))', { op: 'atLeast', count: 2, of: [alarm('a'), alarm('b')] }],
  ]
  it.each(cases)('%s', (text, condition) => {
    expect(read(text)).toEqual(condition)
  })

  it('a share exactly, though 7 % of 100 is not exact in binary', () => {
    const refs = Array.from({ length: 100 }, (_, index) => `a${index}`)
    expect(read(`AT_LEAST(7%, ALARM, (${refs.join(',')}))`)).toMatchObject({ count: 7 })
  })

  it('any number of groups side by side, up to the limit of operands', () => {
    const groups = Array.from({ length: 60 }, () => '(TRUE)').join(' OR ')
    expect(read(groups)).toMatchObject({ op: 'or', of: { length: 60 } })
    expect(read(Array.from({ length: 500 }, () => 'TRUE').join(' AND '))).toMatchObject({ of: { length: 500 } })
  })
})

describe('refuses', () => {
  const cases: readonly [text: string, position: number, message: string, fix?: string][] = [
    ['', 0, 'a condition expected and the end found at character 1 of the condition'],
    ['   ', 3, 'a condition expected and the end found'],
    ['ALARM("a") AND', 14, 'a condition expected and the end found at character 15'],
    ['ALARM("a") ALARM("b")', 11, 'AND, OR or the end expected and "ALARM" found'],
    ['ALRAM("a")', 0, 'a condition expected and "ALRAM" found', 'did you mean "ALARM"?'],
    ['ALARM "a"', 6, '"(" expected and "a" found'],
    ['ALARM("a"', 9, '")" expected and the end found'],
    ['ALARM()', 6, 'the name of an alert expected and ")" found'],
    ['ALARM("")', 6, 'the name of an alert expected'],
    ['ALARM("a") AND "b', 15, 'a quote that is not closed'],
    ['(ALARM(a)', 9, '")" expected and the end found'],
    ['ALARM(a))', 8, 'AND, OR or the end expected and ")" found'],
    ['AND ALARM(a)', 0, 'a condition expected and "AND" found'],
    ['AT_LEAST(two, ALARM(a))', 9, 'a number such as 2 or 50% expected and "two" found'],
    ['AT_LEAST(0, ALARM(a))', 9, 'at least 0 of 1 can never be wrong or never be right'],
    ['AT_LEAST(3, ALARM(a), ALARM(b))', 9, 'at least 3 of 2', 'choose from 1 to 2'],
    ['AT_LEAST(0%, ALARM, (a, b))', 9, 'at least 0% of 2'],
    ['AT_LEAST(101%, ALARM, (a, b))', 9, 'at least 101% of 2'],
    ['AT_LEAST(1, ALARM, a)', 19, '"(" expected and "a" found'],
    ['AT_LEAST(1, ALARM, ())', 20, 'the name of an alert expected'],
    ['AT_LEAST(1)', 10, '"," expected and ")" found'],
    [`${'('.repeat(60)}TRUE${')'.repeat(60)}`, 50, 'more than 50 levels of nesting'],
    [`${'NOT '.repeat(60)}TRUE`, 200, 'more than 50 levels of nesting'],
    [Array.from({ length: 501 }, () => 'TRUE').join(' OR '), 4_000, 'more than 500 operands'],
    [`ALARM(${'x'.repeat(10_240)})`, 10_240, 'more than 10240 characters'],
  ]
  it.each(cases)('%.60s', (text, position, message, fix) => {
    const parsed = parseCondition(text)
    if (parsed.ok) throw new Error('was read')
    expect(parsed.position).toBe(position)
    expect(parsed.error.message).toContain(message)
    expect(parsed.error.code).toBe('E103')
    if (fix !== undefined) expect(parsed.error.fix).toContain(fix)
  })
})

const ref = fc.oneof(fc.constantFrom('main/ec2.cpu', 'a b', 'x"y\\', 'NOT', '(,)'), fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== ''))
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constant('state' as const), state: fc.constantFrom('ALARM' as const, 'CRITICAL' as const, 'OK' as const, 'INSUFFICIENT_DATA' as const), ref }),
    fc.record({ op: fc.constant('constant' as const), value: fc.boolean() }),
    fc.record({ op: fc.constant('not' as const), of: tie('condition') }),
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }) }),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).chain((of) => fc.record({ op: fc.constant('atLeast' as const), count: fc.integer({ min: 1, max: of.length }), of: fc.constant(of) })),
  ),
}))

it('reads back what it writes', () => {
  fc.assert(
    fc.property(condition, (condition) => {
      expect(read(formatCondition(condition))).toEqual(condition)
    }),
  )
})

it('never throws, whatever the text', () => {
  const pieces = fc.array(fc.constantFrom('ALARM', '(', ')', ',', '"', '\\', 'AT_LEAST', 'NOT', 'AND', 'OR', '2', '50%', 'a', ' ', '\n', '🙂'), { maxLength: 40 })
  fc.assert(
    fc.property(pieces, (pieces) => {
      const text = pieces.join('')
      const parsed = parseCondition(text)
      if (!parsed.ok) expect(parsed.position).toBeLessThanOrEqual(text.length)
    }),
  )
})

it('lists what a condition refers to, once', () => {
  expect(conditionRefs(read('ALARM(a) AND NOT OK(b) OR AT_LEAST(1, ALARM, (a, c)) OR TRUE'))).toEqual(['a', 'b', 'c'])
})
