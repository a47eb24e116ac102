import { describe, expect, it } from 'vitest'
import type { AlertState } from '../model/alert.ts'
import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert, remembers } from './reducer.ts'

const MINUTE = 60_000
const clocks = (wait = 0, keep = 0) => ({ for: wait * MINUTE, keepFiringFor: keep * MINUTE })
const policy = (over: Partial<AlertPolicy> = {}): AlertPolicy => ({ levels: ['warning', 'critical'], warning: clocks(), critical: clocks(), worse: 'high', staleAfter: 2, ...over })
const threeOfThree = { hot: 3, of: 3, range: 5 }

/** Critical above 80, clear below 70; warning above 60, clear below 50. */
const judge = (value: number, minute: number) => ({
  at: minute * MINUTE,
  value,
  breaches: value > 80 ? ('critical' as const) : value > 60 ? ('warning' as const) : ('none' as const),
  clears: value < 50 ? ('warning' as const) : value < 70 ? ('critical' as const) : ('none' as const),
  reason: `is ${value}`,
})
const point = (value: number, minute: number): AlertEvent => ({ type: 'judged', judgement: judge(value, minute), period: MINUTE })
const provisional = (value: number, minute: number): AlertEvent => ({ type: 'provisional', judgement: judge(value, minute), period: MINUTE })
const gap = (minute: number): AlertEvent => ({ type: 'missing', at: minute * MINUTE, period: MINUTE })
const failed: AlertEvent = { type: 'sourceFailed' }

/** Applies events; a number is a point of that minute, `undefined` an empty slot. */
function play(events: readonly (number | undefined | AlertEvent)[], rules = policy(), from: AlertState = newAlert) {
  let state = from
  const changes: AlertChange[] = []
  const states: AlertState[] = []
  events.forEach((event, minute) => {
    const reduction = reduceAlert(state, typeof event === 'number' ? point(event, minute) : (event ?? gap(minute)), rules, 'f'.repeat(32))
    state = reduction.state
    changes.push(...reduction.changes)
    states.push(state)
  })
  return { state, states, changes, told: changes.map(({ kind, at, code }) => `${at / MINUTE} ${kind} ${code}`) }
}

describe('M of N', () => {
  const rules = policy({ occurrences: { hot: 3, of: 5, range: 7 } })

  it('fires at the Mth hot point of N and ends when fewer are left', () => {
    expect(play([90, 20, 90, 20, 90, 20, 20], rules).told).toEqual(['4 fired enoughHot', '5 resolved tooFewHot'])
  })

  it('judges each level by its own points', () => {
    const { changes } = play([65, 90, 65, 90, 90, 65, 40, 40, 40], rules)
    expect(changes.map(({ kind, to, at }) => [at / MINUTE, kind, to])).toEqual([[2, 'fired', 'warning'], [4, 'escalated', 'critical'], [6, 'deescalated', 'warning'], [8, 'resolved', 'none']])
  })

  it('latches per point: what is past the line once counts until it is clear', () => {
    expect(play([81, 75, 75], policy({ occurrences: threeOfThree })).told).toEqual(['2 fired enoughHot'])
    expect(play([81, 69, 75], policy({ levels: ['critical'], occurrences: threeOfThree })).told).toEqual([])
  })

  it('takes older points for those that are missing, up to the range, and knows a gap without being told of it', () => {
    const window = policy({ occurrences: threeOfThree })
    expect(play([20, 90, 90, undefined, 90], window).told).toEqual(['4 fired enoughHot'])
    expect(play([20, 90, 90, point(90, 4)], window).told).toEqual(['4 fired enoughHot'])
    const tooFarApart = play([90, 90, point(90, 6)], window)
    expect(tooFarApart.told).toEqual([])
    expect(tooFarApart.state.slots).toBe('----c')
  })

  it('keeps what it needs of a resting alert, and nothing of one that rests since long', () => {
    expect(remembers(play([20, 90], rules).state)).toBe(true)
    expect(remembers(play([20, 20, undefined], rules).state)).toBe(true)
    expect(remembers(play([90, 20, 20, 20, 20, 20, 20, 20, 20], rules).state)).toBe(false)
    expect(remembers(play([20, 20]).state)).toBe(false)
  })
})

