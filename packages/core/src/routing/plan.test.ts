import { describe, expect, it } from 'vitest'
import { newAlert } from '../alerting/reducer.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Level } from '../model/level.ts'
import { aResource, aSubject } from '../testing/builders.ts'
import type { MuteReason } from './mute.ts'
import { planNotifications, type PlanInput } from './plan.ts'
import { CHANNEL_RULE, SOURCE_RULE } from './receivers.ts'
import { compileRoutes, type RouteNode, routeOfLevels } from './route-tree.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

function alert(id: string, level: Level, over: { rule?: string; episode?: string; endedAt?: number; startedAt?: number; labels?: Record<string, string> } = {}): AlertRecord {
  const { rule = 'ec2.cpu', episode = `${id}-1`, endedAt, startedAt = -HOUR, labels = {} } = over
  return {
    subject: aSubject({ fingerprint: id, rule, labels: { rule, ...labels }, resource: aResource({ id, name: id }) }),
    state: {
      ...newAlert,
      phase: level === 'none' ? 'inactive' : 'firing',
      level,
      value: 91,
      reason: '> 80%',
      episode: { id: episode, startedAt, firedAt: startedAt, firedValue: 90, peak: 95, worstLevel: 'critical', recent: [], fires: 1, ...(endedAt === undefined ? {} : { endedAt, recoveredValue: 40 }) },
    },
  }
}

/** Plans again and again against the ledger of the time before, as the engine does. Each call is a minute after the last, or at `at`. */
function teller(tree: RouteNode = routeOfLevels(['ops'], ['ops', 'mail']), over: Partial<PlanInput> = {}) {
  let ledger: readonly GroupEntry[] = []
  let now = -MINUTE
  const tell = (alerts: readonly AlertRecord[], settings: Partial<PlanInput> & { at?: number } = {}) => {
    const { at, ...rest } = settings
    now = at ?? now + MINUTE
    const plan = planNotifications({
      monitor: 'main',
      match: compileRoutes(tree, { groupBy: ['rule'], groupInterval: MINUTE }),
      sendResolved: { ops: true, mail: true },
      resolveThroughMute: true,
      timeZone: 'UTC',
      now,
      alerts: new Map(alerts.map((record) => [record.subject.fingerprint, record])),
      entries: ledger,
      watched: () => 14,
      muted: () => undefined,
      acknowledged: () => false,
      ...over,
      ...rest,
    })
    const changed = new Map(plan.entries.map((entry) => [entry.id, entry]))
    ledger = [...ledger.filter(({ id }) => !changed.has(id)), ...plan.entries]
    tell.plan = plan
    return plan.messages.map(({ notification: n }) => `${n.receiver} ${n.reason}: ${n.alerts.map((a) => `${a.subject.fingerprint} ${a.change}`).join(', ')}`)
  }
  tell.plan = undefined as ReturnType<typeof planNotifications> | undefined
  return tell
}
const silenced = (...ids: string[]): Partial<PlanInput> => ({ muted: ({ subject }) => (ids.includes(subject.fingerprint) ? ({ by: 'silence', id: 's1' } satisfies MuteReason) : undefined) })
const over = (id: string, rest: { episode?: string } = {}) => alert(id, 'none', { endedAt: 1, ...rest })
const both = routeOfLevels(['ops'])

