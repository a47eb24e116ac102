import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Severity } from '../model/level.ts'
import { escalate, type EscalationEvent, type EscalationHold, type EscalationState, type EscalationStep } from './escalation.ts'

const POLICY: readonly EscalationStep[] = [
  { after: 0, notify: ['ops'] },
  { after: 10, notify: ['lead'] },
  { after: 30, notify: ['boss'] },
]
const fires = (steps: readonly EscalationStep[] = POLICY, over: Partial<Extract<EscalationEvent, { type: 'fired' }>> = {}): EscalationEvent => ({ type: 'fired', episodeId: 'e1', level: 'warning', firedAt: 0, steps, ...over })
const level = (to: Severity, sticky = false): EscalationEvent => ({ type: 'levelChanged', level: to, sticky })
const hold = (by: EscalationHold): EscalationEvent => ({ type: 'held', by })
const release = (by: EscalationHold): EscalationEvent => ({ type: 'released', by })

type Moment = readonly [at: number, ...events: EscalationEvent[]]

/** Plays moments and stores the state between them as JSON, as a store does. Tells `<step>:<who>` at each. */
function play(moments: readonly Moment[], onCall?: (name: string) => readonly string[]) {
  let state: EscalationState | undefined
  const results = moments.map(([at, ...events]) => {
    const result = escalate(state, events, at, onCall)
    state = result.state && (JSON.parse(JSON.stringify(result.state)) as EscalationState)
    return { at, ...result }
  })
  return { results, told: results.map(({ due }) => due.map(({ step, notify }) => `${step}:${notify.join('+')}`).join(' ')) }
}
const told = (moments: readonly Moment[], onCall?: (name: string) => readonly string[]) => play(moments, onCall).told

describe('steps', () => {
  it('come at their times after the first firing, once each', () => {
    expect(told([[0, fires()], [9], [10], [11], [29], [30], [1_000]])).toEqual(['1:ops', '', '2:lead', '', '', '3:boss', ''])
  })

  it('say when the next one is due', () => {
    expect(play([[0, fires()], [4], [10], [30]]).results.map(({ nextAt }) => nextAt)).toEqual([10, 10, 30, undefined])
  })

  it('count from the firing, not from when it was seen', () => {
    expect(told([[12, fires()], [30]])).toEqual(['1:ops 2:lead', '3:boss'])
  })

  it('are all told when they were missed, in the order of their times', () => {
    expect(told([[0, fires(POLICY.toReversed())], [99]])).toEqual(['1:ops', '2:lead 3:boss'])
  })

  it('name a reason and what began them', () => {
    expect(play([[0, fires()]]).results[0]?.due).toEqual([{ step: 1, notify: ['ops'], reason: 'due', startedBy: 'fired' }])
  })

  it('end with the episode, and begin with the next one', () => {
    const { told, results } = play([[0, fires()], [5, { type: 'resolved' }], [10], [20, fires(POLICY, { episodeId: 'e2', firedAt: 20 })], [30]])
    expect(told).toEqual(['1:ops', '', '', '1:ops', '2:lead'])
    expect(results[1]?.state).toBeUndefined()
  })

  it('do not begin again when the same episode is said to fire', () => {
    expect(told([[0, fires()], [5, fires()], [10, fires()]])).toEqual(['1:ops', '', '2:lead'])
  })

  it('stay as they were when the policy is edited', () => {
    const edited = [{ after: 0, notify: ['other'] }, { after: 6, notify: ['other'] }]
    expect(told([[0, fires()], [6, fires(edited)], [10, fires(edited)], [11, { ...fires(edited), level: 'critical' } as EscalationEvent]])).toEqual(['1:ops', '', '2:lead', ''])
    expect(told([[0, fires()], [6, fires(edited), level('critical')]])).toEqual(['1:ops', '1:ops'])
  })

  it('do nothing without an episode', () => {
    expect(escalate(undefined, [{ type: 'acknowledged' }, level('critical'), hold('muted')], 5)).toEqual({ due: [] })
  })
})

