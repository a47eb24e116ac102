import { describe, expect, it } from 'vitest'
import { judgeComposite, type OperandAlert } from '../../../packages/core/src/alerting/composite.ts'
import { parseCondition } from '../../../packages/core/src/alerting/parse-condition.ts'
import { stepSuppression, type SuppressionState } from '../../../packages/core/src/routing/suppression-timer.ts'
import { rename, SHIFTS } from '../mutations.ts'
import differences from './differences.json' with { type: 'json' }
import rules from './rules.json' with { type: 'json' }
import suppression from './suppression.json' with { type: 'json' }

interface Scenario {
  readonly example: number | string
  readonly composite: readonly (readonly [at: number, state: string])[]
  readonly suppressor: readonly (readonly [at: number, state: string])[]
  readonly replacedAt?: number
  readonly actionsAt: readonly number[]
}
const { waitPeriod, extensionPeriod, scenarios } = suppression as unknown as { readonly waitPeriod: number; readonly extensionPeriod: number; readonly scenarios: readonly Scenario[] }

const stateAt = (changes: Scenario['composite'], at: number): string => changes.findLast(([time]) => time <= at)?.[1] ?? 'OK'

/** When the composite alarm acts: at a change that nothing keeps back, and when it is let go. */
function actionsOf({ composite, suppressor, replacedAt = Infinity }: Scenario, instants: readonly number[], start = 0): number[] {
  const actions: number[] = []
  let before: SuppressionState | undefined
  for (const at of instants) {
    const target = stateAt(composite, at) === 'ALARM' ? 'critical' : 'none'
    const suppressed = at < replacedAt && stateAt(suppressor, at) === 'ALARM'
    const { state, heldBy, released } = stepSuppression(before, { rule: at < replacedAt ? 'a' : 'b', target, suppressed, at: start + at }, { waitFor: waitPeriod, releaseAfter: extensionPeriod })
    if (heldBy === undefined && (released || target !== (before?.target ?? 'none'))) actions.push(at)
    before = state
  }
  return actions
}

describe('CloudWatch, action suppression of composite alarms', () => {
  it.each(scenarios.map((scenario) => [scenario.example, scenario] as const))('example %s', (_example, scenario) => {
    expect(actionsOf(scenario, Array.from({ length: 16 }, (_, at) => at))).toEqual(scenario.actionsAt)
    // Looked at in between, nothing is otherwise.
    for (const start of SHIFTS) expect(actionsOf(scenario, Array.from({ length: 61 }, (_, quarter) => quarter / 4), start)).toEqual(scenario.actionsAt)
  })
})

function truthOf(rule: string, states: Readonly<Record<string, string | undefined>>) {
  const parsed = parseCondition(rule)
  if (!parsed.ok) throw parsed.error
  const operands = (ref: string): readonly OperandAlert[] => {
    const state = states[ref]
    if (state === undefined) throw new Error(`no state for ${ref}`)
    return [{ level: state === 'ALARM' ? 'critical' : 'none', health: state === 'INSUFFICIENT_DATA' ? 'noData' : 'ok' }]
  }
  return judgeComposite(parsed.condition, 'critical', operands, 0).truth
}

describe('CloudWatch, rules of composite alarms', () => {
  it.each(rules.cases.map(({ rule, states, alarm }) => [rule, states, alarm] as const))('%s given %j is %s', (rule, states, alarm) => {
    expect(truthOf(rule, states)).toBe(alarm)
    // With other names.
    const names = Object.keys(states).filter((name) => !name.includes('"'))
    const other = JSON.parse(rename(JSON.stringify({ rule, states }), names)) as { readonly rule: string; readonly states: Readonly<Record<string, string>> }
    expect(truthOf(other.rule, other.states)).toBe(alarm)
  })
})

describe('on purpose not as CloudWatch', () => {
  it.each(differences.differences.map((one) => [one.what, one] as const))('%s', (_what, { rule, states, theirs, ours }) => {
    expect(truthOf(rule, states)).toBe(ours)
    expect(ours).not.toBe(theirs)
  })
})
