import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Health } from '../model/alert.ts'
import type { Level } from '../model/level.ts'
import { aResource, aSubject } from '../testing/builders.ts'
import { judgeComposite, type OperandAlert, refsOf, type Truth } from './composite.ts'
import { parseCondition } from './parse-condition.ts'

const ok = (level: Level): OperandAlert => ({ level, health: 'ok' })
const ALERTS: Readonly<Record<string, readonly OperandAlert[]>> = {
  on: [ok('warning')],
  red: [ok('critical')],
  off: [ok('none')],
  noData: [{ level: 'none', health: 'noData' }],
  heldRed: [{ level: 'critical', health: 'error' }],
  someOn: [ok('none'), ok('warning'), { level: 'none', health: 'noData' }],
  someDark: [ok('none'), { level: 'none', health: 'warmingUp' }],
  nothing: [],
}
const judge = (text: string) => {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw parsed.error
  return judgeComposite(parsed.condition, 'critical', (ref) => ALERTS[ref] ?? [], 1_000)
}

describe('an operand', () => {
  const cases: readonly [ref: string, alarm: Truth, critical: Truth, insufficient: boolean][] = [
    ['on', true, false, false],
    ['red', true, true, false],
    ['off', false, false, false],
    ['noData', 'unknown', 'unknown', true],
    ['heldRed', 'unknown', 'unknown', true],
    ['someOn', true, 'unknown', false],
    ['someDark', 'unknown', 'unknown', true],
    ['nothing', 'unknown', 'unknown', true],
  ]
  it.each(cases)('%s is on: %s, red: %s, without data: %s', (ref, alarm, critical, insufficient) => {
    expect(judge(`ALARM(${ref})`).truth).toBe(alarm)
    expect(judge(`OK(${ref})`).truth).toBe(alarm === 'unknown' ? 'unknown' : !alarm)
    expect(judge(`CRITICAL(${ref})`).truth).toBe(critical)
    expect(judge(`INSUFFICIENT_DATA(${ref})`).truth).toBe(insufficient)
  })

  it.each(['warmingUp', 'noData', 'error', 'paused'] satisfies Health[])('whose health is %s is unknown', (health) => {
    expect(judgeComposite({ op: 'state', state: 'ALARM', ref: 'x' }, 'warning', () => [{ level: 'warning', health }], 0).truth).toBe('unknown')
  })
})

describe('three values', () => {
  const T = 'ALARM(on)'
  const F = 'ALARM(off)'
  const U = 'ALARM(noData)'
  const cases: readonly [text: string, truth: Truth][] = [
    [`${T} AND ${T}`, true],
    [`${T} AND ${F}`, false],
    [`${T} AND ${U}`, 'unknown'],
    [`${F} AND ${U}`, false],
    [`${U} AND ${U}`, 'unknown'],
    [`${T} OR ${U}`, true],
    [`${F} OR ${U}`, 'unknown'],
    [`${F} OR ${F}`, false],
    [`NOT ${U}`, 'unknown'],
    [`NOT ${T}`, false],
    [`AT_LEAST(2, ${T}, ${T}, ${U})`, true],
    [`AT_LEAST(2, ${T}, ${F}, ${U})`, 'unknown'],
    [`AT_LEAST(2, ${F}, ${F}, ${U})`, false],
    [`AT_LEAST(2, ${U}, ${U}, ${F})`, 'unknown'],
    [`TRUE AND NOT FALSE`, true],
  ]
  it.each(cases)('%s is %s', (text, truth) => {
    expect(judge(text).truth).toBe(truth)
  })
})