describe('the same target', () => {
  it('gets one notice at one time', () => {
    const steps = [{ after: 0, notify: ['ops', 'ops', 'lead'] }, { after: 0, notify: ['lead', 'boss'] }, { after: 0, notify: ['ops'] }]
    expect(told([[0, fires(steps)]])).toEqual(['1:ops+lead 2:boss'])
  })

  it('gets one notice at one time over two calls', () => {
    expect(told([[0, fires()], [0, level('critical')], [10]])).toEqual(['1:ops', '', '2:lead'])
  })

  it('is told again by a later step', () => {
    expect(told([[0, fires([{ after: 0, notify: ['ops'] }, { after: 5, notify: ['ops'] }])], [5]])).toEqual(['1:ops', '2:ops'])
  })

  it('may stand behind two names', () => {
    expect(told([[0, fires([{ after: 0, notify: ['first', 'second'] }])]], () => ['ann'])).toEqual(['1:ann'])
  })
})

describe('a step with nobody to tell', () => {
  const steps = [{ after: 0, notify: ['ops'] }, { after: 10, notify: [] }, { after: 30, notify: ['boss'] }, { after: 45, notify: ['chief'] }]

  it('is skipped at once, and those after it come that much earlier', () => {
    const { told, results } = play([[0, fires(steps)], [9], [10], [24], [25]])
    expect(told).toEqual(['1:ops', '', '3:boss', '', '4:chief'])
    expect(results[2]?.due[0]?.reason).toBe('afterEmptyStep')
    expect(results[4]?.due[0]?.reason).toBe('due')
    expect(results[2]?.nextAt).toBe(25)
  })

  it('may be the first, the last, or all of them', () => {
    expect(told([[0, fires([{ after: 0, notify: [] }, { after: 10, notify: [] }, { after: 60, notify: ['boss'] }])]])).toEqual(['3:boss'])
    expect(play([[0, fires([{ after: 0, notify: ['ops'] }, { after: 10, notify: [] }])], [10]]).results[1]).toMatchObject({ due: [] })
    expect(escalate(undefined, [fires([{ after: 0, notify: [] }])], 0)).toMatchObject({ due: [] })
    expect(escalate(undefined, [fires([{ after: 0, notify: [] }])], 0).nextAt).toBeUndefined()
    expect(escalate(undefined, [fires([])], 0)).toMatchObject({ due: [] })
  })

  it('is one whose people are not on call just then', () => {
    let onDuty: readonly string[] = []
    const onCall = (name: string) => (name === 'ops' ? onDuty : [name])
    expect(told([[0, fires()]], onCall)).toEqual(['2:lead'])
    onDuty = ['ann']
    expect(told([[0, fires()]], onCall)).toEqual(['1:ann'])
  })

  it('does not make the steps of the other level come earlier', () => {
    const mixed: readonly EscalationStep[] = [{ after: 0, notify: [], level: 'critical' }, { after: 10, notify: ['lead'] }]
    expect(told([[0, fires(mixed)], [9], [10]])).toEqual(['', '', '1:lead'])
    expect(told([[0, fires(mixed, { level: 'critical' })]])).toEqual(['2:lead'])
  })
})

describe('time that does not count', () => {
  it('is what was muted, snoozed or under maintenance', () => {
    for (const by of ['muted', 'snoozed', 'maintenance'] as const) {
      const { told, results } = play([[0, fires()], [4, hold(by)], [50], [104, release(by)], [109], [110]])
      expect(told).toEqual(['1:ops', '', '', '', '', '2:lead'])
      expect(results.map(({ nextAt }) => nextAt)).toEqual([10, undefined, undefined, 110, 110, 130])
    }
  })

  it('is counted out once where several reasons overlap', () => {
    expect(told([[0, fires()], [2, hold('muted')], [4, hold('maintenance')], [6, hold('muted')], [10, release('muted')], [20, release('maintenance')], [27], [28]])).toEqual([
      '1:ops', '', '', '', '', '', '', '2:lead',
    ])
  })

  it('may begin with the episode', () => {
    expect(told([[0, fires(POLICY, { heldBy: ['muted'] })], [50], [60, release('muted')], [70]])).toEqual(['', '', '1:ops', '2:lead'])
  })

  it('does not lose a step that was due just before it', () => {
    expect(told([[0, fires()], [12, hold('muted')], [40, release('muted')]])).toEqual(['1:ops', '', '2:lead'])
  })

  it('is not ended by a release of something else', () => {
    expect(told([[0, fires(POLICY, { heldBy: ['muted'] })], [5, release('snoozed')]])).toEqual(['', ''])
  })
})

