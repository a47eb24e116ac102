import { expect, it } from 'vitest'
import { newAlert } from '../alerting/reducer.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Level } from '../model/level.ts'
import type { NotificationReason } from '../model/notification.ts'
import { aResource, aSubject } from '../testing/builders.ts'
import { planNotifications, type PlanInput } from './plan.ts'
import { CHANNEL_RULE, SOURCE_RULE } from './receivers.ts'

const MINUTE = 60_000

function alert(id: string, level: Level, over: { rule?: string; episode?: string; endedAt?: number } = {}): AlertRecord {
  const { rule = 'ec2.cpu', episode = `${id}-1`, endedAt } = over
  return {
    subject: aSubject({ fingerprint: id, rule, resource: aResource({ id, name: id }) }),
    state: {
      ...newAlert,
      phase: level === 'none' ? 'inactive' : 'firing',
      level,
      value: 91,
      reason: '> 80%',
      episode: { id: episode, startedAt: 0, firedAt: 0, firedValue: 90, peak: 95, worstLevel: 'critical', recent: [], ...(endedAt === undefined ? {} : { endedAt, recoveredValue: 40 }) },
    },
  }
}

/** Plans again and again against the ledger of the time before, as the engine does. */
function teller(over: Partial<PlanInput> = {}) {
  let ledger: readonly GroupEntry[] = []
  let minute = 0
  return (alerts: readonly AlertRecord[], settings: Partial<PlanInput> = {}) => {
    const plan = planNotifications({
      monitor: 'main',
      route: { warning: ['ops'], critical: ['ops', 'mail'] },
      sendResolved: { ops: true, mail: true },
      repeatInterval: 240 * MINUTE,
      timeZone: 'UTC',
      now: minute++ * MINUTE,
      alerts: new Map(alerts.map((record) => [record.subject.fingerprint, record])),
      entries: ledger,
      watched: () => 14,
      ...over,
      ...settings,
    })
    const changed = new Map(plan.entries.map((entry) => [entry.id, entry]))
    ledger = [...ledger.filter(({ id }) => !changed.has(id)), ...plan.entries]
    return plan.messages.map(({ notification: n }) => ({ to: n.receiver, reason: n.reason, level: n.level, thread: n.thread, alerts: n.alerts.map((a) => `${a.subject.fingerprint} ${a.change}`) }))
  }
}
const brief = (messages: { to: string; reason: NotificationReason; alerts: string[] }[]) => messages.map(({ to, reason, alerts }) => `${to} ${reason}: ${alerts.join(', ')}`)

it('tells the receivers of each level, and those who heard it when the level leaves them', () => {
  const tell = teller({ route: { warning: ['ops'], critical: ['mail'] } })
  expect(brief(tell([alert('a', 'warning')]))).toEqual(['ops first: a new'])
  expect(brief(tell([alert('a', 'critical')]))).toEqual(['ops rerouted: a resolved', 'mail first: a new'])
  expect(brief(tell([alert('a', 'warning')]))).toEqual(['ops new: a new', 'mail rerouted: a resolved'])
  expect(brief(tell([alert('a', 'none', { endedAt: 1 })]))).toEqual(['ops allResolved: a resolved'])
  expect(brief(tell([]))).toEqual([])
})

it('groups the alerts of one rule, marks what is new about each and counts what is watched', () => {
  const tell = teller({ route: { warning: ['ops'], critical: ['ops'] } })
  tell([alert('a', 'warning')])
  expect(brief(tell([alert('a', 'critical'), alert('b', 'warning'), alert('c', 'warning', { rule: 'ec2.disk' })]))).toEqual(['ops new: a changed, b new', 'ops first: c new'])
  expect(brief(tell([alert('a', 'critical'), alert('b', 'none', { endedAt: 1 }), alert('c', 'warning', { rule: 'ec2.disk' })]))).toEqual(['ops someResolved: a unchanged, b resolved'])
})

it('says nothing about what nobody was told of', () => {
  expect(teller()([alert('a', 'none', { endedAt: 1 })])).toEqual([])
})

it('starts a new thread only after everything has ended', () => {
  const tell = teller({ route: { warning: ['ops'], critical: ['ops'] } })
  const threads = [[alert('a', 'warning')], [alert('a', 'critical')], [alert('a', 'none', { endedAt: 1 })], [alert('a', 'warning', { episode: 'a-2' })]].map((alerts) => tell(alerts)[0]?.thread)
  expect(threads).toEqual(['main/ec2.cpu/1@0', 'main/ec2.cpu/1@0', 'main/ec2.cpu/1@0', `main/ec2.cpu/4@${3 * MINUTE}`])
})

