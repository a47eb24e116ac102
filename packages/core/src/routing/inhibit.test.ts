import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileInhibitRules, type InhibitCandidate, type InhibitRule, type InhibitTimers } from './inhibit.ts'

const is = (name: string, value: string) => [{ name, type: '=' as const, value }]
const alert = (fingerprint: string, labels: Record<string, string>, over: Partial<InhibitCandidate> = {}): InhibitCandidate => ({ fingerprint, labels, phase: 'firing', level: 'warning', ...over })
const rule = (over: Partial<InhibitRule> = {}): InhibitRule => ({ name: 'power', source: is('kind', 'power'), target: is('kind', 'host'), equal: ['rack'], ...over })
const verdicts = (rules: readonly InhibitRule[], alerts: readonly InhibitCandidate[]) => Object.fromEntries(compileInhibitRules(rules)(alerts, {}, 0).inhibited)

const power = (fingerprint: string, over: Partial<InhibitCandidate> = {}) => alert(fingerprint, { kind: 'power', rack: '1' }, over)
const host = alert('h', { kind: 'host', rack: '1' })

describe('a source', () => {
  it.each([
    ['firing', true],
    ['recovering', true],
    ['pending', false],
    ['inactive', false],
  ] as const)('that is %s counts: %s', (phase, counts) => {
    expect('h' in verdicts([rule()], [power('p', { phase }), host])).toBe(counts)
  })

  it('is named with the rule', () => {
    expect(verdicts([rule()], [power('p'), host])).toEqual({ h: { reason: 'source', rule: 'power', sources: ['p'] } })
  })

  it('of several that resolves leaves the others', () => {
    const resolved = power('a', { phase: 'inactive', level: 'none' })
    expect(verdicts([rule()], [power('a'), power('b'), host])['h']?.sources).toEqual(['a'])
    expect(verdicts([rule()], [resolved, power('b'), host])['h']?.sources).toEqual(['b'])
    expect(verdicts([rule()], [resolved, host])).toEqual({})
  })

  it('that is inhibited itself still inhibits', () => {
    const chain = [rule({ name: 'one', source: is('kind', 'grid'), target: is('kind', 'power'), equal: [] }), rule({ name: 'two' })]
    expect(verdicts(chain, [alert('g', { kind: 'grid' }), power('p'), host])).toMatchObject({ p: { rule: 'one' }, h: { rule: 'two', sources: ['p'] } })
  })

  it('must be on hand for every side of a rule', () => {
    const both = rule({ alsoSources: [{ source: is('kind', 'cooling'), equal: ['hall'] }] })
    const target = alert('h', { kind: 'host', rack: '1', hall: 'x' })
    const cooling = (hall: string) => alert('c', { kind: 'cooling', hall })
    expect(verdicts([both], [power('p'), target])).toEqual({})
    expect(verdicts([both], [power('p'), cooling('y'), target])).toEqual({})
    expect(verdicts([both], [power('p'), cooling('x'), target])).toEqual({ h: { reason: 'source', rule: 'power', sources: ['p', 'c'] } })
  })
})

describe('equal', () => {
  const cases: readonly [source: Record<string, string>, target: Record<string, string>, differ: boolean, match: boolean][] = [
    [{ rack: '1' }, { rack: '1' }, true, true],
    [{ rack: '1' }, { rack: '2' }, false, false],
    [{ rack: '1' }, {}, false, false],
    [{}, { rack: '1' }, false, false],
    [{}, {}, false, true],
    [{ rack: '' }, {}, false, true],
  ]
  it.each(cases)('of source %j and target %j: %s by default, %s with match', (source, target, differ, match) => {
    const alerts = [alert('p', { kind: 'power', ...source }), alert('h', { kind: 'host', ...target })]
    expect('h' in verdicts([rule()], alerts)).toBe(differ)
    expect('h' in verdicts([rule({ equalMissing: 'match' })], alerts)).toBe(match)
  })

  it('does not mix the values of two labels up', () => {
    const two = rule({ equal: ['a', 'b'] })
    expect(verdicts([two], [alert('p', { kind: 'power', a: '1","2', b: '3' }), alert('h', { kind: 'host', a: '1', b: '2","3' })])).toEqual({})
  })

  it('knows labels with the names of object properties', () => {
    const odd = rule({ equal: ['constructor'] })
    expect(verdicts([odd], [alert('p', { kind: 'power' }), alert('h', { kind: 'host' })])).toEqual({})
    expect('h' in verdicts([odd], [alert('p', { kind: 'power', constructor: 'x' }), alert('h', { kind: 'host', constructor: 'x' })])).toBe(true)
  })
})

