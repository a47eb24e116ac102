import { describe, expect, it } from 'vitest'
import type { AlertState } from '../model/alert.ts'
import { type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from './reducer.ts'
import { resume } from './restart.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const clocks = (wait = 0, keep = 0) => ({ for: wait * MINUTE, keepFiringFor: keep * MINUTE })
const policy = (over: Partial<AlertPolicy> = {}): AlertPolicy => ({ levels: ['warning', 'critical'], warning: clocks(5, 5), critical: clocks(5, 5), worse: 'high', staleAfter: 2, ...over })
const point = (value: number, minute: number): AlertEvent => ({
  type: 'judged',
  judgement: { at: minute * MINUTE, value, breaches: value > 80 ? 'critical' : value > 60 ? 'warning' : 'none', reason: `is ${value}` },
  period: MINUTE,
})

function play(events: readonly AlertEvent[], rules: AlertPolicy, from: AlertState = newAlert) {
  let state = from
  const told: string[] = []
  for (const event of events) {
    const { state: next, changes } = reduceAlert(state, event, rules, 'f'.repeat(32))
    state = next
    told.push(...changes.map(({ kind, at, code }) => `${at / MINUTE} ${kind} ${code}`))
  }
  return { state, told }
}
const after = (state: AlertState, stopped: number, started: number) => resume(state, { stoppedAt: stopped * MINUTE, startedAt: started * MINUTE, outageTolerance: HOUR })
const pending = play([point(90, 0), point(90, 2)], policy()).state
const firing = play([point(90, 0), point(90, 5)], policy()).state
const recovering = play([point(20, 6)], policy(), firing).state

describe('after an outage that is tolerated', () => {
  it('a pending alert still has to last as long as before', () => {
    const { state, changes } = after(pending, 2, 32)
    expect(changes).toEqual([])
    expect(play([point(90, 34), point(90, 35)], policy(), state).told).toEqual(['35 fired forElapsed'])
  })

  it('a recovering one too', () => {
    const { state } = after(recovering, 6, 66)
    expect(play([point(20, 70), point(20, 71)], policy(), state).told).toEqual(['71 resolved keepFiringForElapsed'])
  })

  it('a firing one fires, and ends by what the next point says', () => {
    const { state } = after(firing, 5, 65)
    expect(state).toMatchObject({ phase: 'firing', level: 'critical', health: 'ok' })
    expect(play([point(20, 66)], policy(), state).told).toEqual(['66 recovering tooFewHot'])
  })

  it('nobody missed points that nobody could have seen', () => {
    const rules = policy({ warning: clocks(), critical: clocks(), occurrences: { hot: 3, of: 3, range: 5 } })
    const { state } = after(play([point(90, 0), point(90, 1)], rules).state, 1, 11)
    expect(play([point(90, 12)], rules, state)).toMatchObject({ told: ['12 fired enoughHot'], state: { slots: 'ccc' } })
  })

  it('the clock of a source that failed before is moved on once, not twice', () => {
    const failed = reduceAlert(pending, { type: 'sourceFailed' }, policy(), 'f').state
    const { state } = after(failed, 3, 33)
    expect(play([point(90, 33), point(90, 35), point(90, 36)], policy(), state).told).toEqual(['35 fired forElapsed'])
  })
})

describe('after a longer outage', () => {
  it('a pending alert is dropped, and its breach begins anew', () => {
    const { state, changes } = after(pending, 2, 63)
    expect(changes).toMatchObject([{ kind: 'dropped', code: 'outage', at: 63 * MINUTE }])
    expect(state).toMatchObject({ phase: 'inactive', slots: '', warning: { latched: false }, critical: { latched: false }, episode: { endedAt: 63 * MINUTE } })
    expect(play([point(90, 64), point(90, 69)], policy(), state).told).toEqual(['64 pending enoughHot', '69 fired forElapsed'])
  })

  it('a firing one is kept, with health noData until it is evaluated', () => {
    const { state, changes } = after(firing, 5, 600)
    expect(changes).toMatchObject([{ kind: 'noData', code: 'outage', from: 'critical', to: 'critical' }])
    expect(state).toMatchObject({ phase: 'firing', level: 'critical', health: 'noData', reached: 'critical', slots: firing.slots })
    expect(play([point(90, 601)], policy(), state)).toMatchObject({ told: ['601 dataBack pointArrived'], state: { level: 'critical', health: 'ok' } })
  })

  it('of two levels the pending one is dropped and the firing one kept', () => {
    const rules = policy({ warning: clocks(0), critical: clocks(5) })
    const { state, changes } = after(play([point(90, 0)], rules).state, 0, 100)
    expect(state).toMatchObject({ phase: 'firing', level: 'warning', reached: 'warning', warning: { phase: 'firing' }, critical: { phase: 'inactive' } })
    expect(changes.map(({ kind }) => kind)).toEqual(['noData'])
  })

  it('a recovering one has to be well for as long as before', () => {
    const { state } = after(recovering, 6, 106)
    expect(play([point(20, 110), point(20, 111)], policy(), state).told).toEqual(['110 dataBack pointArrived', '111 resolved keepFiringForElapsed'])
  })

  it('one that is RED keeps the latch of AMBER, though AMBER itself has ended', () => {
    const rules = policy({ warning: clocks(), critical: clocks(0, 10), missing: 'notBreaching' })
    const { state } = play([point(90, 0), { type: 'missing', at: MINUTE, period: MINUTE }, { type: 'missing', at: 2 * MINUTE, period: MINUTE }, { type: 'missing', at: 3 * MINUTE, period: MINUTE }], rules)
    expect([state.warning.phase, state.critical.phase]).toEqual(['inactive', 'recovering'])
    const resumed = after(state, 3, 300).state
    expect([resumed.warning.latched, resumed.critical.latched]).toEqual([true, true])
  })

  it('a resting one knows its old points no longer, and can be judged at once', () => {
    const rules = policy({ warning: clocks(), critical: clocks(), occurrences: { hot: 3, of: 3, range: 5 } })
    const held = reduceAlert(play([point(90, 0), point(90, 1)], rules).state, { type: 'sourceFailed' }, rules, 'f').state
    const { state, changes } = after(held, 1, 100)
    expect(changes).toEqual([])
    expect(state).toMatchObject({ slots: '', health: 'warmingUp' })
    expect(play([point(90, 101)], rules, state)).toMatchObject({ told: [], state: { slots: 'c', health: 'ok' } })
  })
})

it('is no outage when the clock went back', () => {
  expect(after(pending, 10, 3)).toEqual({ state: pending, changes: [] })
})

it('leaves a running episode alone when `for` is raised', () => {
  const raised = policy({ warning: clocks(60), critical: clocks(60) })
  expect(play([point(90, 6), point(90, 7)], raised, firing)).toMatchObject({ told: [], state: { phase: 'firing', level: 'critical' } })
})