describe('an acknowledgement', () => {
  it('stops the steps; without it they begin again at the first one', () => {
    const { told, results } = play([[0, fires()], [5, { type: 'acknowledged' }], [50], [60, { type: 'unacknowledged' }], [69], [70]])
    expect(told).toEqual(['1:ops', '', '', '1:ops', '', '2:lead'])
    expect(results[1]?.nextAt).toBeUndefined()
    expect(results[3]?.due[0]?.startedBy).toBe('unacknowledged')
  })

  it('that expires does the same', () => {
    expect(play([[0, fires()], [15, { type: 'acknowledged' }], [60, { type: 'acknowledgementExpired' }]]).results[2]?.due).toEqual([{ step: 1, notify: ['ops'], reason: 'due', startedBy: 'acknowledgementExpired' }])
  })

  it('that was not there cannot end', () => {
    expect(told([[0, fires()], [5, { type: 'unacknowledged' }], [6, { type: 'acknowledgementExpired' }], [7, { type: 'snoozeEnded' }], [10]])).toEqual(['1:ops', '', '', '', '2:lead'])
  })
})

it('begins at the first step when a snooze is over, without its acknowledgement', () => {
  const moments: Moment[] = [[0, fires()], [5, { type: 'acknowledged' }, hold('snoozed')], [100, { type: 'snoozeEnded' }], [110]]
  expect(told(moments)).toEqual(['1:ops', '', '1:ops', '2:lead'])
  expect(play(moments).results[2]?.due[0]?.startedBy).toBe('snoozeEnded')
  expect(told([[0, fires()], [5, hold('snoozed'), hold('muted')], [100, { type: 'snoozeEnded' }], [120, release('muted')]])).toEqual(['1:ops', '', '', '1:ops'])
})

describe('a level', () => {
  const steps: readonly EscalationStep[] = [
    { after: 0, notify: ['chat'], level: 'warning' },
    { after: 0, notify: ['pager'], level: 'critical' },
    { after: 10, notify: ['lead'] },
    { after: 20, notify: ['chat2'], level: 'warning' },
    { after: 20, notify: ['boss'], level: 'critical' },
  ]

  it('has the steps that are its own and those of both', () => {
    expect(told([[0, fires(steps)], [10], [20]])).toEqual(['1:chat', '2:lead', '3:chat2'])
    expect(told([[0, fires(steps, { level: 'critical' })], [10], [20]])).toEqual(['1:pager', '2:lead', '3:boss'])
  })

  it('that rises begins at its first step', () => {
    const { told, results } = play([[0, fires(steps)], [15, level('critical')], [24], [25], [35]])
    expect(told).toEqual(['1:chat', '1:pager', '', '2:lead', '3:boss'])
    expect(results[1]?.due[0]?.startedBy).toBe('levelRose')
  })

  it('that rises ends an acknowledgement, unless that is sticky', () => {
    expect(told([[0, fires(steps)], [5, { type: 'acknowledged' }], [15, level('critical')]])[2]).toBe('1:pager')
    expect(told([[0, fires(steps)], [5, { type: 'acknowledged' }], [15, level('critical', true)], [30, { type: 'unacknowledged' }]])).toEqual(['1:chat', '', '', '1:pager'])
  })

  it('that rises while muted waits for the mute to end', () => {
    expect(told([[0, fires(steps)], [5, hold('muted')], [15, level('critical')], [50, release('muted')], [60]])).toEqual(['1:chat', '', '', '1:pager', '2:lead'])
  })

  it('that breaks a snooze at critical tells only the steps of critical', () => {
    expect(told([[0, fires(steps)], [5, hold('snoozed')], [15, release('snoozed'), level('critical')]])).toEqual(['1:chat', '', '1:pager'])
  })

  it('that falls tells nobody by itself and goes on counting', () => {
    expect(told([[0, fires(steps, { level: 'critical' })], [10], [15, level('warning')], [19], [20]])).toEqual(['1:pager', '2:lead', '', '', '3:chat2'])
    expect(told([[0, fires(steps, { level: 'critical' })], [10], [25], [26, level('warning')], [99]])).toEqual(['1:pager', '2:lead', '3:boss', '', ''])
  })

  it('that falls leaves out steps of its own whose time has passed', () => {
    const mixed: readonly EscalationStep[] = [{ after: 0, notify: ['ops'] }, { after: 20, notify: ['chat'], level: 'warning' }, { after: 30, notify: ['boss'], level: 'critical' }, { after: 40, notify: ['lead'] }]
    expect(told([[0, fires(mixed, { level: 'critical' })], [25, level('warning')], [30], [40]])).toEqual(['1:ops', '', '', '3:lead'])
    expect(told([[0, fires(mixed, { level: 'critical' })], [15, level('warning')], [20], [40]])).toEqual(['1:ops', '', '2:chat', '3:lead'])
  })

  it('that falls while nobody could be told leaves its steps to be told', () => {
    expect(told([[0, fires(steps, { level: 'critical', heldBy: ['muted'] })], [5, level('warning')], [9, release('muted')]])).toEqual(['', '', '1:chat'])
  })

  it('said again changes nothing', () => {
    expect(told([[0, fires(steps)], [5, level('warning')], [10, level('warning')]])).toEqual(['1:chat', '', '2:lead'])
  })
})

