import { describe, expect, it } from 'vitest'
import type { AlertState } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Level } from '../model/level.ts'
import { episodeId, fingerprint } from './identity.ts'
import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from './reducer.ts'

const MINUTE = 60_000
const clocks = (wait = 0, keep = 0) => ({ for: wait * MINUTE, keepFiringFor: keep * MINUTE })
const policy = (over: Partial<AlertPolicy> = {}): AlertPolicy => ({ levels: ['warning', 'critical'], warning: clocks(), critical: clocks(), worse: 'high', staleAfter: 2, ...over })

/** Judges as `> 70, clear < 60` for warning and `> 80, clear < 70` for critical. */
const judge = (value: number, at: number): Judgement => ({
  at,
  value,
  breaches: value > 80 ? 'critical' : value > 70 ? 'warning' : 'none',
  clears: value < 60 ? 'warning' : value < 70 ? 'critical' : 'none',
  reason: `is ${value}`,
})

/** Feeds events, one a minute for numbers, and keeps every change and level. */
function play(events: readonly (number | AlertEvent)[], rules = policy(), from: AlertState = newAlert) {
  let state = from
  const changes: AlertChange[] = []
  const levels: Level[] = []
  events.forEach((event, minute) => {
    const reduction = reduceAlert(state, typeof event === 'number' ? { type: 'judged', judgement: judge(event, minute * MINUTE) } : event, rules, 'f'.repeat(32))
    state = reduction.state
    changes.push(...reduction.changes)
    levels.push(state.level)
  })
  return { state, levels, changes, kinds: changes.map(({ kind }) => kind) }
}

describe('identity', () => {
  it('is 128 bits of SHA-256 over canonical JSON, whatever the order of labels', () => {
    // printf '["main",{"region":"us-west-2","rule":"ec2.cpu"}]' | sha256sum
    expect(fingerprint('main', { rule: 'ec2.cpu', region: 'us-west-2' })).toBe('eaf15d3c7d7b9c0c09625a3383e08589')
    expect(fingerprint('main', { region: 'us-west-2', rule: 'ec2.cpu' })).toBe(fingerprint('main', { rule: 'ec2.cpu', region: 'us-west-2' }))
    expect(fingerprint('other', { region: 'us-west-2', rule: 'ec2.cpu' })).not.toBe(fingerprint('main', { rule: 'ec2.cpu', region: 'us-west-2' }))
  })

  it('names an episode after its alert and its start', () => {
    expect(episodeId('a'.repeat(32), 35)).toBe('aaaaaaaaaaaaaaaa-z')
  })
})

describe('hysteresis', () => {
  it('leaves critical for warning by the clear line of warning', () => {
    expect(play([61, 73, 64, 85, 62, 56, 47]).levels).toEqual(['none', 'warning', 'warning', 'critical', 'warning', 'none', 'none'])
  })

  it('is not hot on the breach line, and stays hot on the clear line', () => {
    expect(play([70]).levels).toEqual(['none'])
    expect(play([71, 60, 59.9]).levels).toEqual(['warning', 'warning', 'none'])
  })

  it('takes critical for warning too: a fall from critical ends in warning when that is not cleared', () => {
    expect(play([90, 65]).kinds).toEqual(['fired', 'deescalated'])
  })
})

describe('clocks', () => {
  it('fires at once without a `for`, and resolves at once without a `keepFiringFor`', () => {
    const { changes } = play([50, 75, 50])
    expect(changes.map(({ kind, at, from, to }) => [kind, at / MINUTE, from, to])).toEqual([
      ['fired', 1, 'none', 'warning'],
      ['resolved', 2, 'warning', 'none'],
    ])
  })

  it('fires at the first evaluation that is `for` after the breach began, and loses the clock when cold', () => {
    const rules = policy({ warning: clocks(2), critical: clocks(2) })
    expect(play([75, 75, 75], rules).changes.map(({ kind, at }) => [kind, at / MINUTE])).toEqual([['pending', 0], ['fired', 2]])
    expect(play([75, 50, 75, 75, 75], rules).changes.map(({ kind, at }) => [kind, at / MINUTE])).toEqual([
      ['pending', 0],
      ['dropped', 1],
      ['pending', 2],
      ['fired', 4],
    ])
  })

  it('recovers for `keepFiringFor`, and stays one episode when it is hot again', () => {
    const rules = policy({ warning: clocks(0, 2), critical: clocks(0, 2) })
    const { changes, state } = play([75, 50, 75, 50, 50, 50], rules)
    expect(changes.map(({ kind, at }) => [kind, at / MINUTE])).toEqual([['fired', 0], ['recovering', 1], ['relapsed', 2], ['recovering', 3], ['resolved', 5]])
    expect(state.episode).toMatchObject({ startedAt: 0, firedAt: 0, endedAt: 5 * MINUTE, endReason: 'recovered', peak: 75, worstLevel: 'warning' })
  })

  it('fires critical by its own clock before warning has had its time', () => {
    const { changes } = play([90, 90], policy({ warning: clocks(5), critical: clocks(1) }))
    expect(changes.map(({ kind, to, at }) => [kind, to, at / MINUTE])).toEqual([['pending', 'none', 0], ['fired', 'critical', 1]])
  })

  it('fires warning first and escalates when critical is the slower', () => {
    const { changes } = play([90, 90, 90, 90, 90, 90], policy({ warning: clocks(1), critical: clocks(5) }))
    expect(changes.map(({ kind, to, at }) => [kind, to, at / MINUTE])).toEqual([['pending', 'none', 0], ['fired', 'warning', 1], ['escalated', 'critical', 5]])
  })

  it('runs no clock for a level that the evaluator does not have', () => {
    const { changes } = play([90, 90], policy({ levels: ['critical'], warning: clocks(0), critical: clocks(1) }))
    expect(changes.map(({ kind, to }) => [kind, to])).toEqual([['pending', 'none'], ['fired', 'critical']])
  })

  it('changes nothing for the same instant twice, nor for one before', () => {
    const once = play([50, 75]).state
    for (const at of [MINUTE, 0]) expect(reduceAlert(once, { type: 'judged', judgement: judge(20, at) }, policy(), 'f')).toEqual({ state: once, changes: [] })
  })
})

