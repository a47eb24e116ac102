import { describe, expect, it } from 'vitest'
import { escalate, type EscalationEvent, type EscalationState, type EscalationStep } from '../../../packages/core/src/routing/escalation.ts'
import { rename, SHIFTS } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }

interface Moment {
  readonly at: number
  readonly do?: string
  readonly told: readonly string[]
  readonly nextAt?: number
}
interface Policy {
  readonly test: string
  readonly steps: readonly EscalationStep[]
  /** What the policy is edited to while the episode runs. */
  readonly otherSteps?: readonly EscalationStep[]
  readonly onCall?: Readonly<Record<string, readonly string[]>>
}
const { cases } = data as unknown as { readonly cases: readonly (Policy & { readonly script: readonly Moment[] })[] }
const { differences } = known as unknown as { readonly differences: readonly (Policy & { readonly what: string; readonly theirs: readonly Moment[]; readonly ours: readonly Moment[] })[] }

/** @param start when the episode fires. */
function play({ steps, otherSteps = [], onCall = {} }: Policy, script: readonly Moment[], start = 0): Moment[] {
  let state: EscalationState | undefined
  const fired = (policy: readonly EscalationStep[]): EscalationEvent => ({ type: 'fired', episodeId: 'one', level: 'warning', firedAt: start, steps: policy })
  const eventsOf = (what: string | undefined): readonly EscalationEvent[] => {
    if (what === undefined) return []
    if (what === 'fired') return [fired(steps)]
    if (what === 'policyChanged') return [fired(otherSteps)]
    if (what === 'acknowledged' || what === 'resolved') return [{ type: what }]
    throw new Error(`unknown event ${what}`)
  }
  return script.map((moment) => {
    const result = escalate(state, eventsOf(moment.do), start + moment.at, (name) => onCall[name] ?? [name])
    state = result.state
    const next = moment.nextAt === undefined || result.nextAt === undefined ? {} : { nextAt: result.nextAt - start }
    return { at: moment.at, ...(moment.do === undefined ? {} : { do: moment.do }), told: result.due.flatMap(({ notify }) => notify), ...next }
  })
}

describe('GoAlert, smoke tests of escalation', () => {
  it.each(cases.map((one) => [one.test, one] as const))('%s', (_test, one) => {
    expect(play(one, one.script)).toEqual(one.script)
  })
})

describe('the same', () => {
  const names = [...cases, ...differences].flatMap(({ steps }) => steps.flatMap(({ notify }) => notify))
  const renamed = (JSON.parse(rename(JSON.stringify(data), names)) as typeof data).cases as unknown as typeof cases

  it.each(cases.map((one, index) => [one.test, one, renamed[index] ?? one] as const))('%s: on other days, with other people', (_test, one, other) => {
    for (const start of SHIFTS) {
      expect(play(one, one.script, start)).toEqual(one.script)
      expect(play(other, other.script, start)).toEqual(other.script)
    }
    expect(other).not.toEqual(one)
  })
})

describe('on purpose not as GoAlert', () => {
  it.each(differences.map((one) => [one.what, one] as const))('%s', (_what, one) => {
    expect(play(one, one.ours)).toEqual(one.ours)
    expect(one.ours).not.toEqual(one.theirs)
  })
})