describe('who is told', () => {
  it('tells the receivers of each level, and those who heard it when the level leaves them', () => {
    const tell = teller(routeOfLevels(['ops'], ['mail']))
    expect(tell([alert('a', 'warning')])).toEqual(['ops first: a new'])
    expect(tell([alert('a', 'critical')])).toEqual(['ops rerouted: a resolved', 'mail first: a new'])
    expect(tell([alert('a', 'warning')])).toEqual(['ops new: a new', 'mail rerouted: a resolved'])
    expect(tell([over('a')])).toEqual(['ops allResolved: a resolved'])
    expect(tell([])).toEqual([])
  })

  it('keeps the conversation with a receiver of both levels', () => {
    const tell = teller()
    expect(tell([alert('a', 'warning')])).toEqual(['ops first: a new'])
    expect(tell([alert('a', 'critical')])).toEqual(['ops new: a changed', 'mail first: a new'])
  })

  it('groups the alerts of one rule and marks what is new about each', () => {
    const tell = teller(both)
    tell([alert('a', 'warning')])
    expect(tell([alert('a', 'critical'), alert('b', 'warning'), alert('c', 'warning', { rule: 'ec2.disk' })])).toEqual(['ops new: a changed, b new', 'ops first: c new'])
    expect(tell([alert('a', 'critical'), over('b'), alert('c', 'warning', { rule: 'ec2.disk' })])).toEqual(['ops someResolved: a unchanged, b resolved'])
  })

  it('says nothing about what nobody was told of', () => {
    expect(teller()([over('a')])).toEqual([])
  })

  it('starts a new thread only after everything has ended', () => {
    const tell = teller(both)
    const threads = [[alert('a', 'warning')], [alert('a', 'critical')], [over('a')], [alert('a', 'warning', { episode: 'a-2' })]].map((alerts) => {
      tell(alerts)
      return tell.plan?.messages[0]?.notification.thread
    })
    expect(new Set(threads.slice(0, 3)).size).toBe(1)
    expect(threads[3]).not.toBe(threads[0])
  })

  it('records the end for a receiver that does not want to hear it, and starts afresh', () => {
    const tell = teller(both, { sendResolved: { ops: false } })
    tell([alert('a', 'warning')])
    expect(tell([over('a')])).toEqual([])
    expect(tell([alert('a', 'warning', { episode: 'a-2' })])).toEqual(['ops new: a new'])
  })

  it('closes the ledger of a receiver that is no longer configured', () => {
    const tell = teller()
    tell([alert('a', 'critical')])
    expect(tell([alert('a', 'critical')], { sendResolved: { ops: true } })).toEqual([])
    expect(tell.plan?.decisions).toContainEqual({ receiver: 'mail', key: expect.any(String), decision: 'receiverRemoved', muted: [], alerts: [{ fingerprint: 'a', standing: { is: 'left' } }] })
    expect(tell([alert('a', 'critical')])).toEqual(['mail new: a new'])
  })

  it('never tells of a failing channel through that channel, and of failures that no route takes to everybody', () => {
    const channel = alert('c', 'critical', { rule: CHANNEL_RULE })
    const aboutOps = { ...channel, subject: { ...channel.subject, resource: aResource({ id: 'channel:ops', name: 'ops' }) } }
    expect(teller()([aboutOps])).toEqual(['mail first: c new'])
    expect(teller(routeOfLevels([], ['mail']))([alert('s', 'warning', { rule: SOURCE_RULE })])).toEqual(['ops first: s new', 'mail first: s new'])
  })

  it('gives the same decision the same idempotency key, and every other another', () => {
    const first = teller(both)
    const again = teller(both)
    first([alert('a', 'critical')])
    again([alert('a', 'critical')], { at: 5 * SECOND })
    expect(again.plan?.messages[0]?.id).toBe(first.plan?.messages[0]?.id)
    first([over('a')])
    expect(first.plan?.messages[0]?.id).not.toBe(again.plan?.messages[0]?.id)
  })
})