describe('missing points', () => {
  it('are judged by the newest point until the range is empty', () => {
    const { told, states } = play([90, undefined, undefined, undefined, undefined, 90])
    expect(states.map(({ health, level }) => `${health} ${level}`)).toEqual(['ok critical', 'ok critical', 'ok critical', 'noData critical', 'noData critical', 'ok critical'])
    expect(told).toEqual(['0 fired enoughHot', '3 noData allMissing', '5 dataBack pointArrived'])
  })

  it('let a clock run out on the newest point, and hold it once nothing is known', () => {
    const wait = (minutes: number) => policy({ warning: clocks(minutes), critical: clocks(minutes) })
    expect(play([90, undefined, undefined], wait(2)).state.episode).toMatchObject({ firedAt: 2 * MINUTE, firedValue: 90, recent: [90] })
    expect(play([90, undefined, undefined, undefined], wait(2)).told).toEqual(['0 pending enoughHot', '2 fired forElapsed', '3 noData allMissing'])
    expect(play([90, undefined, undefined, undefined, undefined, undefined], wait(4)).told).toEqual(['0 pending enoughHot', '3 noData allMissing'])
  })

  it('hold the state without a word under `ignore`', () => {
    const { told, states } = play([90, undefined, undefined, undefined, undefined], policy({ missing: 'ignore' }))
    expect(told).toEqual(['0 fired enoughHot'])
    expect(states.map(({ health }) => health)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it('fire at both levels under `breaching`, with no value of their own', () => {
    const { told, state, changes } = play([20, undefined, undefined, undefined, 30], policy({ missing: 'breaching' }))
    expect(told).toEqual(['3 fired missingBreaches', '4 resolved tooFewHot'])
    expect(changes[0]).toMatchObject({ to: 'critical', reason: 'no data, which counts as a breach' })
    expect(state.episode).toMatchObject({ firedValue: NaN, recoveredValue: 30, peak: 30, recent: [20, 30] })
  })

  it('resolve under `notBreaching`', () => {
    expect(play([90, undefined, undefined, undefined], policy({ missing: 'notBreaching' })).told).toEqual(['0 fired enoughHot', '3 resolved missingDoesNotBreach'])
  })

  it('are what NaN is', () => {
    expect(play([90, NaN, NaN, NaN]).told).toEqual(play([90, undefined, undefined, undefined]).told)
    expect(play([90, NaN, provisional(NaN, 2)]).state.lastAt).toBe(0)
  })

  it('decide nothing before the range was watched, and say nothing of what never had data', () => {
    const never = [undefined, undefined, undefined, undefined]
    const dead = play(never, policy({ missing: 'breaching' }))
    expect(dead.states.map(({ health, level }) => `${health} ${level}`)).toEqual(['warmingUp none', 'warmingUp none', 'ok critical', 'ok critical'])
    const quiet = play([...never, 20])
    expect(quiet.told).toEqual([])
    expect(quiet.states.map(({ health }) => health)).toEqual(['warmingUp', 'warmingUp', 'noData', 'noData', 'ok'])
    expect(play([undefined, undefined, 90], policy({ occurrences: threeOfThree })).state.slots).toBe('--c')
  })

  it('give their slot back to a point that comes late, and the clock does not go back for it', () => {
    const late = play([20, undefined, undefined, point(90, 1), point(90, 2)])
    expect(late.told).toEqual(['2 fired enoughHot'])
    expect(late.state).toMatchObject({ lastAt: 2 * MINUTE, level: 'critical' })
    expect(reduceAlert(late.state, point(20, 1), policy(), 'f').state).toBe(late.state)
  })

  it('never give two episodes one name', () => {
    const { changes, state } = play([20, undefined, undefined, undefined, point(30, 1), point(90, 2)], policy({ missing: 'breaching' }))
    expect(changes.map(({ kind }) => kind)).toEqual(['fired', 'resolved', 'refired'])
    expect(state.episode).toMatchObject({ startedAt: 3 * MINUTE + 1, fires: 2 })
  })

  it('change nothing when they are told of twice', () => {
    const { state } = play([90, undefined])
    expect(reduceAlert(state, gap(1), policy(), 'f').state).toBe(state)
  })
})

describe('a source that fails', () => {
  const rules = policy({ warning: clocks(5, 5), critical: clocks(5, 5) })

  it('stops the clock of `for`: only watched time counts', () => {
    const events = [90, 90, 90, failed, failed, point(90, 5), point(90, 6), point(90, 7)]
    expect(play(events, rules).told).toEqual(['0 pending enoughHot', '7 fired forElapsed'])
  })

  it('stops the clock of `keepFiringFor`', () => {
    const fired = play([point(90, -5), point(90, 0)], rules).state
    expect(play([point(20, 1), failed, failed, failed, point(20, 5), point(20, 8), point(20, 9)], rules, fired).told).toEqual(['1 recovering tooFewHot', '9 resolved keepFiringForElapsed'])
  })

  it('takes no time off when its points come after all', () => {
    expect(play([90, 90, failed, point(90, 2), point(90, 3), point(90, 4), point(90, 5)], rules).told).toEqual(['0 pending enoughHot', '5 fired forElapsed'])
  })

  it('leaves no missing points, neither before a point nor before more empty slots', () => {
    const dead = policy({ missing: 'breaching', occurrences: threeOfThree })
    expect(play([20, 20, 20, failed, failed, failed, point(90, 6)], dead).state.slots).toBe('000c')
    const { told, state } = play([20, 20, 20, failed, failed, failed, failed, gap(7), gap(8), gap(9), gap(10)], dead)
    expect([told, state.frozen]).toEqual([[], 4 * MINUTE])
    expect(play([gap(11)], dead, state).told).toEqual(['11 fired missingBreaches'])
  })

  it('stops the clocks until the next evaluation, though the source answers before', () => {
    const there: AlertEvent = { type: 'present' }
    expect(play([90, 90, 90, failed, failed, there, point(90, 5), there, point(90, 6), point(90, 7)], rules).told).toEqual(['0 pending enoughHot', '7 fired forElapsed'])
    const dead = play([20, failed, failed, failed, there, gap(4), gap(5), gap(6)], policy({ missing: 'breaching' }))
    expect([dead.told, dead.states[4]?.health]).toEqual([['6 fired missingBreaches'], 'ok'])
    expect(play([20, failed, there, provisional(90, 3), point(90, 3)], rules).told).toEqual(['3 pending enoughHot'])
  })

  it('is forgotten with the next point: slots that are empty after it are empty', () => {
    expect(play([20, failed, failed, point(20, 3), gap(4), gap(5), gap(6)]).states.map(({ health }) => health)).toEqual(['ok', 'error', 'error', 'ok', 'ok', 'ok', 'noData'])
  })

  it('makes a resting alert forget points that are older than the range, and a firing one keep them', () => {
    const window = policy({ occurrences: threeOfThree })
    expect(play([90, 90, failed, point(90, 9)], window).told).toEqual([])
    expect(play([90, 90, 90, failed, point(90, 9)], window)).toMatchObject({ told: ['2 fired enoughHot'], state: { slots: 'cccc' } })
  })

  it('never fires, never resolves, and says so in the health until it is judged again', () => {
    const { states, told } = play([90, failed, gap(2), { type: 'paused' }, point(20, 4)])
    expect(states.map(({ health }) => health)).toEqual(['ok', 'error', 'ok', 'paused', 'ok'])
    expect(told).toEqual(['0 fired enoughHot', '4 resolved tooFewHot'])
  })
})

describe('warm-up', () => {
  const rules = policy({ warmUp: 10 * MINUTE, occurrences: threeOfThree })

  it('lasts until the range is full', () => {
    const { states, told } = play([90, 90, 90, 90, 90], rules)
    expect(states.map(({ health }) => health)).toEqual(['warmingUp', 'warmingUp', 'warmingUp', 'warmingUp', 'ok'])
    expect(told).toEqual(['4 fired enoughHot'])
  })

  it('lasts no longer than it may, and does not come back', () => {
    expect(play([90, 90, 90, 90, 90], policy({ warmUp: 3 * MINUTE, occurrences: threeOfThree })).told).toEqual(['3 fired enoughHot'])
    expect(play([20, 20, 20, 20, 20, point(90, 20)], policy({ warmUp: 10 * MINUTE })).told).toEqual(['20 fired enoughHot'])
  })

  it('counts empty slots as watched, and not the time in which the source failed', () => {
    expect(play([undefined, undefined, undefined, 20, 90], policy({ warmUp: 60 * MINUTE })).told).toEqual(['4 fired enoughHot'])
    expect(play([90, failed, failed, failed, point(90, 4), point(90, 5)], policy({ warmUp: 60 * MINUTE })).told).toEqual(['5 fired enoughHot'])
  })

  it('is off unless it is asked for', () => {
    expect(play([90]).told).toEqual(['0 fired enoughHot'])
    expect(play([provisional(90, 0)], rules).told).toEqual([])
  })
})

describe('a provisional point', () => {
  it('starts a pending clock only where it would be one of M, and leaves no trace in window and latches', () => {
    const rules = policy({ occurrences: { hot: 2, of: 3, range: 5 } })
    expect(play([20, provisional(90, 1)], rules).told).toEqual([])
    const { told, state } = play([20, 90, provisional(90, 2)], rules)
    expect(told).toEqual(['2 pending provisionalBreach'])
    expect(state).toMatchObject({ slots: '0c', lastAt: MINUTE })
  })

  it('does not latch: what settles between the lines is not hot', () => {
    expect(play([20, provisional(90, 1), point(55, 1)]).told).toEqual(['1 pending provisionalBreach', '1 dropped tooFewHot'])
  })

  it('does not start what is held', () => {
    expect(play([20, failed, provisional(90, 2)]).told).toEqual([])
  })

  it('is dropped when it never settles', () => {
    expect(play([20, provisional(90, 1), gap(1)]).told).toEqual(['1 pending provisionalBreach', '1 dropped tooFewHot'])
  })
})