describe('a step that repeats', () => {
  const steps: readonly EscalationStep[] = [
    { after: 0, notify: ['ops'], repeat: 10 },
    { after: 25, notify: ['boss'] },
  ]
  it('does so from one telling to the next, beside the steps after it', () => {
    const { told, results } = play([[0, fires(steps)], [10], [19], [21], [25], [30], [31], [41]])
    expect(told).toEqual(['1:ops', '1:ops', '', '1:ops', '2:boss', '', '1:ops', '1:ops'])
    expect(results.map(({ nextAt }) => nextAt)).toEqual([10, 20, 20, 25, 31, 31, 41, 51])
    expect(results[1]?.due[0]?.reason).toBe('repeat')
  })

  it('tells once what was missed', () => {
    expect(told([[0, fires(steps)], [1_000], [1_009], [1_010]])).toEqual(['1:ops', '1:ops 2:boss', '', '1:ops'])
  })

  it('does not count muted time, and stops when acknowledged', () => {
    expect(told([[0, fires(steps)], [5, hold('muted')], [50, release('muted')], [54], [55]])).toEqual(['1:ops', '', '', '', '1:ops'])
    expect(told([[0, fires(steps)], [5, { type: 'acknowledged' }], [50], [60, { type: 'unacknowledged' }], [65], [70]])).toEqual(['1:ops', '', '', '1:ops', '', '1:ops'])
  })

  it('stops when the level it belongs to is left', () => {
    const warning: readonly EscalationStep[] = [{ after: 0, notify: ['chat'], repeat: 10, level: 'warning' }]
    expect(play([[0, fires(warning)], [5, level('critical')], [10], [20]])).toMatchObject({ told: ['1:chat', '', '', ''], results: [{ nextAt: 10 }, {}, {}, {}] })
    const critical: readonly EscalationStep[] = [{ after: 0, notify: ['pager'], repeat: 10, level: 'critical' }]
    expect(play([[0, fires(critical, { level: 'critical' })], [5, level('warning')], [10]])).toMatchObject({ told: ['1:pager', '', ''], results: [{ nextAt: 10 }, {}, {}] })
  })

  it('shares one notice with a step that comes at the same time', () => {
    const both: readonly EscalationStep[] = [{ after: 0, notify: ['ops'], repeat: 10 }, { after: 10, notify: ['ops', 'lead'] }]
    expect(told([[0, fires(both)], [10]])).toEqual(['1:ops', '1:ops 2:lead'])
  })

  it('comes back to people who were not on call', () => {
    let onDuty: readonly string[] = []
    let state = escalate(undefined, [fires([{ after: 0, notify: ['ops'], repeat: 10 }])], 0, () => onDuty).state
    onDuty = ['ann']
    expect(escalate(state, [], 9, () => onDuty).due).toEqual([])
    state = escalate(state, [], 9, () => onDuty).state
    expect(escalate(state, [], 10, () => onDuty).due).toMatchObject([{ step: 1, notify: ['ann'], reason: 'repeat' }])
  })

  it('with no interval does not', () => {
    expect(play([[0, fires([{ after: 0, notify: ['ops'], repeat: 0 }])], [1]])).toMatchObject({ told: ['1:ops', ''] })
  })
})