describe('a target that is on the source side too', () => {
  const mutual = rule({ name: 'any', source: [], target: is('kind', 'host') })
  it('is not inhibited by its like, nor by itself', () => {
    expect(verdicts([mutual], [host, alert('i', { kind: 'host', rack: '1' })])).toEqual({})
  })
  it('is inhibited by a source of another kind, whichever fingerprint is smaller', () => {
    expect(verdicts([mutual], [host, alert('a', { kind: 'host', rack: '1' }), power('p')])).toMatchObject({ h: { sources: ['p'] }, a: { sources: ['p'] } })
  })
})

it('names the first rule that holds a target back', () => {
  expect(verdicts([rule({ name: 'z' }), rule({ name: 'a' })], [power('p'), host])['h']?.rule).toBe('z')
})

it('refuses two rules with one name', () => {
  expect(() => compileInhibitRules([rule(), rule({ equal: [] })])).toThrow('two inhibit rules are named "power"')
})

describe('periods', () => {
  const timed = [rule({ waitFor: 20, releaseAfter: 30 })]
  const quiet = { phase: 'inactive', level: 'none' } as const
  const play = (moments: readonly (readonly [at: number, source: boolean, level: InhibitCandidate['level'], rules?: readonly InhibitRule[]])[]) => {
    let timers: InhibitTimers = {}
    return moments.map(([at, source, level, rules = timed]) => {
      const alerts = [power('p', source ? {} : quiet), { ...host, level, phase: level === 'none' ? ('inactive' as const) : ('firing' as const) }]
      const result = compileInhibitRules(rules)(alerts, timers, at)
      timers = JSON.parse(JSON.stringify(result.timers)) as InhibitTimers
      return result.inhibited.get('h')?.reason ?? (result.nextAt === undefined ? '-' : 'lost')
    })
  }
  it('hold a new alert back until its source has had time to appear', () => {
    expect(play([[0, false, 'none'], [10, false, 'warning'], [29, false, 'warning'], [30, false, 'warning']])).toEqual(['-', 'waitFor', 'waitFor', '-'])
    expect(play([[10, false, 'warning'], [20, true, 'warning'], [100, true, 'warning'], [110, false, 'warning'], [139, false, 'warning'], [140, false, 'warning']])).toEqual(['waitFor', 'source', 'source', 'releaseAfter', 'releaseAfter', '-'])
  })
  it('are discarded when the rule is replaced', () => {
    const other = [rule({ waitFor: 20, releaseAfter: 30, equal: [] })]
    expect(play([[0, false, 'warning'], [10, false, 'warning', other]])).toEqual(['waitFor', '-'])
    expect(play([[0, true, 'warning'], [10, false, 'warning', other]])).toEqual(['source', '-'])
  })
  it('say when they end, and leave no memory of targets at rest', () => {
    const inhibitor = compileInhibitRules(timed)
    const first = inhibitor([host, alert('i', { kind: 'host', rack: '2' })], {}, 5)
    expect(first.nextAt).toBe(25)
    expect(Object.keys(first.timers)).toEqual(['h', 'i'])
    const ended = inhibitor([{ ...host, ...quiet }], first.timers, 10)
    expect(ended.inhibited.get('h')?.reason).toBe('waitFor')
    expect(inhibitor([{ ...host, ...quiet }], ended.timers, 30).timers).toEqual({})
    expect(compileInhibitRules([rule()])([power('p'), host], {}, 0).timers).toEqual({})
  })
})