describe('two levels', () => {
  const rules = policy({ warning: clocks(5), critical: clocks(1) })

  it('are never told OK while it is still amber: the fall from red does not wait for the `for` of amber', () => {
    const { changes } = play([90, 90, 65, 50], rules)
    expect(changes.map(({ kind, from, to, at, code }) => [kind, from, to, at / MINUTE, code])).toEqual([
      ['pending', 'none', 'none', 0, 'enoughHot'],
      ['fired', 'none', 'critical', 1, 'forElapsed'],
      ['deescalated', 'critical', 'warning', 2, 'tooFewHot'],
      ['resolved', 'warning', 'none', 3, 'tooFewHot'],
    ])
  })

  it('go on as one alert when it is amber again before red has recovered', () => {
    const { kinds, levels } = play([90, 90, 50, 75, 75, 75, 50, 50, 50, 50], policy({ warning: clocks(5), critical: clocks(1, 3) }))
    expect(kinds).toEqual(['pending', 'fired', 'recovering', 'relapsed', 'deescalated', 'resolved'])
    expect(levels).toEqual(['none', 'critical', 'critical', 'critical', 'critical', 'warning', 'none', 'none', 'none', 'none'])
    expect(play([90, 90, 50, 50, 50, 75], policy({ warning: clocks(5), critical: clocks(1, 3) })).kinds).toEqual(['pending', 'fired', 'recovering', 'deescalated', 'relapsed'])
  })
})

describe('reasons', () => {
  it('name the clock that ran out, or what the points said', () => {
    const rules = policy({ warning: clocks(1, 1), critical: clocks(1, 1), flapping: false })
    expect(play([75, 75, 50, 75, 50, 50, 75, 50], rules).changes.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'pending enoughHot',
      'fired forElapsed',
      'recovering tooFewHot',
      'relapsed enoughHot',
      'recovering tooFewHot',
      'resolved keepFiringForElapsed',
      'pending enoughHot',
      'dropped tooFewHot',
    ])
    expect(play([90, { type: 'ended', at: MINUTE, reason: 'ruleRemoved' }]).changes.at(-1)?.code).toBe('ruleRemoved')
  })
})

describe('episodes', () => {
  it('count how often the alert fired, and tell when it fires soon after it ended', () => {
    const { kinds, state } = play([75, 50, 75, 50, 50, 50, 50, 50, 50, 75])
    expect(kinds).toEqual(['fired', 'resolved', 'refired', 'resolved', 'fired'])
    expect(state.episode).toMatchObject({ startedAt: 9 * MINUTE, fires: 3, quietSince: 3 * MINUTE })
    expect(play([75, 50, 75], policy({ refireWithin: MINUTE - 1 })).kinds).toEqual(['fired', 'resolved', 'fired'])
  })

  it('that only were pending count for nothing', () => {
    const { changes, state } = play([75, 75, 50, 75, 50, 75, 75], policy({ warning: clocks(1), critical: clocks(1) }))
    expect(changes.map(({ kind }) => kind)).toEqual(['pending', 'fired', 'resolved', 'pending', 'dropped', 'pending', 'refired'])
    expect(state.episode).toMatchObject({ fires: 2, quietSince: 2 * MINUTE })
  })
})