it('stands still while the clock goes backwards', () => {
  expect(told([[0, fires()], [5], [-100], [9], [10]])).toEqual(['1:ops', '', '', '', '2:lead'])
  expect(told([[0, fires()], [5, hold('muted')], [-100, release('muted')], [9], [10]])).toEqual(['1:ops', '', '', '', '2:lead'])
})

const names = fc.subarray(['a', 'b', 'c'])
const step: fc.Arbitrary<EscalationStep> = fc.record(
  { after: fc.integer({ min: 0, max: 50 }), notify: names, level: fc.constantFrom('warning' as const, 'critical' as const), repeat: fc.integer({ min: 1, max: 20 }) },
  { requiredKeys: ['after', 'notify'] },
)
const holds = fc.constantFrom('muted' as const, 'snoozed' as const, 'maintenance' as const)
const event: fc.Arbitrary<EscalationEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('held' as const, 'released' as const), by: holds }),
  fc.constantFrom<EscalationEvent>({ type: 'acknowledged' }, { type: 'unacknowledged' }, { type: 'acknowledgementExpired' }, { type: 'snoozeEnded' }, level('warning'), level('critical'), level('critical', true)),
)
const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.array(event, { maxLength: 2 })), { maxLength: 40 }).map((all) => {
  let at = 0
  return all.map(([wait, events]): Moment => [(at += wait), ...events])
})

it('never tells anybody twice at one instant, and nobody while held or acknowledged', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 5 }), moments, (steps, moments) => {
      const { results } = play([[0, fires(steps)], ...moments])
      const seen = new Set<string>()
      for (const { at, due, state, nextAt } of results) {
        for (const { notify } of due) {
          expect(notify.length).toBeGreaterThan(0)
          for (const name of notify) {
            expect(seen.has(`${at} ${name}`)).toBe(false)
            seen.add(`${at} ${name}`)
          }
        }
        const stopped = state !== undefined && (state.acknowledged || state.heldBy.length > 0)
        if (stopped) expect({ due, nextAt }).toEqual({ due: [], nextAt: undefined })
        if (nextAt !== undefined) expect(nextAt).toBeGreaterThan(at)
        expect(JSON.stringify(state).length).toBeLessThan(1_500)
      }
    }),
  )
})

it('never counts muted time: without the holds cut out, the same is told at the same counted times', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 5 }), fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean(), holds, holds), { maxLength: 20 }), (steps, spans) => {
      // Each span lets some time pass: held for one or two reasons that overlap, or free.
      let [at, free] = [0, 0]
      const withHolds: Moment[] = [[0, fires(steps)]]
      const without: Moment[] = [[0, fires(steps)]]
      const clocks: number[] = [0]
      for (const [length, held, one, other] of spans) {
        if (held) {
          withHolds.push([at, hold(one)], [at, hold(other)], [(at += length), release(one)], [at, release(other)])
          clocks.push(free, free, free, free)
        } else {
          withHolds.push([(at += length)])
          without.push([(free += length)])
          clocks.push(free)
        }
      }
      const tellings = (list: readonly { readonly at: number; readonly due: readonly unknown[] }[], clock: (index: number) => number) =>
        list.flatMap(({ due }, index) => due.map((one) => ({ at: clock(index), one })))
      const [real, cut] = [play(withHolds).results, play(without).results]
      expect(tellings(real, (index) => clocks[index] ?? NaN)).toEqual(tellings(cut, (index) => cut[index]?.at ?? NaN))
    }),
  )
})

it('tells each step once between two beginnings, and none before its time', () => {
  const once = fc.array(step.map(({ repeat: _repeat, ...rest }) => rest), { maxLength: 5 })
  fc.assert(
    fc.property(once, moments, (steps, moments) => {
      const { results } = play([[0, fires(steps)], ...moments])
      let [began, seen] = ['', new Set<number>()]
      for (const { due, state } of results) {
        if (state === undefined) continue
        const run = `${state.startedBy} ${state.startedAt} ${state.level}`
        if (run !== began) [began, seen] = [run, new Set()]
        for (const { step, reason } of due) {
          expect(seen.has(step)).toBe(false)
          seen.add(step)
          const own = state.steps.filter((one) => one.level === undefined || one.level === state.level)
          if (reason === 'due' && state.saved === 0) expect(own[step - 1]?.after).toBeLessThanOrEqual(state.at - state.startedAt)
        }
      }
    }),
  )
})
