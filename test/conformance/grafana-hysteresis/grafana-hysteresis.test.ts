import type { Series } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { expect, it } from 'vitest'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import { SHIFTS } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }

const MINUTE = 60_000
const now = { for: 0, keepFiringFor: 0 }
const policy: AlertPolicy = { levels: ['critical'], warning: now, critical: now, worse: 'high', staleAfter: 2 }
/** The cases as they are, and upside down, where low is bad. */
const SIDES = [1, -1] as const
type Sign = (typeof SIDES)[number]
const evaluatorOf = (sign: Sign) => threshold({ critical: sign * data.load, clear: sign * data.unload }).evaluator
const metricOf = (sign: Sign) => ({ name: 'load', unit: 'count', worse: sign === 1 ? 'high' : 'low', help: '' }) as const

/** The alert after one more value; `null` is an empty evaluation range. */
function judge(before: AlertState, at: number, value: number | null, sign: Sign): AlertState {
  if (value === null) return reduceAlert(before, { type: 'missing', at }, policy, 'f').state
  const series: Series = {
    resource: { id: 'a', type: 'host', name: 'a', tags: {} },
    metric: 'load',
    period: MINUTE,
    timestamps: Float64Array.of(at),
    values: Float64Array.of(sign * value),
    settledUntil: Infinity,
    status: 'complete',
  }
  const [judgement] = evaluatorOf(sign).evaluate(series, { metric: metricOf(sign), state: undefined }).judgements
  if (judgement === undefined) throw new Error('a value was not judged')
  return reduceAlert(before, { type: 'judged', judgement, period: MINUTE }, policy, 'f').state
}

const rows = data.cases.flatMap(({ name, loaded, values, firing }) =>
  Object.entries(values).map(([label, value]) => ({ name, label, loaded: loaded.includes(label), value, firing: (firing as Record<string, boolean | null>)[label] })),
)

const variants = SHIFTS.flatMap((start) => SIDES.flatMap((sign) => rows.map((row) => ({ ...row, start, sign }))))

it('has all of its cases', () => {
  expect([data.cases.length, rows.length]).toEqual([3, 13])
})

it.each(variants)('$name: $label, times $sign, from $start', ({ name, label, loaded, value, firing, start, sign }) => {
  const difference = known.differences.find((one) => one.case === name && one.label === label)
  if (difference) expect(firing).toBe(difference.theirs)
  const before = judge(newAlert, start, loaded ? data.load + 1 : data.unload - 1, sign)
  expect(before.level).toBe(loaded ? 'critical' : 'none')
  const { health, level } = judge(before, start + MINUTE, value, sign)
  expect(health === 'noData' ? null : level !== 'none').toBe(difference ? difference.ours : firing)
})

it('has no difference that nothing shows', () => {
  expect(known.differences.filter((one) => !rows.some(({ name, label }) => one.case === name && one.label === label))).toEqual([])
})
