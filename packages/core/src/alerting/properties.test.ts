import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertState } from '../model/alert.ts'
import { type Level, rank } from '../model/level.ts'
import { parse, stringify } from '../plain-json.ts'
import { clockOf } from './clocks.ts'
import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from './reducer.ts'
import { type Outage, resume } from './restart.ts'

const PERIOD = 60_000
const ID = 'f'.repeat(32)

/** What happens next, some time after (or before) what happened last. */
type Step = { readonly after: number } & ({ readonly type: 'judged' | 'provisional'; readonly value: number } | { readonly type: 'missing' | 'sourceFailed' | 'paused' | 'present' | 'absent' | 'ended' } | { readonly type: 'outage'; readonly tolerated: boolean })

const after = fc.oneof({ weight: 6, arbitrary: fc.constant(PERIOD) }, fc.integer({ min: -3 * PERIOD, max: 12 * PERIOD }), fc.constant(0))
const value = fc.oneof(fc.constantFrom(50, 65, 75, 85), fc.constantFrom(NaN, Infinity, -Infinity), fc.double({ min: 0, max: 100, noNaN: true }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ after, type: fc.constant('judged' as const), value }) },
  { weight: 4, arbitrary: fc.record({ after, type: fc.constant('missing' as const) }) },
  { weight: 2, arbitrary: fc.record({ after, type: fc.constant('provisional' as const), value }) },
  { weight: 2, arbitrary: fc.record({ after, type: fc.constantFrom('sourceFailed' as const, 'paused' as const, 'present' as const, 'absent' as const) }) },
  { weight: 1, arbitrary: fc.record({ after, type: fc.constant('ended' as const) }) },
  { weight: 1, arbitrary: fc.record({ after: fc.nat(20 * PERIOD), type: fc.constant('outage' as const), tolerated: fc.boolean() }) },
)
const steps = fc.array(step, { maxLength: 80 })

const minutes = fc.nat(6).map((count) => count * PERIOD)
const levelClocks = fc.record({ for: minutes, keepFiringFor: minutes })
const occurrences = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.nat(4)).map(([a, b, more]) => ({ hot: Math.min(a, b), of: Math.max(a, b), range: Math.max(a, b) + more }))
const policies: fc.Arbitrary<AlertPolicy> = fc.record({
  levels: fc.constantFrom(['warning', 'critical'], ['warning'], ['critical']),
  warning: levelClocks,
  critical: levelClocks,
  worse: fc.constantFrom('high', 'low'),
  staleAfter: fc.integer({ min: 1, max: 3 }),
  occurrences,
  missing: fc.constantFrom('missing', 'ignore', 'breaching', 'notBreaching'),
  warmUp: minutes,
  flapping: fc.constantFrom(true, false, { enter: 15, leave: 10 }),
  refireWithin: minutes,
})

type Happening = { readonly event: AlertEvent } | { readonly outage: Outage }

/** Gives steps their times. */
function happenings(from: readonly Step[]): Happening[] {
  let at = 1_767_000_000_000
  return from.map((one): Happening => {
    const before = at
    at += one.after
    switch (one.type) {
      case 'judged':
      case 'provisional': {
        const { type, value: v } = one
        const breaches: Level = v > 80 ? 'critical' : v > 70 ? 'warning' : 'none'
        return { event: { type, judgement: { at, value: v, breaches, clears: v < 60 ? 'warning' : v < 70 ? 'critical' : 'none', reason: `is ${v}` }, period: PERIOD } }
      }
      case 'missing':
        return { event: { type: 'missing', at, period: PERIOD } }
      case 'absent':
        return { event: { type: 'absent', at } }
      case 'ended':
        return { event: { type: 'ended', at, reason: 'ruleRemoved' } }
      case 'outage':
        return { outage: { stoppedAt: before, startedAt: at, outageTolerance: one.tolerated ? Infinity : 0 } }
      case 'sourceFailed':
      case 'paused':
      case 'present':
        return { event: { type: one.type } }
    }
  })
}

const apply = (state: AlertState, happening: Happening, policy: AlertPolicy) => ('event' in happening ? reduceAlert(state, happening.event, policy, ID) : resume(state, happening.outage))

/** Every state and the changes that led to it. */
function history(from: readonly Step[], policy: AlertPolicy, start = newAlert) {
  let state = start
  return happenings(from).map((happening) => {
    const before = state
    const reduction = apply(state, happening, policy)
    state = reduction.state
    return { before, happening, state, changes: reduction.changes }
  })
}