describe('across ledgers and levels', () => {
  it('never uses a key again when the ledger was lost', () => {
    const keyOf = (record: AlertRecord) => {
      const tell = teller(both)
      tell([record])
      return tell.plan?.messages[0]?.id
    }
    expect(new Set([alert('a', 'critical'), alert('b', 'critical'), alert('a', 'warning'), alert('a', 'critical', { episode: 'a-2' })].map(keyOf)).size).toBe(4)
  })

  it('tells those who heard of an alert that its lower level is told to nobody', () => {
    const tell = teller(routeOfLevels([], ['ops']))
    expect(tell([alert('a', 'critical')])).toEqual(['ops first: a new'])
    expect(tell([alert('a', 'warning')])).toEqual(['ops rerouted: a resolved'])
    expect(tell([over('a')])).toEqual([])
  })

  it('moves what was told along with an alert that goes to another group of its receiver', () => {
    const tell = teller({ receivers: ['ops'], groupBy: ['team'], routes: [{ level: 'critical', receivers: ['ops', 'mail'] }] })
    expect(tell([alert('a', 'warning', { labels: { team: 'x' } })])).toEqual(['ops first: a new'])
    expect(tell([alert('a', 'warning', { labels: { team: 'y' } })])).toEqual([])
    expect(tell([alert('a', 'critical', { labels: { team: 'y' } })])).toEqual(['ops new: a changed', 'mail first: a new'])
    expect(tell([alert('a', 'warning', { labels: { team: 'y' } })])).toEqual(['mail rerouted: a resolved'])
    expect(tell([over('a')])).toEqual(['ops allResolved: a resolved'])
  })

  it('takes only what still fires for also firing, a few in words and all in number', () => {
    const tell = teller(both)
    const disk = (id: string) => alert(id, 'warning', { rule: 'ec2.disk' })
    tell([alert('a', 'critical'), alert('z', 'none', { rule: 'ec2.disk', endedAt: 1 }), ...Array.from({ length: 9 }, (_, index) => disk(`d${index}`))])
    expect(tell.plan?.messages[0]?.notification.alsoFiring).toMatchObject({ count: 9, lines: { length: 5 } })
  })

  it('says rerouted only when all that left is told to others', () => {
    const tell = teller(routeOfLevels(['ops'], ['mail']))
    tell([alert('a', 'warning'), alert('b', 'warning')])
    expect(tell([alert('a', 'critical'), over('b')])).toContain('ops allResolved: a resolved, b resolved')
  })
})

describe('when', () => {
  const tree: RouteNode = { receivers: ['ops'], groupWait: 30 * SECOND, groupInterval: 5 * MINUTE, repeatInterval: HOUR }
  const young = (id: string, at: number) => alert(id, 'warning', { startedAt: at })

  it('waits for a new group to gather, and says when it will look again', () => {
    const tell = teller(tree)
    expect(tell([young('a', 0)], { at: 0 })).toEqual([])
    expect(tell.plan?.nextAt).toBe(30 * SECOND)
    expect(tell([young('a', 0), young('b', 10 * SECOND)], { at: 10 * SECOND })).toEqual([])
    expect(tell([young('a', 0), young('b', 10 * SECOND)], { at: 30 * SECOND })).toEqual(['ops first: a new, b new'])
    expect(tell.plan?.nextAt).toBe(5 * MINUTE + 30 * SECOND)
  })

  it('tells at once of an alert that is older than the wait', () => {
    expect(teller(tree)([young('a', -31 * SECOND)], { at: 0 })).toEqual(['ops first: a new'])
  })

  it('never tells of what ended before the wait was over', () => {
    const tell = teller(tree)
    tell([young('a', 0)], { at: 0 })
    expect(tell([over('a')], { at: 20 * SECOND })).toEqual([])
    expect(tell([over('a')], { at: 30 * SECOND })).toEqual([])
    expect(tell.plan?.nextAt).toBe(Infinity)
  })

  it('looks at a known group at its interval only, but at once when a level rises', () => {
    const tell = teller(tree)
    tell([young('a', -HOUR)], { at: 0 })
    expect(tell([young('a', -HOUR), young('b', -HOUR)], { at: MINUTE })).toEqual([])
    expect(tell([alert('a', 'critical'), young('b', -HOUR)], { at: 2 * MINUTE })).toEqual(['ops new: a changed, b new'])
    expect(tell([over('a'), young('b', -HOUR)], { at: 3 * MINUTE })).toEqual([])
    expect(tell([over('a'), young('b', -HOUR)], { at: 7 * MINUTE })).toEqual(['ops someResolved: b unchanged, a resolved'])
  })

  it('repeats from evaluation to evaluation, so that repeat = interval repeats each interval', () => {
    const tell = teller({ ...tree, repeatInterval: 5 * MINUTE })
    tell([young('a', -HOUR)], { at: 0 })
    expect([5, 10, 15].map((minute) => tell([young('a', -HOUR)], { at: minute * MINUTE }))).toEqual([['ops repeat: a unchanged'], ['ops repeat: a unchanged'], ['ops repeat: a unchanged']])
  })

  it('does not repeat what somebody has taken on', () => {
    const tell = teller({ ...tree, repeatInterval: 5 * MINUTE }, { acknowledged: () => true })
    expect(tell([young('a', -HOUR)], { at: 0 })).toEqual(['ops first: a new'])
    expect(tell([young('a', -HOUR)], { at: 5 * MINUTE })).toEqual([])
    expect(tell([over('a')], { at: 10 * MINUTE })).toEqual(['ops allResolved: a resolved'])
  })

  it('looks at everything at the end of a single pass', () => {
    expect(teller(tree)([young('a', 0)], { at: 0, final: true })).toEqual(['ops first: a new'])
  })
})

