import { readFileSync } from 'node:fs'
import { threshold } from '@tocsin/evaluator-threshold'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { flapPercent, STANDARD_FLAP_LINES } from '../../../packages/core/src/alerting/flapping.ts'
import { type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import { decideWindow } from '../../../packages/core/src/alerting/window.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import { defaultRange, MISSING_MODES } from '../../../packages/core/src/model/occurrences.ts'
import { decide } from '../../../packages/core/src/routing/decide.ts'
import { stepSuppression, type SuppressionState } from '../../../packages/core/src/routing/suppression-timer.ts'
import { aSeries } from '../../../packages/core/src/testing/builders.ts'
import { SHIFTS } from '../mutations.ts'

const MINUTE = 60_000
const BASE = Date.UTC(2026, 2, 1, 12)
const read = <Shape extends z.ZodRawShape>(name: string, shape: Shape) => z.strictObject(shape).parse(JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')))
const now = { for: 0, keepFiringFor: 0 }
const policyOf = (over: Partial<AlertPolicy> = {}): AlertPolicy => ({ levels: ['warning', 'critical'], warning: now, critical: now, worse: 'high', staleAfter: 2, ...over })

const numbers = z.array(z.number())
const words = z.array(z.enum(['OK', 'INFO', 'WARNING', 'CRITICAL', 'WARN', 'CRIT']))
const { kapacitorDoc, icingaFlap, alertmanagerNeedsUpdate } = read('levels-flap-dedup', {
  kapacitorDoc: z.strictObject({ values: numbers, info: numbers, warn: numbers, crit: numbers, kapacitor: words, oursWarnCritOnly: words }),
  icingaFlap: z.strictObject({
    buffer: z.literal(20),
    weight: z.string(),
    high: z.number(),
    low: z.number(),
    docSequence: z.string(),
    value: z.number(),
    flapping: z.boolean(),
    thenStable7: z.strictObject({ value: z.number(), flapping: z.boolean() }),
  }),
  alertmanagerNeedsUpdate: z.strictObject({
    source: z.string(),
    cases: z.array(
      z.strictObject({
        entry: z.strictObject({ firing: numbers, ageMin: z.union([z.number(), z.literal('zero-timestamp')]).default('zero-timestamp') }).nullable(),
        firing: numbers,
        resolved: numbers,
        repeatMin: z.number().default(0),
        send: z.boolean(),
      }),
    ),
  }),
})

describe('levels', () => {
  const SHOWN = { none: 'OK', warning: 'WARN', critical: 'CRIT' } as const
  const lines = { warning: kapacitorDoc.warn[0] ?? NaN, critical: kapacitorDoc.crit[0] ?? NaN, clear: { warning: kapacitorDoc.warn[1] ?? NaN, critical: kapacitorDoc.crit[1] ?? NaN } }

  it.each(SHIFTS)('are those of the example, %d ms later', (shift) => {
    const metric = { name: 'cpu', unit: 'count', worse: 'high', help: '' } as const
    const series = { ...aSeries(kapacitorDoc.values), timestamps: Float64Array.from(kapacitorDoc.values, (_, index) => BASE + shift + index * MINUTE) }
    let state = newAlert
    const levels = Array.from(threshold(lines).evaluator.evaluate(series, { metric, state: undefined }).judgements, (judgement) => {
      state = reduceAlert(state, { type: 'judged', judgement, period: MINUTE }, policyOf(), 'f').state
      return SHOWN[state.level]
    })
    expect(levels).toEqual(kapacitorDoc.oursWarnCritOnly)
  })

  it('are those of Kapacitor but for the fall from critical, which passes through warning', () => {
    const ours: Readonly<Record<string, string>> = { OK: 'OK', INFO: 'OK', WARNING: 'WARN', CRITICAL: 'CRIT' }
    const different = kapacitorDoc.kapacitor.flatMap((word, index) => (ours[word] === kapacitorDoc.oursWarnCritOnly[index] ? [] : [index]))
    expect(different.map((index) => [kapacitorDoc.kapacitor[index - 1], kapacitorDoc.kapacitor[index], kapacitorDoc.oursWarnCritOnly[index]])).toEqual([['CRITICAL', 'INFO', 'WARN']])
  })
})

describe('flapping', () => {
  const LEVELS = { O: 'none', W: 'warning', C: 'critical' } as const
  const after = (sequence: string, shift: number): AlertState =>
    z
      .array(z.enum(['O', 'W', 'C']))
      .parse(sequence.split(''))
      .reduce((state, letter, index) => reduceAlert(state, { type: 'judged', judgement: { at: BASE + shift + index * MINUTE, value: 0, breaches: LEVELS[letter], reason: letter }, period: MINUTE }, policyOf(), 'f').state, newAlert)

  it('begins above and ends at or below the lines', () => {
    expect(STANDARD_FLAP_LINES).toEqual({ enter: icingaFlap.high, leave: icingaFlap.low })
  })

  it.each(SHIFTS)('is that of the example, %d ms later', (shift) => {
    const state = after(icingaFlap.docSequence, shift)
    expect({ value: flapPercent(state.changed), flapping: state.flapping }).toEqual({ value: icingaFlap.value, flapping: icingaFlap.flapping })
    const stable = after(icingaFlap.docSequence + icingaFlap.docSequence.slice(-1).repeat(7), shift)
    expect({ value: flapPercent(stable.changed), flapping: stable.flapping }).toEqual(icingaFlap.thenStable7)
  })

  it('weighs as it says', () => {
    // One change in twenty evaluations is a weight of that many twentieths, in percent: five times the weight.
    for (let i = 0; i < icingaFlap.buffer; i++) expect(flapPercent(1 << (icingaFlap.buffer - 1 - i))).toBeCloseTo(5 * (0.8 + 0.02 * i), 9)
  })
})

describe('whether a receiver is told', () => {
  it.each(alertmanagerNeedsUpdate.cases)('$entry, $firing fire, $resolved have ended: $send', ({ entry, firing, resolved, repeatMin, send }) => {
    for (const shift of SHIFTS) {
      const at = entry?.ageMin === 'zero-timestamp' ? 0 : BASE + shift - (entry?.ageMin ?? 0) * MINUTE
      const decision = decide({
        entry: entry === null ? undefined : { firing: Object.fromEntries(entry.firing.map((alert) => [`${alert}`, { level: 'critical', episodeId: 'e', fires: 1 }])), resolved: [], at },
        firing: new Map(firing.map((alert) => [`${alert}`, 'critical'])),
        firingInAll: firing.length,
        resolved: new Set(resolved.map(String)),
        now: BASE + shift,
        repeatInterval: repeatMin * MINUTE,
        sendResolved: true,
      })
      expect(decision !== 'nothing').toBe(send)
    }
  })
})

const verdicts = z.enum(['OK', 'ALARM', 'RETAIN', 'INSUFFICIENT_DATA'])
const mode = z.enum(MISSING_MODES)
const changes = z.array(z.tuple([z.string().transform((time) => Number(time.slice(1))), z.enum(['OK', 'ALARM'])]))
const { N, evaluationRange, tables, prose, suppression } = read('cloudwatch-missing-data', {
  source: z.string(),
  legend: z.record(z.string(), z.string()),
  N: z.int(),
  evaluationRange: z.int(),
  tables: z.array(z.strictObject({ M: z.int(), rows: z.array(z.strictObject({ points: z.string(), missing: verdicts, ignore: verdicts, breaching: verdicts, notBreaching: verdicts })) })),
  prose: z.array(z.strictObject({ M: z.int(), mode, points: z.string(), not: z.literal('ALARM') })),
  suppression: z.strictObject({
    WaitPeriod: z.int(),
    ExtensionPeriod: z.int(),
    scenarios: z.array(z.strictObject({ id: z.int(), composite: changes, suppressor: changes, actionsAt: z.array(z.string().transform((time) => Number(time.slice(1)))) })),
  }),
})

describe('missing data', () => {
  const slots = (points: string): string => points.replaceAll(' ', '').replaceAll('X', 'c')
  const cells = tables.flatMap(({ M, rows }) => rows.flatMap((row) => MISSING_MODES.map((how) => ({ M, points: row.points, mode: how, expected: row[how] }))))

  /** The state of an alarm that was well or not for a whole range before the points came. */
  function replay(M: number, points: string, missing: z.output<typeof mode>, before: '0' | 'X', shift: number): z.output<typeof verdicts> {
    const policy = policyOf({ levels: ['critical'], occurrences: { hot: M, of: N, range: evaluationRange }, missing })
    const letters = (before.repeat(evaluationRange) + points.replaceAll(' ', '')).split('')
    const { health, level } = letters.reduce<AlertState>((state, letter, index) => {
      const at = BASE + shift + index * MINUTE
      const event: AlertEvent = letter === '-' ? { type: 'missing', at, period: MINUTE } : { type: 'judged', judgement: { at, value: 0, breaches: letter === 'X' ? 'critical' : 'none', reason: letter }, period: MINUTE }
      return reduceAlert(state, event, policy, 'f').state
    }, newAlert)
    return health === 'noData' ? 'INSUFFICIENT_DATA' : level === 'none' ? 'OK' : 'ALARM'
  }

  it('is about the default range', () => {
    expect(defaultRange(N)).toBe(evaluationRange)
  })

  it.each(cells)('$M of 3, $points, $mode: $expected', ({ M, points, mode: how, expected }) => {
    const VERDICTS = { OK: 'cold', ALARM: 'hot', RETAIN: 'keep', INSUFFICIENT_DATA: 'noData' } as const
    expect(decideWindow(slots(points), 'critical', { hot: M, of: N, range: evaluationRange }, how).verdict).toBe(VERDICTS[expected])
    for (const shift of SHIFTS) for (const [before, held] of [['X', 'ALARM'], ['0', 'OK']] as const) expect(replay(M, points, how, before, shift)).toBe(expected === 'RETAIN' ? held : expected)
  })

  it.each(prose)('$M of 3, $points, $mode: not $not', ({ M, points, mode: how, not }) => {
    for (const shift of SHIFTS) expect(replay(M, points, how, '0', shift)).not.toBe(not)
  })
})

describe('suppression', () => {
  it.each(suppression.scenarios)('scenario $id', ({ composite, suppressor, actionsAt }) => {
    const stateAt = (list: z.output<typeof changes>, at: number): string => list.findLast(([time]) => time <= at)?.[1] ?? 'OK'
    const periods = { waitFor: suppression.WaitPeriod, releaseAfter: suppression.ExtensionPeriod }
    for (const shift of SHIFTS) {
      let before: SuppressionState | undefined
      const acts = Array.from({ length: 16 }, (_, at) => at).filter((at) => {
        const target = stateAt(composite, at) === 'ALARM' ? 'critical' : 'none'
        const { state, heldBy, released } = stepSuppression(before, { rule: 'a', target, suppressed: stateAt(suppressor, at) === 'ALARM', at: at + shift }, periods)
        const changed = target !== (before?.target ?? 'none')
        before = state
        return heldBy === undefined && (released || changed)
      })
      expect(acts).toEqual(actionsAt)
    }
  })
})
