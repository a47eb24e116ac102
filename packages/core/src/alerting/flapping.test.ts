import { describe, expect, it } from 'vitest'
import type { Level } from '../model/level.ts'
import { FLAP_MEMORY, flapPercent, isFlapping, noteChange, STANDARD_FLAP_LINES } from './flapping.ts'
import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from './reducer.ts'

const MINUTE = 60_000
const policy = (over: Partial<AlertPolicy> = {}): AlertPolicy => ({
  levels: ['warning', 'critical'],
  warning: { for: 0, keepFiringFor: 0 },
  critical: { for: 0, keepFiringFor: 0 },
  worse: 'high',
  staleAfter: 2,
  ...over,
})
const LEVELS: Readonly<Record<string, Level>> = { O: 'none', W: 'warning', C: 'critical' }

/** Points by the letter of their level, one a minute; `-` is an empty slot, `!` a source that fails. */
function play(text: string, rules = policy(), from = newAlert, start = 0) {
  let state = from
  const changes: AlertChange[] = []
  text.split('').forEach((letter, index) => {
    const at = (start + index) * MINUTE
    const level = LEVELS[letter]
    const event: AlertEvent =
      level !== undefined ? { type: 'judged', judgement: { at, value: index, breaches: level, reason: letter }, period: MINUTE } : letter === '-' ? { type: 'missing', at, period: MINUTE } : { type: 'sourceFailed' }
    const reduction = reduceAlert(state, event, rules, 'f'.repeat(32))
    state = reduction.state
    changes.push(...reduction.changes)
  })
  const flaps = changes.filter(({ kind }) => kind === 'flapStart' || kind === 'flapEnd').map(({ kind, at, to, code }) => `${at / MINUTE} ${kind} ${to} ${code}`)
  return { state, changes, flaps }
}

describe('the percentage', () => {
  it('weighs the newest of 20 changes 1.18 and the oldest 0.80', () => {
    expect(flapPercent(0)).toBe(0)
    expect(flapPercent(1)).toBe(5.9)
    expect(flapPercent(1 << (FLAP_MEMORY - 1))).toBe(4)
    expect(flapPercent(2 ** FLAP_MEMORY - 1)).toBe(99)
  })

  it('forgets after 20 evaluations', () => {
    let changed = noteChange(0, true)
    for (let index = 0; index < FLAP_MEMORY - 1; index++) changed = noteChange(changed, false)
    expect(flapPercent(changed)).toBe(4)
    expect(noteChange(changed, false)).toBe(0)
  })

  it('starts above the upper line and ends at the lower one', () => {
    // 59 + 58 + 57 + 56 + 55 = 285 and 300 are bit sums in units of 0.1 %.
    expect(isFlapping(false, 0b11111, STANDARD_FLAP_LINES)).toBe(false)
    expect(isFlapping(false, 0b111111, STANDARD_FLAP_LINES)).toBe(true)
    expect(isFlapping(false, 0b111111, { enter: flapPercent(0b111111), leave: 25 })).toBe(false)
    expect(isFlapping(true, 0b11111, { enter: 30, leave: flapPercent(0b11111) })).toBe(false)
    expect(isFlapping(true, 0b11111, { enter: 30, leave: 28.4 })).toBe(true)
  })
})

describe('an alert that flaps', () => {
  it('says so once, with the level it has, and once when it is steady', () => {
    const { flaps, state, changes } = play('OWOWOWOWWWWWWWWWWWWWWWWW')
    // At minute 22 the five changes of minutes 3 to 7 are left, which weigh 0.80 to 0.88: 21 %. At 21 it was 25.5 %.
    expect(flaps).toEqual(['5 flapStart warning changesTooOften', '22 flapEnd warning changesSeldom'])
    expect(state.flapping).toBe(false)
    expect(changes.find(({ kind }) => kind === 'flapStart')?.reason).toBe('its level changed at 33.9% of the last 20 evaluations, newer ones weighing more')
  })

  it('is a matter of the level before `for`, which never fires', () => {
    const { flaps, changes } = play('OWOWOW', policy({ warning: { for: 10 * MINUTE, keepFiringFor: 0 } }))
    expect(flaps).toEqual(['5 flapStart none changesTooOften'])
    expect(changes.some(({ kind }) => kind === 'fired')).toBe(false)
  })

  it('is a matter of the level after M of N', () => {
    expect(play('OWOWOWOWOW', policy({ occurrences: { hot: 2, of: 5, range: 7 } })).flaps).toEqual([])
  })

  it('counts a change between amber and red', () => {
    expect(play('WCWCWC').flaps).toEqual(['5 flapStart critical changesTooOften'])
  })

  it('learns nothing from points that are missing or cannot be read', () => {
    const { state } = play('OWOWOW---')
    expect(state).toMatchObject({ health: 'noData', flapping: true })
    expect(play('-----', policy(), state, 9).state.changed).toBe(state.changed)
    expect(play('!', policy(), state, 14).state.flapping).toBe(true)
  })

  it('has other lines, or none', () => {
    expect(play('OWOWOWOWOWOWOW', policy({ flapping: false })).flaps).toEqual([])
    expect(play('OWOW', policy({ flapping: { enter: 10, leave: 5 } })).flaps).toEqual(['1 flapStart warning changesTooOften'])
  })

  it('flaps no longer when detection is switched off or it ends', () => {
    const { state } = play('OWOWOW')
    expect(play('W', policy({ flapping: false }), state, 6).flaps).toEqual(['6 flapEnd warning flappingOff'])
    const ended = reduceAlert(state, { type: 'ended', at: 9 * MINUTE, reason: 'ruleRemoved' }, policy(), 'f')
    expect(ended.changes.map(({ kind, code }) => [kind, code])).toEqual([['resolved', 'ruleRemoved'], ['flapEnd', 'ruleRemoved']])
    expect(ended.state).toMatchObject({ flapping: false, changed: 0 })
    const resting = play('OWOWOWO').state
    expect(reduceAlert(resting, { type: 'ended', at: 9 * MINUTE, reason: 'ruleRemoved' }, policy(), 'f').changes.map(({ kind }) => kind)).toEqual(['flapEnd'])
  })
})
