import { expect, it } from 'vitest'
import { flapPercent, STANDARD_FLAP_LINES } from '../../../packages/core/src/alerting/flapping.ts'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import type { Level } from '../../../packages/core/src/model/level.ts'
import data from './cases.json' with { type: 'json' }

const MINUTE = 60_000
const LEVELS: Readonly<Record<string, Level>> = { O: 'none', W: 'warning', C: 'critical' }
const now = { for: 0, keepFiringFor: 0 }
const policy: AlertPolicy = { levels: ['warning', 'critical'], warning: now, critical: now, worse: 'high', staleAfter: 2 }

interface Case {
  readonly name: string
  readonly results: string
  readonly flapping: string
  readonly below?: number
  readonly above?: number
  readonly percent?: number
  readonly thenUntilSteady?: string
}

function next(state: AlertState, letter: string): AlertState {
  const level = LEVELS[letter] ?? 'none'
  const at = Math.max(0, state.lastAt + MINUTE)
  return reduceAlert(state, { type: 'judged', judgement: { at, value: 0, breaches: level, reason: letter }, period: MINUTE }, policy, 'f').state
}

it.each(data.cases as readonly Case[])('$name', ({ results, flapping, below = Infinity, above, percent, thenUntilSteady }) => {
  expect(flapping.length).toBe(results.length)
  let state = newAlert
  results.split('').forEach((letter, index) => {
    state = next(state, letter)
    const sign = flapping.charAt(index)
    if (sign !== ' ') expect(`${index} ${state.flapping ? '+' : '.'}`).toBe(`${index} ${sign}`)
    expect(flapPercent(state.changed)).toBeLessThan(below)
  })
  if (percent !== undefined) expect(flapPercent(state.changed)).toBe(percent)
  if (above !== undefined) expect(flapPercent(state.changed)).toBeGreaterThan(above)
  if (thenUntilSteady === undefined) return
  for (let count = 0; state.flapping && count < 30; count++) {
    expect(flapPercent(state.changed)).toBeGreaterThan(STANDARD_FLAP_LINES.leave)
    state = next(state, thenUntilSteady)
  }
  expect(flapPercent(state.changed)).toBeLessThan(STANDARD_FLAP_LINES.leave)
})