const label = fc.constantFrom('', '1', '2')
const labels = fc.record({ kind: fc.constantFrom('power', 'host', 'both'), rack: label, hall: label }, { requiredKeys: [] })
const alerts = fc
  .array(fc.record({ labels, phase: fc.constantFrom('inactive' as const, 'pending' as const, 'firing' as const, 'recovering' as const), level: fc.constantFrom('none' as const, 'warning' as const) }), { maxLength: 30 })
  .map((all) => all.map((one, index) => ({ ...one, fingerprint: `f${index}` })))
const side = fc.constantFrom(is('kind', 'power'), is('kind', 'host'), [{ name: 'kind', type: '!=' as const, value: 'both' }], [])
const rules = fc
  .array(fc.record({ source: side, target: side, equal: fc.subarray(['rack', 'hall']), equalMissing: fc.constantFrom('differ' as const, 'match' as const), waitFor: fc.constantFrom(0, 10) }), { maxLength: 3 })
  .map((all) => all.map((one, index) => ({ ...one, name: `r${index}` })))

it('does not depend on the order of alerts', () => {
  fc.assert(
    fc.property(rules, alerts, fc.func(fc.integer()), (rules, alerts, order) => {
      const inhibitor = compileInhibitRules(rules)
      const shuffled = [...alerts].sort((a, b) => order(a.fingerprint) - order(b.fingerprint))
      const [one, other] = [inhibitor(alerts, {}, 0), inhibitor(shuffled, {}, 0)]
      expect(Object.fromEntries(other.inhibited)).toEqual(Object.fromEntries(one.inhibited))
      expect(other.timers).toEqual(one.timers)
    }),
  )
})

it('is what comparing every alert with every other gives', () => {
  const matches = (matchers: InhibitRule['source'], labels: InhibitCandidate['labels']) => matchers.every(({ name, type, value }) => ((labels[name] ?? '') === value) === (type === '='))
  fc.assert(
    fc.property(rules, alerts, (rules, alerts) => {
      const plain = rules.map((one) => ({ ...one, waitFor: 0 }))
      const { inhibited } = compileInhibitRules(plain)(alerts, {}, 0)
      for (const target of alerts) {
        const expected = plain.some(({ source, target: targets, equal, equalMissing }) =>
          alerts.some(
            (other) =>
              matches(targets, target.labels) &&
              (other.phase === 'firing' || other.phase === 'recovering') &&
              matches(source, other.labels) &&
              !(matches(source, target.labels) && matches(targets, other.labels)) &&
              equal.every((name) => (other.labels[name as 'rack'] ?? '') === (target.labels[name as 'rack'] ?? '') && (equalMissing === 'match' || (target.labels[name as 'rack'] ?? '') !== '')),
          ),
        )
        expect(inhibited.has(target.fingerprint)).toBe(expected)
      }
    }),
  )
})

it('looks at each alert a fixed number of times, not at each pair', () => {
  let reads = 0
  const counted = (labels: Record<string, string>): Record<string, string> => {
    const seen = new Proxy(labels, { get: (own, name: string) => ((reads += 1), own[name]) })
    return seen
  }
  const many = Array.from({ length: 10_000 }, (_, index) => alert(`f${index}`, counted({ kind: index % 2 === 0 ? 'power' : 'host', rack: String(index % 100) })))
  const { inhibited } = compileInhibitRules([rule()])(many, {}, 0)
  expect(inhibited.size).toBe(0)
  expect(reads).toBeLessThan(10_000 * 10)
  expect(verdicts([rule({ equal: [] })], many)['f9999']?.sources).toEqual(['f0'])
})