describe('what is not a settled point', () => {
  const provisional = (value: number, minute: number): AlertEvent => ({ type: 'provisional', judgement: judge(value, minute * MINUTE) })

  it('starts a pending clock for a provisional point, and never fires or resolves for one', () => {
    expect(play([provisional(90, 0)]).state).toMatchObject({ phase: 'pending', level: 'none', lastAt: -Infinity })
    const firing = play([75]).state
    for (const value of [20, 95]) expect(reduceAlert(firing, provisional(value, 9), policy(), 'f').state).toBe(firing)
  })

  it('fires when the provisional point settles as it was, and drops it when it does not', () => {
    expect(play([50, provisional(90, 2), 90]).kinds).toEqual(['pending', 'fired'])
    expect(play([50, provisional(90, 2), 50]).kinds).toEqual(['pending', 'dropped'])
  })

  it('holds phase and level when data is missing or the source fails', () => {
    const rules = policy({ warning: clocks(0, 1), critical: clocks(0, 1) })
    const missing = play([90, { type: 'missing', at: MINUTE }, { type: 'missing', at: 2 * MINUTE }, 90], rules)
    expect(missing.kinds).toEqual(['fired', 'noData', 'dataBack'])
    expect(missing.levels).toEqual(['critical', 'critical', 'critical', 'critical'])
    const failed = play([90, { type: 'sourceFailed' }], rules)
    expect(failed.state).toMatchObject({ health: 'error', phase: 'firing', level: 'critical' })
    expect(failed.kinds).toEqual(['fired'])
  })

  it('ends an alert whose resource was absent often enough in a row, with the reason', () => {
    const gone = (minute: number): AlertEvent => ({ type: 'absent', at: minute * MINUTE })
    expect(play([90, gone(1), 90, gone(3)]).levels).toEqual(['critical', 'critical', 'critical', 'critical'])
    const { state, changes } = play([90, gone(1), gone(2)])
    expect(changes.at(-1)).toMatchObject({ kind: 'resolved', at: 2 * MINUTE, from: 'critical', to: 'none', reason: 'resourceGone' })
    expect(state.episode).toMatchObject({ endedAt: 2 * MINUTE, endReason: 'resourceGone' })
  })

  it('forgets absences and an unreadable source as soon as it is there again, with a new point or without', () => {
    const gone = (minute: number): AlertEvent => ({ type: 'absent', at: minute * MINUTE })
    expect(play([90, gone(1), { type: 'present' }, gone(3)]).levels).toEqual(['critical', 'critical', 'critical', 'critical'])
    expect(play([90, { type: 'sourceFailed' }, { type: 'present' }]).state.health).toBe('ok')
    expect(play([{ type: 'sourceFailed' }, { type: 'present' }]).state.health).toBe('warmingUp')
    expect(play([90, { type: 'missing', at: MINUTE }, { type: 'present' }]).state.health).toBe('noData')
  })

  it('says that data is back only when it was gone', () => {
    expect(play([50, { type: 'sourceFailed' }, 50, 90]).kinds).toEqual(['fired'])
  })

  it('never ends before its last point, and keeps the value at which it began to recover', () => {
    expect(play([50, 90, { type: 'ended', at: 0, reason: 'ruleRemoved' }]).changes.at(-1)?.at).toBe(MINUTE)
    const slow = policy({ warning: clocks(0, 2), critical: clocks(0, 2) })
    expect(play([90, 50, 40, 30], slow).state.episode).toMatchObject({ recoveredValue: 50 })
  })

  it('ends an alert that is no longer watched, and only one that is not at rest', () => {
    const { state, changes } = play([90, { type: 'ended', at: MINUTE, reason: 'ruleRemoved' }])
    expect(changes.at(-1)).toMatchObject({ kind: 'resolved', reason: 'ruleRemoved' })
    expect(state).toMatchObject({ reached: 'none', slots: '', critical: { latched: false } })
    expect(play([50, { type: 'ended', at: MINUTE, reason: 'ruleRemoved' }]).changes).toEqual([])
  })
})

it('keeps a bounded trend and the worst value in the direction of the metric', () => {
  const values = Array.from({ length: 100 }, (_, index) => 75 + (index % 5))
  expect(play(values).state.episode).toMatchObject({ peak: 79, recent: values.slice(-8) })
  const low = policy({ worse: 'low' })
  expect(play([90, 85, 95], low).state.episode?.peak).toBe(85)
})

it('reads no reason of a point that nobody will hear of', () => {
  const judgement = {
    at: 0,
    value: 1,
    breaches: 'none' as const,
    get reason(): string {
      throw new Error('read')
    },
  }
  expect(reduceAlert(newAlert, { type: 'judged', judgement }, policy(), 'f').state.phase).toBe('inactive')
})

it('moves no clock beyond the moment at which it goes on', () => {
  const twoOfTwo = policy({ occurrences: { hot: 2, of: 2, range: 2 }, missing: 'breaching' })
  const { state } = play(
    [{ type: 'missing', at: MINUTE, period: MINUTE }, { type: 'provisional', judgement: judge(75, 2 * MINUTE + 1), period: MINUTE }, { type: 'sourceFailed' }, { type: 'judged', judgement: judge(NaN, 3 * MINUTE + 1), period: MINUTE }],
    twoOfTwo,
  )
  expect([state.warning.phase, state.critical.phase]).toEqual(['firing', 'firing'])
})