it('records the end for a receiver that does not want to hear it, and starts afresh', () => {
  const tell = teller({ route: { warning: ['ops'], critical: ['ops'] }, sendResolved: { ops: false } })
  tell([alert('a', 'warning')])
  expect(tell([alert('a', 'none', { endedAt: 1 })])).toEqual([])
  expect(brief(tell([alert('a', 'warning', { episode: 'a-2' })]))).toEqual(['ops new: a new'])
})

it('closes the ledger of a receiver that is no longer configured', () => {
  const tell = teller()
  tell([alert('a', 'critical')])
  expect(brief(tell([alert('a', 'critical')], { sendResolved: { ops: true }, route: { warning: ['ops'], critical: ['ops'] } }))).toEqual([])
  expect(brief(tell([alert('a', 'critical')]))).toEqual(['mail new: a new'])
})

it('never tells of a failing channel through that channel, and of failures that no route takes to everybody', () => {
  const channel = alert('ops', 'critical', { rule: CHANNEL_RULE })
  expect(teller()([channel]).map(({ to }) => to)).toEqual(['mail'])
  const source = alert('ec2', 'warning', { rule: SOURCE_RULE })
  expect(teller({ route: { warning: [], critical: ['mail'] } })([source]).map(({ to }) => to)).toEqual(['ops', 'mail'])
})

it('gives the same decision the same idempotency key, and every other another', () => {
  const input = (now: number, entries: readonly GroupEntry[] = []): PlanInput => ({
    monitor: 'main',
    route: { warning: ['ops'], critical: ['ops'] },
    sendResolved: { ops: true },
    repeatInterval: 1,
    timeZone: 'UTC',
    now,
    alerts: new Map([['a', alert('a', 'critical')]]),
    entries,
    watched: () => 1,
  })
  const first = planNotifications(input(0))
  expect(planNotifications(input(5)).messages[0]?.id).toBe(first.messages[0]?.id)
  expect(planNotifications(input(5, first.entries)).messages[0]?.id).not.toBe(first.messages[0]?.id)
})

it('never uses a key again when the ledger was lost', () => {
  const keyOf = (record: AlertRecord) =>
    planNotifications({
      monitor: 'main',
      route: { warning: ['ops'], critical: ['ops'] },
      sendResolved: { ops: true },
      repeatInterval: 1,
      timeZone: 'UTC',
      now: 0,
      alerts: new Map([[record.subject.fingerprint, record]]),
      entries: [],
      watched: () => 1,
    }).messages[0]?.id
  const keys = [alert('a', 'critical'), alert('b', 'critical'), alert('a', 'warning'), alert('a', 'critical', { episode: 'a-2' })].map(keyOf)
  expect(new Set(keys).size).toBe(4)
})

it('tells the end to those who heard of an alert whose lower level is told to nobody', () => {
  const tell = teller({ route: { warning: [], critical: ['ops'] } })
  expect(brief(tell([alert('a', 'critical')]))).toEqual(['ops first: a new'])
  expect(brief(tell([alert('a', 'warning')]))).toEqual([])
  expect(brief(tell([alert('a', 'none', { endedAt: 1 })]))).toEqual(['ops allResolved: a resolved'])
})

it('takes only what still fires for also firing, a few in words and all in number', () => {
  const plan = planNotifications({
    monitor: 'main',
    route: { warning: ['ops'], critical: ['ops'] },
    sendResolved: { ops: true },
    repeatInterval: 1,
    timeZone: 'UTC',
    now: 0,
    alerts: new Map([alert('a', 'critical'), alert('z', 'none', { rule: 'ec2.disk', endedAt: 1 }), ...Array.from({ length: 9 }, (_, index) => alert(`d${index}`, 'warning', { rule: 'ec2.disk' }))].map((record) => [record.subject.fingerprint, record])),
    entries: [],
    watched: () => 1,
  })
  expect(plan.messages[0]?.notification.alsoFiring).toMatchObject({ count: 9, lines: { length: 5 } })
})

it('says rerouted only when all that left is told to others', () => {
  const tell = teller({ route: { warning: ['ops'], critical: ['mail'] } })
  tell([alert('a', 'warning'), alert('b', 'warning')])
  expect(brief(tell([alert('a', 'critical'), alert('b', 'none', { endedAt: 1 })]))).toContain('ops allResolved: a resolved, b resolved')
})
