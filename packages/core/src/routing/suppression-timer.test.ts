import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepSuppression, type SuppressionInput, type SuppressionState } from './suppression-timer.ts'

const periods = { waitFor: 20, releaseAfter: 30 }
const input = (at: number, over: Partial<SuppressionInput> = {}): SuppressionInput => ({ rule: 'r', target: 'none', suppressed: false, at, ...over })

function play(inputs: readonly SuppressionInput[], times = periods) {
  let state: SuppressionState | undefined
  return inputs.map((one) => {
    const step = stepSuppression(state, one, times)
    state = step.state
    return step
  })
}
const held = (inputs: readonly SuppressionInput[], times = periods) => play(inputs, times).map(({ heldBy, released }) => `${heldBy ?? '-'}${released ? ' released' : ''}`)

const red = { target: 'critical' } as const
const amber = { target: 'warning' } as const
const source = { suppressed: true } as const

it('waits from each change of the target anew', () => {
  expect(held([input(0), input(10, amber), input(25, red), input(44, red), input(45, red), input(46, red)])).toEqual(['-', 'waitFor', 'waitFor', 'waitFor', '- released', '-'])
  expect(play([input(0), input(10, amber)])[1]?.nextAt).toBe(30)
})

it('waits when a target is seen for the first time and does not rest', () => {
  expect(held([input(0, amber)])).toEqual(['waitFor'])
  expect(held([input(0, { ...amber, ...source })])).toEqual(['source'])
})

it('lets a source discard the wait, and begins no other one for a change beside it', () => {
  const steps = play([input(0), input(10, amber), input(15, { ...amber, ...source }), input(40, { ...red, ...source })])
  expect(steps.map(({ heldBy }) => heldBy)).toEqual([undefined, 'waitFor', 'source', 'source'])
  expect(steps.map(({ state }) => state.timer?.until)).toEqual([undefined, 30, undefined, undefined])
})

it('holds on for a while after the source has gone', () => {
  expect(held([input(0, { ...amber, ...source }), input(10, amber), input(39, amber), input(40, amber)])).toEqual(['source', 'releaseAfter', 'releaseAfter', '- released'])
  expect(held([input(0, { ...amber, ...source }), input(10, amber), input(20, { ...amber, ...source }), input(30, amber), input(59, amber)])).toEqual(['source', 'releaseAfter', 'source', 'releaseAfter', 'releaseAfter'])
})

it('discards what runs after the source for a change of the target', () => {
  expect(held([input(0, { ...red, ...source }), input(10, red), input(35, amber), input(40, amber), input(54, amber), input(55, amber)])).toEqual([
    'source',
    'releaseAfter',
    'waitFor',
    'waitFor',
    'waitFor',
    '- released',
  ])
})

it('takes a change at the instant at which the source goes as a change', () => {
  expect(play([input(0, { ...red, ...source }), input(10, amber)])[1]?.state.timer).toEqual({ kind: 'waitFor', until: 30 })
})

it('discards both periods when the rule is replaced', () => {
  expect(held([input(0, amber), input(5, { ...amber, rule: 's' })])).toEqual(['waitFor', '- released'])
  expect(held([input(0, { ...amber, ...source }), input(5, { ...amber, rule: 's' })])).toEqual(['source', '- released'])
  expect(held([input(0, { ...amber, ...source }), input(5, amber), input(6, { ...amber, rule: 's' })])).toEqual(['source', 'releaseAfter', '- released'])
  expect(held([input(0, amber), input(5, { ...red, rule: 's' })])).toEqual(['waitFor', 'waitFor'])
})

it('waits for nothing where the periods are 0', () => {
  const none = { waitFor: 0, releaseAfter: 0 }
  expect(held([input(0, amber), input(5, { ...amber, ...source }), input(6, amber)], none)).toEqual(['-', 'source', '- released'])
})

it('stands still while the clock goes backwards', () => {
  const steps = play([input(100, amber), input(50, amber), input(119, amber), input(120, amber)])
  expect(steps.map(({ heldBy }) => heldBy)).toEqual(['waitFor', 'waitFor', 'waitFor', undefined])
  expect(steps[1]?.state.at).toBe(100)
})

const inputs = fc.array(
  fc.record({ rule: fc.constantFrom('r', 's'), target: fc.constantFrom('none' as const, 'warning' as const, 'critical' as const), suppressed: fc.boolean(), at: fc.integer({ min: 0, max: 200 }) }),
  { minLength: 1, maxLength: 60 },
)

it('has a state of constant size that is plain JSON, and never holds longer than a period', () => {
  fc.assert(
    fc.property(inputs, (inputs) => {
      for (const { state, heldBy, nextAt } of play(inputs)) {
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        expect(JSON.stringify(state).length).toBeLessThan(160)
        const longest = state.timer?.kind === 'releaseAfter' ? periods.releaseAfter : periods.waitFor
        if (state.timer !== undefined) expect(state.timer.until - state.at).toBeLessThanOrEqual(longest)
        expect(nextAt).toBe(state.timer?.until)
        expect(heldBy).toBe(state.suppressed ? 'source' : state.timer?.kind)
      }
    }),
  )
})

it('changes nothing when the same step is made twice', () => {
  fc.assert(
    fc.property(inputs, (inputs) => {
      const steps = play(inputs)
      const last = steps.at(-1)
      const again = stepSuppression(last?.state, { ...(inputs.at(-1) ?? input(0)) }, periods)
      expect(again.state).toEqual(last?.state)
      expect(again.released).toBe(false)
    }),
  )
})