describe('muting', () => {
  const minute = (n: number) => ({ at: n * MINUTE })

  it('sends nothing for what fired and ended while muted', () => {
    const tell = teller(both)
    expect(tell([alert('a', 'warning')], { ...minute(0), ...silenced('a') })).toEqual([])
    expect(tell([over('a')], { ...minute(1), ...silenced('a') })).toEqual([])
    expect(tell([over('a')], minute(2))).toEqual([])
  })

  it('holds the end of a flapping alert until it is steady, but not that of one that is gone', () => {
    const flapping = (record: AlertRecord): AlertRecord => ({ ...record, state: { ...record.state, flapping: true } })
    const tell = teller(both)
    const held: Partial<PlanInput> = { muted: ({ state }) => (state.flapping && state.level !== 'critical' ? ({ by: 'flapping' } as const) : undefined) }
    tell([alert('a', 'warning'), alert('b', 'warning')], { ...minute(0), ...held })
    expect(tell([flapping(over('a')), over('b')], { ...minute(1), ...held })).toEqual(['ops flapStart: a changed, b resolved'])
    expect(tell([flapping(alert('a', 'warning'))], { ...minute(2), ...held })).toEqual([])
    expect(tell([flapping(alert('a', 'critical'))], { ...minute(3), ...held })).toEqual(['ops new: a changed'])
    expect(tell([flapping(over('a'))], { ...minute(4), ...held })).toEqual([])
    expect(tell([flapping(alert('a', 'critical'))], { ...minute(5), ...held })).toEqual([])
    expect(tell([over('a')], { ...minute(6), ...held })).toEqual(['ops allResolved: a resolved'])
  })

  it('says once that an alert flaps, and once that it is steady, if it goes on', () => {
    const flapping = (record: AlertRecord): AlertRecord => ({ ...record, state: { ...record.state, flapping: true } })
    const tell = teller(both)
    const held: Partial<PlanInput> = { muted: ({ state }) => (state.flapping ? ({ by: 'flapping' } as const) : undefined) }
    expect(tell([flapping(alert('a', 'warning'))], { ...minute(0), ...held })).toEqual(['ops first: a new'])
    expect(tell.plan?.messages[0]?.notification.alerts[0]?.flapping).toBe(true)
    expect(tell([flapping(over('a'))], { ...minute(10), ...held })).toEqual([])
    expect(tell([alert('a', 'warning')], { ...minute(11), ...held })).toEqual(['ops flapEnd: a unchanged'])
    expect(tell([alert('a', 'warning')], { ...minute(12), ...held })).toEqual([])
  })

  it('lets the end of what was told through', () => {
    const tell = teller(both)
    tell([alert('a', 'warning')], minute(0))
    expect(tell([alert('a', 'warning')], { ...minute(1), ...silenced('a') })).toEqual([])
    expect(tell([over('a')], { ...minute(2), ...silenced('a') })).toEqual(['ops allResolved: a resolved'])
  })

  it('holds the end back where that is asked for', () => {
    const tell = teller(both, { resolveThroughMute: false })
    tell([alert('a', 'warning')], minute(0))
    expect(tell([over('a')], { ...minute(2), ...silenced('a') })).toEqual([])
    expect(tell([over('a')], minute(3))).toEqual(['ops allResolved: a resolved'])
  })

  it('tells the end of an episode that came back while muted, then nothing until it is unmuted', () => {
    const tell = teller(both)
    tell([alert('a', 'warning')], minute(0))
    expect(tell([alert('a', 'warning', { episode: 'a-2' })], { ...minute(1), ...silenced('a') })).toEqual(['ops allResolved: a resolved'])
    expect(tell([alert('a', 'warning', { episode: 'a-2' })], { ...minute(2), ...silenced('a') })).toEqual([])
    expect(tell([alert('a', 'warning', { episode: 'a-2' })], minute(3))).toEqual(['ops new: a new'])
  })

  it('says of an episode that came back how bad the one was that was told', () => {
    const tell = teller(routeOfLevels(['ops'], ['mail']))
    tell([alert('a', 'critical')], minute(0))
    const again = alert('a', 'warning', { episode: 'a-2' })
    tell([{ ...again, state: { ...again.state, episode: { ...(again.state.episode as NonNullable<typeof again.state.episode>), worstLevel: 'warning' } } }], minute(1))
    const toMail = tell.plan?.messages.find(({ notification }) => notification.receiver === 'mail')?.notification
    expect(toMail?.alerts[0]).toMatchObject({ change: 'resolved', resolveReason: 'recovered', worstLevel: 'critical' })
  })

  it('says nothing of a short end and return inside one interval', () => {
    const tell = teller({ receivers: ['ops'], groupInterval: 5 * MINUTE })
    tell([alert('a', 'warning')], minute(0))
    expect(tell([over('a')], minute(1))).toEqual([])
    expect(tell([alert('a', 'warning', { episode: 'a-2' })], minute(5))).toEqual([])
  })

  it('does not take a group that is muted altogether for ended, nor repeat it', () => {
    const tell = teller({ receivers: ['ops'], groupInterval: MINUTE, repeatInterval: MINUTE })
    tell([alert('a', 'warning'), alert('b', 'warning')], minute(0))
    expect(tell([alert('a', 'warning'), alert('b', 'warning')], { ...minute(1), ...silenced('a', 'b') })).toEqual([])
    expect(tell.plan?.decisions[0]?.muted).toEqual([
      { fingerprint: 'a', reason: { by: 'silence', id: 's1' } },
      { fingerprint: 'b', reason: { by: 'silence', id: 's1' } },
    ])
  })

  it('remembers what it told of an alert that others of its group speak over while it is muted', () => {
    const tell = teller(both)
    tell([alert('a', 'warning')], minute(0))
    expect(tell([alert('a', 'warning'), alert('b', 'warning')], { ...minute(1), ...silenced('a') })).toEqual(['ops new: b new'])
    expect(tell([over('a'), alert('b', 'warning')], { ...minute(2), ...silenced('a') })).toEqual(['ops someResolved: b unchanged, a resolved'])
  })

  it('tells soon after the unmuting what is news, and only repeats what is not', () => {
    const tell = teller({ receivers: ['ops'], groupWait: 30 * SECOND, groupInterval: 10 * MINUTE })
    tell([alert('a', 'warning'), alert('b', 'warning')], { ...minute(0), ...silenced('b') })
    expect(tell([alert('a', 'warning'), alert('b', 'warning')], minute(1))).toEqual([])
    expect(tell.plan?.nextAt).toBe(MINUTE + 30 * SECOND)
    expect(tell([alert('a', 'warning'), alert('b', 'warning')], { at: MINUTE + 30 * SECOND })).toEqual(['ops new: a unchanged, b new'])
  })
})
