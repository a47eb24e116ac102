import { describe, expect, it } from 'vitest'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import { SHIFTS } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }

interface Exec {
  readonly name: string
  readonly for: number
  readonly keepFiringFor: number
  readonly steps: readonly (readonly string[])[]
  readonly states: readonly Readonly<Record<string, string>>[]
  readonly activeAt?: readonly number[]
}

const policyWith = (wait: number, keepFiringFor: number): AlertPolicy => {
  const clocks = { for: wait, keepFiringFor }
  return { levels: ['critical'], warning: clocks, critical: clocks, worse: 'high', staleAfter: 2 }
}
const judge = (before: AlertState, at: number, breaches: boolean, policy: AlertPolicy): AlertState =>
  reduceAlert(before, { type: 'judged', judgement: { at, value: Number(breaches), breaches: breaches ? 'critical' : 'none', reason: '' } }, policy, 'f').state
const stateOf = ({ phase }: AlertState): string => (phase === 'recovering' ? 'firing' : phase)

it('has all of its cases', () => {
  expect([data.exec.length, data.execRange.length]).toEqual([12, 13])
})

/** The times of a case at other times, and slower: its clocks run as much slower. */
const MOVED = SHIFTS.map((start) => ({ start, scale: start === 0 ? 1 : 60_000 }))

describe.each(MOVED)('TestAlertingRule_Exec, from $start, $scale times as slow', ({ start, scale }) => {
  it.each(data.exec as unknown as readonly Exec[])('$name', ({ for: wait, keepFiringFor, steps, states, activeAt }) => {
    const policy = policyWith(wait * scale, keepFiringFor * scale)
    const alerts = new Map<string, AlertState>()
    expect(states).toHaveLength(steps.length)
    steps.forEach((returned, step) => {
      const at = start + step * data.step * scale
      for (const name of new Set([...alerts.keys(), ...returned])) alerts.set(name, judge(alerts.get(name) ?? newAlert, at, returned.includes(name), policy))
      expect([step, Object.fromEntries([...alerts].map(([name, state]) => [name, stateOf(state)]))]).toEqual([step, states[step]])
      if (activeAt) expect([step, alerts.get('foo')?.episode?.startedAt]).toEqual([step, start + (activeAt[step] ?? NaN) * scale])
    })
  })
})

describe.each(MOVED)('TestAlertingRuleExecRange, from $start, $scale times as slow', ({ start, scale }) => {
  it.each(data.execRange)('$name', ({ for: wait, interval, points, states, activeAt }) => {
    const policy = policyWith(wait * scale, 0)
    const timeOf = (seconds: number): number => start + seconds * scale
    let state = newAlert
    points.forEach((at, index) => {
      const last = points[index - 1]
      // An evaluation that found nothing lies between two points that are too far apart.
      if (last !== undefined && at - last > interval) state = judge(state, timeOf((last + at) / 2), false, policy)
      state = judge(state, timeOf(at), true, policy)
      expect([at, stateOf(state), state.episode?.startedAt]).toEqual([at, states[index], timeOf(activeAt[index] ?? NaN)])
    })
  })
})
