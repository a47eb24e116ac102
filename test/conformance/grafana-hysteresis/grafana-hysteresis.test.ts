import type { Series } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { expect, it } from 'vitest'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }

const MINUTE = 60_000
const now = { for: 0, keepFiringFor: 0 }
const policy: AlertPolicy = { levels: ['critical'], warning: now, critical: now, worse: 'high', staleAfter: 2 }
const metric = { name: 'load', unit: 'count', worse: 'high', help: '' } as const
const { evaluator } = threshold({ critical: data.load, clear: data.unload })

/** The alert after one more value; `null` is an empty evaluation range. */
function judge(before: AlertState, minute: number, value: number | null): AlertState {
  if (value === null) return reduceAlert(before, { type: 'missing', at: minute * MINUTE }, policy, 'f').state
  const series: Series = {
    resource: { id: 'a', type: 'host', name: 'a', tags: {} },
    metric: 'load',
    period: MINUTE,
    timestamps: Float64Array.of(minute * MINUTE),
    values: Float64Array.of(value),
    settledUntil: Infinity,
    status: 'complete',
  }
  const [judgement] = evaluator.evaluate(series, { metric, state: undefined }).judgements
  if (judgement === undefined) throw new Error('a value was not judged')
  return reduceAlert(before, { type: 'judged', judgement, period: MINUTE }, policy, 'f').state
}

const rows = data.cases.flatMap(({ name, loaded, values, firing }) =>
  Object.entries(values).map(([label, value]) => ({ name, label, loaded: loaded.includes(label), value, firing: (firing as Record<string, boolean | null>)[label] })),
)

it.each(rows)('$name: $label', ({ name, label, loaded, value, firing }) => {
  const difference = known.differences.find((one) => one.case === name && one.label === label)
  if (difference) expect(firing).toBe(difference.theirs)
  const before = judge(newAlert, 0, loaded ? data.load + 1 : data.unload - 1)
  expect(before.level).toBe(loaded ? 'critical' : 'none')
  const { health, level } = judge(before, 1, value)
  expect(health === 'noData' ? null : level !== 'none').toBe(difference ? difference.ours : firing)
})

it('has no difference that nothing shows', () => {
  expect(known.differences.filter((one) => !rows.some(({ name, label }) => one.case === name && one.label === label))).toEqual([])
})