describe('the judgement', () => {
  it('breaches the level while the condition holds', () => {
    expect(judge('ALARM(on)').judgement).toEqual({ at: 1_000, value: 1, breaches: 'critical', reason: 'ALARM("on")' })
    expect(judge('ALARM(off)').judgement).toEqual({ at: 1_000, value: 0, breaches: 'none', reason: 'not ALARM("off")' })
    expect(judgeComposite({ op: 'constant', value: true }, 'warning', () => [], 5).judgement).toMatchObject({ at: 5, breaches: 'warning' })
  })

  it('is missing while the truth is unknown: unknown never fires and never resolves', () => {
    expect(judge('ALARM(noData)')).toEqual({ truth: 'unknown', deciders: [{ operand: 'ALARM("noData")', truth: 'unknown' }], reason: 'ALARM("noData") is unknown' })
  })
})

describe('the reason', () => {
  it.each([
    ['ALARM(on) AND NOT ALARM(off)', 'ALARM("on"), not ALARM("off")'],
    ['ALARM(on) AND NOT ALARM(red)', 'ALARM("red")'],
    ['ALARM(on) AND ALARM(off) AND ALARM(noData)', 'not ALARM("off")'],
    ['ALARM(off) OR ALARM(on) OR CRITICAL(red)', 'ALARM("on"), CRITICAL("red")'],
    ['ALARM(off) OR ALARM(noData)', 'ALARM("noData") is unknown'],
    ['AT_LEAST(1, ALARM(off), ALARM(on), ALARM(on))', 'ALARM("on")'],
    ['ALARM(a) OR ALARM(b) OR ALARM(c) OR ALARM(d) OR ALARM(e) OR ALARM(f)', 'ALARM("a") is unknown, ALARM("b") is unknown, ALARM("c") is unknown, ALARM("d") is unknown and 2 more'],
    ['FALSE', 'not FALSE'],
  ])('of %s names what decided: %s', (text, reason) => {
    expect(judge(text).reason).toBe(reason)
  })
})

it('names an alert by its monitor, its rule, and the rule with the id or the name of its resource', () => {
  const refs = (id: string, name: string) => [...refsOf(aSubject({ monitor: 'main', rule: 'ec2.cpu', resource: aResource({ id, name }) }))]
  expect(refs('i-1', 'web')).toEqual(['main', 'main/ec2.cpu', 'main/ec2.cpu/i-1', 'main/ec2.cpu/web'])
  expect(refs('i-2', 'i-2')).toEqual(['main', 'main/ec2.cpu', 'main/ec2.cpu/i-2'])
})

/** Unknown means that the operands could still decide either way: whatever they turn out to be, a known result stands. */
it('keeps a known result whatever the unknown turns out to be', () => {
  const leaf = fc.constantFrom('a', 'b', 'c', 'd').map((ref) => `ALARM(${ref})`)
  const { text } = fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('text').map((one) => `NOT (${one})`),
      fc.tuple(fc.constantFrom(' AND ', ' OR '), tie('text'), tie('text')).map(([op, one, other]) => `(${one}${op}${other})`),
      fc.array(tie('text'), { minLength: 2, maxLength: 3 }).map((all) => `AT_LEAST(2, ${all.join(', ')})`),
    ),
  }))
  const truths = fc.record({ a: fc.constantFrom<Truth>(true, false, 'unknown'), b: fc.constantFrom<Truth>(true, false, 'unknown'), c: fc.boolean(), d: fc.boolean() })
  fc.assert(
    fc.property(text, truths, fc.record({ a: fc.boolean(), b: fc.boolean() }), (text, truths, turnsOut) => {
      const parsed = parseCondition(text)
      if (!parsed.ok) return
      const given = (truth: Truth): readonly OperandAlert[] => [truth === 'unknown' ? { level: 'none', health: 'noData' } : ok(truth ? 'warning' : 'none')]
      const before = judgeComposite(parsed.condition, 'warning', (ref) => given(truths[ref as 'a']), 0).truth
      const known = { ...truths, a: truths.a === 'unknown' ? turnsOut.a : truths.a, b: truths.b === 'unknown' ? turnsOut.b : truths.b }
      const after = judgeComposite(parsed.condition, 'warning', (ref) => given(known[ref as 'a']), 0).truth
      expect(after).not.toBe('unknown')
      if (before !== 'unknown') expect(after).toBe(before)
    }),
  )
})
