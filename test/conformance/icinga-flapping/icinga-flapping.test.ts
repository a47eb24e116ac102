import { expect, it } from 'vitest'
import { flapPercent, STANDARD_FLAP_LINES } from '../../../packages/core/src/alerting/flapping.ts'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../../packages/core/src/model/alert.ts'
import type { Level } from '../../../packages/core/src/model/level.ts'
import { SHIFTS } from '../mutations.ts'
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

function next(state: AlertState, letter: string, start: number): AlertState {
  const level = LEVELS[letter] ?? 'none'
  const at = Math.max(start, state.lastAt + MINUTE)
  return reduceAlert(state, { type: 'judged', judgement: { at, value: 0, breaches: level, reason: letter }, period: MINUTE }, policy, 'f').state
}

/** Flapping counts changes, whichever they are: the same results with their letters exchanged flap as much. */
const exchanges = ['OWC', 'OCW', 'WOC', 'WCO', 'COW', 'CWO'].map((letters) => (result: string): string => letters.charAt('OWC'.indexOf(result)))
const variants = exchanges.flatMap((exchange, index) => (data.cases as readonly Case[]).map((one) => ({ ...one, start: SHIFTS[index % SHIFTS.length] ?? 0, results: one.results.split('').map(exchange).join(''), ...(one.thenUntilSteady === undefined ? {} : { thenUntilSteady: exchange(one.thenUntilSteady) }) })))

it('has all of its cases', () => {
  expect(data.cases).toHaveLength(5)
})

it.each(variants)('$name: $results from $start', ({ results, flapping, below = Infinity, above, percent, thenUntilSteady, start }) => {
  expect(flapping.length).toBe(results.length)
  let state = newAlert
  results.split('').forEach((letter, index) => {
    state = next(state, letter, start)
    const sign = flapping.charAt(index)
    if (sign !== ' ') expect(`${index} ${state.flapping ? '+' : '.'}`).toBe(`${index} ${sign}`)
    expect(flapPercent(state.changed)).toBeLessThan(below)
  })
  if (percent !== undefined) expect(flapPercent(state.changed)).toBe(percent)
  if (above !== undefined) expect(flapPercent(state.changed)).toBeGreaterThan(above)
  if (thenUntilSteady === undefined) return
  for (let count = 0; state.flapping && count < 30; count++) {
    expect(flapPercent(state.changed)).toBeGreaterThan(STANDARD_FLAP_LINES.leave)
    state = next(state, thenUntilSteady, start)
  }
  expect(flapPercent(state.changed)).toBeLessThan(STANDARD_FLAP_LINES.leave)
})