const always = (check: (from: Step[], policy: AlertPolicy) => void) => fc.assert(fc.property(steps, policies, check), { numRuns: Number(process.env['TOCSIN_PROPERTY_RUNS'] ?? 500) })

describe('whatever happens, an alert', () => {
  it('is the same when the same happens again, though it was stored and read in between', () => {
    always((from, policy) => {
      let stored = newAlert
      for (const { happening, state, changes } of history(from, policy)) {
        const again = apply(stored, happening, policy)
        expect(again.changes).toEqual(changes)
        stored = parse(stringify(again.state)) as AlertState
        expect(stored).toEqual(parse(stringify(state)))
      }
    })
  })

  it('is not changed by the same evaluation a second time', () => {
    always((from, policy) => {
      for (const { happening, state } of history(from, policy)) {
        if (!('event' in happening) || !['judged', 'missing', 'provisional', 'sourceFailed', 'paused', 'present'].includes(happening.event.type)) continue
        const again = apply(state, happening, policy)
        expect(again.changes).toEqual([])
        expect(again.state).toEqual(state)
      }
    })
  })

  it('has a state of bounded size', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 400 }), policies, (from, policy) => {
        for (const { state } of history(from, policy)) expect(stringify(state).length).toBeLessThan(1_200)
      }),
      { numRuns: 60 },
    )
  })

  it('that is RED is AMBER too', () => {
    always((from, policy) => {
      if (policy.levels.length < 2) return
      for (const { state } of history(from, policy)) {
        if (state.critical.phase === 'firing') expect(state.warning.phase).toBe('firing')
        if (state.critical.latched) expect(state.warning.latched).toBe(true)
      }
    })
  })

  it('has a phase and a level that follow from its levels', () => {
    always((from, policy) => {
      for (const { state } of history(from, policy)) {
        const phases = [state.warning.phase, state.critical.phase]
        expect(state.level !== 'none').toBe(state.phase === 'firing' || state.phase === 'recovering')
        expect(phases).toContain(state.phase)
        for (const severity of ['warning', 'critical'] as const) if (!policy.levels.includes(severity)) expect(state[severity]).toMatchObject({ phase: 'inactive', latched: false })
      }
    })
  })

  it('records each change of level, from the one it had, and each end', () => {
    always((from, policy) => {
      for (const { before, state, changes } of history(from, policy)) {
        const moves = changes.filter(({ kind }) => ['fired', 'refired', 'escalated', 'deescalated', 'resolved'].includes(kind))
        expect(moves.map(({ from: was, to }) => [was, to])).toEqual(before.level === state.level ? [] : [[before.level, state.level]])
        for (const { kind, from: was, to } of moves) {
          expect(kind === 'resolved').toBe(to === 'none')
          expect(kind === 'deescalated').toBe(to !== 'none' && rank(to) < rank(was))
        }
        if (moves.some(({ kind }) => kind === 'resolved')) expect(state).toMatchObject({ phase: 'inactive', episode: { endedAt: expect.any(Number), endReason: expect.any(String) } })
      }
    })
  })

  it('has an episode of its own each time it leaves rest', () => {
    always((from, policy) => {
      const begun = history(from, policy).filter(({ before, state }) => before.phase === 'inactive' && state.phase !== 'inactive')
      expect(new Set(begun.map(({ state }) => state.episode?.id)).size).toBe(begun.length)
    })
  })

  it('is held by what cannot be judged', () => {
    always((from, policy) => {
      for (const { before, happening, state } of history(from, policy)) {
        if ('event' in happening && ['sourceFailed', 'paused'].includes(happening.event.type)) expect(state).toEqual({ ...before, health: state.health, held: true })
        if ('event' in happening && happening.event.type === 'provisional') expect(rank(state.level)).toBe(rank(before.level))
      }
    })
  })

  it('has a clock that never goes back, and changes at its time', () => {
    always((from, policy) => {
      for (const { before, happening, state, changes } of history(from, policy)) {
        expect(clockOf(state)).toBeGreaterThanOrEqual(clockOf(before))
        if ('event' in happening && happening.event.type === 'judged') for (const { at } of changes) expect(at).toBe(clockOf(state))
      }
    })
  })

  it('flaps from one flapStart to one flapEnd', () => {
    always((from, policy) => {
      const kinds = history(from, policy).flatMap(({ changes }): AlertChange['kind'][] => changes.map(({ kind }) => kind).filter((kind) => kind === 'flapStart' || kind === 'flapEnd'))
      kinds.forEach((kind, index) => expect(kind).toBe(index % 2 === 0 ? 'flapStart' : 'flapEnd'))
    })
  })
})
