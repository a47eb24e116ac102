import { describe, expect, it } from 'vitest'
import type { Monitor } from '../../config/monitor.ts'
import type { AlertRecord } from '../../model/alert.ts'
import type { DecisionReason, Transition } from '../../model/transition.ts'
import { type Fleet, fleetMonitor, inboxes, openFleet } from '../../testing/fleet.ts'
import { acknowledgeAlert, snoozeAlert } from '../attend.ts'
import { addSilence } from '../silences.ts'
import { explain } from './explain.ts'
import type { DeliveryCode, Explanation, NothingToTellReason, NotToldReason } from './explanation.ts'
import { REASON_WORDS } from './words.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const START = Date.parse('2026-01-05T03:00:00Z')
const RED = 91
const AMBER = 70
const GREEN = 20
const at = (minute: number): number => START + minute * MINUTE
const web1 = { monitor: 'main', id: 'fleet.cpu/web-1' }

type MonitorOver = NonNullable<Parameters<typeof fleetMonitor>[0]>
interface Scenario {
  readonly monitor?: MonitorOver
  readonly rule?: Parameters<typeof fleetMonitor>[1]
  /** Makes it so, and gives the minute that is explained. */
  readonly play: (fleet: Fleet) => Promise<number>
  /** The configuration by then. Default: `monitor`. */
  readonly after?: Monitor
  /** The answer in one line. */
  readonly says: string
}

async function explained({ monitor: over = {}, rule, play, after }: Pick<Scenario, 'monitor' | 'rule' | 'play' | 'after'>): Promise<Explanation> {
  const monitor = fleetMonitor(over, rule)
  const fleet = await openFleet(monitor)
  const now = at(await play(fleet))
  return explain(fleet.store, after ?? monitor, { id: web1.id, now })
}

const lines = ({ timeline }: Explanation): string[] => timeline.map(({ at: time, link, code, text }) => `${new Date(time).toISOString().slice(11, 19)} ${link} [${code}] ${text}`)

const cycles = async (fleet: Fleet, ...values: readonly number[]): Promise<number> => {
  for (const [minute, value] of values.entries()) await fleet.cycle({ 'web-1': value }, at(minute))
  return values.length - 1
}
const silence = (fleet: Fleet, minute: number, matchers = 'name=web-1') => addSilence(fleet.store, { matchers, for: '2h', createdBy: 'anna', comment: 'deploy' }, { monitor: 'main', id: 's-12', now: at(minute) })
const slow: MonitorOver = { groupWait: '30s', groupInterval: '5m' }
const inOneGroup: MonitorOver = { ...slow, groupWait: '0s' }

/** Takes everything that waits to its receivers, which answer like this. */
async function deliver(fleet: Fleet, minute: number, ...answers: readonly ('delivered' | 'retryable' | 'permanent' | 'lost' | 'hanging' | 'drop' | 'tooOften')[]): Promise<void> {
  await fleet.store.transaction(async (tx) => {
    for (const [index, answer] of answers.entries()) {
      const now = at(minute) + index * 1_000
      if (answer === 'drop') {
        for (const { id } of await tx.outbox.list('main')) await tx.outbox.drop(id, now)
        continue
      }
      for (const { receiver } of await tx.outbox.waiting('main')) {
        for (const { id, attempt } of await tx.outbox.claim({ monitor: 'main', receiver, now, leaseUntil: now + 60_000, limit: 9 })) {
          if (answer === 'delivered') await tx.outbox.settle(id, attempt, { status: 'delivered', at: now + 500 })
          if (answer === 'retryable') await tx.outbox.settle(id, attempt, { status: 'queued', at: now + 500, dueAt: now + 600, error: '503 busy' })
          if (answer === 'permanent') await tx.outbox.settle(id, attempt, { status: 'dead', at: now + 500, outcome: 'permanent', error: '410 gone' })
          if (answer === 'tooOften') await tx.outbox.settle(id, attempt, { status: 'dead', at: now + 500, outcome: 'retryable', error: '503 busy' })
        }
      }
      if (answer === 'lost') await tx.outbox.release('main', now + 500)
    }
  })
}

/** Every reason for which somebody is not told, or not told again. */
const NOT_TOLD: Readonly<Record<NotToldReason, Scenario>> = {
  silence: {
    play: async (fleet) => {
      await silence(fleet, 0)
      return cycles(fleet, RED)
    },
    says: 'nobody was told: silence s-12 by anna until 05:00: deploy',
  },
  snooze: {
    monitor: slow,
    play: async (fleet) => {
      await cycles(fleet, AMBER)
      await snoozeAlert(fleet.store, web1, { by: 'bob', until: at(60) }, at(0))
      await fleet.cycle({ 'web-1': AMBER }, at(1))
      return 1
    },
    says: 'nobody was told: snoozed by bob until 04:00',
  },
  inhibition: {
    monitor: { inhibit: [{ name: 'disk first', source: ['rule="fleet.disk"'], target: ['rule="fleet.cpu"'], equal: ['name'] }] },
    play: async (fleet) => {
      await fleet.cycle({ 'web-1': { cpu: RED, disk: RED } }, at(0))
      return 0
    },
    says: 'nobody was told: inhibited by rule disk first: fleet.disk of web-1 fires',
  },
  muteWindow: {
    monitor: { route: { receivers: [], routes: [{ receivers: ['ops'], muteWindows: ['nights'] }] }, muteWindows: [{ name: 'nights', intervals: [{ times: [{ from: '22:00', to: '06:00' }] }] }] },
    play: (fleet) => cycles(fleet, RED),
    says: 'nobody was told: its route is silent in nights until 06:00 (by the present configuration)',
  },
  activeWindow: {
    monitor: { route: { receivers: [], routes: [{ receivers: ['ops'], activeWindows: ['office'] }] }, muteWindows: [{ name: 'office', intervals: [{ times: [{ from: '09:00', to: '17:00' }] }] }] },
    play: (fleet) => cycles(fleet, RED),
    says: 'nobody was told: its route is silent outside of office until 09:00 (by the present configuration)',
  },
  flapping: {
    rule: { flapping: true },
    play: (fleet) => cycles(fleet, ...Array.from({ length: 12 }, (_, minute) => (minute % 2 === 0 ? AMBER : GREEN)), AMBER, GREEN, AMBER),
    says: 'nobody was told yet: ops by inbox at 03:04, the last of 2 messages at 03:05 (queued, not yet tried)',
  },
  groupWait: { monitor: slow, play: (fleet) => cycles(fleet, RED), says: 'nobody was told: a message is due at 03:00:30 (groupWait)' },
  groupInterval: {
    monitor: inOneGroup,
    play: async (fleet) => {
      await fleet.cycle({ 'web-2': RED }, at(0))
      await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(1))
      return 1
    },
    says: 'nobody was told: a message is due at 03:05 (groupInterval)',
  },
  repeatInterval: {
    play: async (fleet) => {
      await cycles(fleet, RED, RED)
      await deliver(fleet, 1, 'delivered')
      return 2
    },
    says: 'told: ops by inbox at 03:00 (delivered); not told again: nothing is new; the repeat is due at 07:00 (every 4h)',
  },
  acknowledged: {
    monitor: { repeatInterval: '2m' },
    play: async (fleet) => {
      await cycles(fleet, RED)
      await deliver(fleet, 0, 'delivered')
      await acknowledgeAlert(fleet.store, web1, { by: 'carl' }, at(1))
      for (const minute of [1, 2, 3, 4]) await fleet.cycle({ 'web-1': RED }, at(minute))
      return 4
    },
    says: 'told: ops by inbox at 03:00 (delivered); not told again: taken on by carl',
  },
  endNotWanted: {
    monitor: { notify: Object.fromEntries(Object.entries(inboxes('ops')).map(([name, channel]) => [name, { ...channel, sendResolved: false }])) },
    play: async (fleet) => {
      await cycles(fleet, RED, GREEN)
      await deliver(fleet, 1, 'delivered')
      return 2
    },
    says: 'told: ops by inbox at 03:00 (delivered); not told again: it has ended, and the receiver does not hear of ends ("sendResolved: false")',
  },
  endTold: {
    play: async (fleet) => {
      await cycles(fleet, RED, GREEN)
      await deliver(fleet, 1, 'delivered', 'delivered')
      return 2
    },
    says: 'told: ops by inbox at 03:00, its end at 03:01 (delivered)',
  },
  endedBeforeTold: { monitor: { groupWait: '10m' }, play: (fleet) => cycles(fleet, RED, GREEN), says: 'nobody was told: it ended before a message was due' },
  endedWhileMuted: {
    play: async (fleet) => {
      await silence(fleet, 0)
      return cycles(fleet, RED, GREEN)
    },
    says: 'nobody was told: it ended while it was kept back',
  },
  movedOn: {
    monitor: { notify: inboxes('ops', 'boss'), route: { warning: ['ops'], critical: ['boss'] }, groupWait: '10m' },
    play: (fleet) => cycles(fleet, AMBER, RED),
    says: 'nobody was told: not told: boss (a message is due at 03:11 (groupWait)); not told: ops (it is told elsewhere now)',
  },
  receiverRemoved: {
    monitor: { notify: inboxes('ops', 'mail') },
    after: fleetMonitor(),
    play: async (fleet) => {
      await cycles(fleet, RED)
      await fleet.restart(fleetMonitor())
      await fleet.cycle({ 'web-1': RED }, at(1))
      return 1
    },
    says: 'nobody was told yet: mail at 03:00 (queued, not yet tried), ops by inbox at 03:00 (queued, not yet tried)',
  },
}

describe('a receiver that is not told, or not told again', () => {
  it.each(Object.entries(NOT_TOLD))('hears nothing because of %s', async (code, scenario) => {
    const { answer } = await explained(scenario)
    expect(answer.receivers.map(({ silent }) => silent.code), answer.text).toContain(code)
    expect(answer.text).toBe(scenario.says)
  })
})

/** Every reason for which there was nobody to tell, or nothing. */
const NOTHING: Readonly<Record<NothingToTellReason, Scenario>> = {
  neverHot: {
    play: async (fleet) => {
      await cycles(fleet, GREEN, RED)
      return -1
    },
    says: 'nothing to tell: it was never hot',
  },
  forNotElapsed: { rule: { for: '5m' }, play: (fleet) => cycles(fleet, RED, RED), says: 'nothing to tell: it is hot, and has not been for long enough to fire (5m)' },
  recoveredInTime: {
    rule: { for: '5m', occurrences: '1 of 2' },
    play: (fleet) => cycles(fleet, RED, RED, GREEN, GREEN),
    says: 'nothing to tell: it was well again before it had been hot for long enough to fire',
  },
  noReceiver: {
    monitor: { notify: inboxes('ops', 'lead'), route: { receivers: [], steps: [{ after: '15m', notify: 'lead' }] } },
    play: (fleet) => cycles(fleet, RED),
    says: 'nobody was told: its route tells nobody, by the present configuration; its first step tells lead 15m after it fired',
  },
  notLookedAt: {
    play: async (fleet) => {
      await cycles(fleet, RED)
      await fleet.store.transaction(async (tx) => void (await tx.decisions.prune('main', Infinity, 99)))
      return 0
    },
    says: 'nobody was told: no decision about it is stored yet: nobody is told before the first good evaluation after a start',
  },
  forgotten: {
    play: async (fleet) => {
      await cycles(fleet, RED)
      await fleet.store.transaction(async (tx) => void (await tx.decisions.prune('main', Infinity, 99)))
      return (400 * DAY) / MINUTE
    },
    says: 'who was told is not known: what was decided then is not kept any more',
  },
}

describe('an alert that nobody could be told of', () => {
  it.each(Object.entries(NOTHING))('says %s', async (reason, scenario) => {
    const { answer } = await explained(scenario)
    expect([answer.reason, answer.text, answer.receivers]).toEqual([reason, scenario.says, []])
  })
})

/** Everything that may become of a message. */
const DELIVERIES: Readonly<Record<DeliveryCode, { readonly answers: Parameters<typeof deliver>[2][]; readonly says: string; readonly code: string }>> = {
  delivered: { answers: ['retryable', 'delivered'], code: 'told', says: 'told: ops by inbox at 03:00 (delivered); not told again: nothing is new; the repeat is due at 07:00 (every 4h)' },
  retryable: { answers: ['retryable'], code: 'onItsWay', says: 'nobody was told yet: ops by inbox at 03:00 (failed, to be tried again: 503 busy)' },
  permanent: { answers: ['permanent'], code: 'undelivered', says: 'nobody was told: ops by inbox at 03:00 (given up: 410 gone)' },
  givenUp: { answers: ['retryable', 'tooOften'], code: 'undelivered', says: 'nobody was told: ops by inbox at 03:00 (given up: 503 busy)' },
  uncertain: { answers: ['lost'], code: 'told', says: 'told: ops by inbox at 03:00 (its process ended before the answer came: nobody knows whether it arrived); not told again: nothing is new; the repeat is due at 07:00 (every 4h)' },
  queued: { answers: [], code: 'onItsWay', says: 'nobody was told yet: ops by inbox at 03:00 (queued, not yet tried)' },
  underWay: { answers: ['retryable', 'hanging'], code: 'onItsWay', says: 'nobody was told yet: ops by inbox at 03:00 (being sent)' },
  dropped: { answers: ['retryable', 'drop'], code: 'undelivered', says: 'nobody was told: ops by inbox at 03:00 (dropped by a person: 503 busy)' },
  forgotten: { answers: ['delivered'], code: 'told', says: 'told: ops by inbox at 03:00 (whether it arrived is not kept any more); not told again: nothing is new; the repeat is due at 07:00 (every 4h)' },
}

/** The message as after months: another of its group has come, and neither it nor the attempts to send it are kept. */
async function forget({ store }: Fleet): Promise<void> {
  await store.transaction(async (tx) => {
    const [row] = await tx.outbox.list('main')
    if (row !== undefined) await tx.outbox.enqueue({ ...row, id: 'another' })
    await tx.outbox.prune('main', Infinity)
    await tx.deliveries.prune('main', Infinity, 99)
  })
}

describe('a message', () => {
  it.each(Object.entries(DELIVERIES))('that is %s', async (outcome, { answers, says, code }) => {
    const { answer } = await explained({
      play: async (fleet) => {
        await cycles(fleet, RED)
        await deliver(fleet, 1, ...answers)
        if (outcome === 'forgotten') await forget(fleet)
        return 2
      },
    })
    expect([answer.code, answer.text]).toEqual([code, says])
  })
})

const event = (over: Partial<Transition>, { subject, state }: AlertRecord): Transition => ({ fingerprint: subject.fingerprint, monitor: 'main', at: START, kind: 'noData', from: 'critical', to: 'critical', value: RED, code: 'enoughHot', reason: '', episodeId: state.episode?.id ?? '', ...over })

describe('a change of the alert', () => {
  it.each(Object.entries(REASON_WORDS))('has words for %s', async (code, words) => {
    const fleet = await openFleet(fleetMonitor())
    await fleet.cycle({ 'web-1': RED }, START)
    await fleet.store.transaction(async (tx) => {
      const [alert] = await tx.alerts.list('main')
      if (alert !== undefined) await tx.events.append([event({ code: code as DecisionReason }, alert.value)])
    })
    expect(lines(await explain(fleet.store, fleetMonitor(), { id: web1.id, now: START }))).toContainEqual(expect.stringMatching(new RegExp(`^03:00:00 state \\[${code}\\] it is without data, and held as it is, at 91%: ${words}`)))
  })

  it('is told with its clock, its window and what people did', async () => {
    const explanation = await explained({
      rule: { for: '2m', keepFiringFor: '2m', occurrences: '2 of 3' },
      play: async (fleet) => {
        await cycles(fleet, GREEN, RED, RED, RED, RED)
        await acknowledgeAlert(fleet.store, web1, { by: 'ann', comment: 'looking' }, at(4))
        for (const [minute, value] of [GREEN, GREEN].entries()) await fleet.cycle({ 'web-1': value }, at(5 + minute))
        return 6
      },
    })
    expect(lines(explanation)).toEqual([
      '03:02:00 state [enoughHot] it is hot, not yet for long enough to fire, at 91% (> 80%): enough of the newest points are hot · points of the window: well RED RED',
      '03:04:00 state [forElapsed] it fires as RED, at 91% (> 80%): the breach has lasted for as long as the rule asks, 2m · points of the window: well RED RED RED RED',
      '03:04:00 person [person] it is taken on by ann (looking)',
      '03:04:00 route [root] the root route takes it for ops (it has what no other route takes), group /{rule="fleet.cpu"}: first at once, news every 1s, again every 4h',
      expect.stringMatching(/^03:04:00 decision \[first\] queued for ops: "RED web-1 cpu 91% \(> 80% for 2m\) · prod us-west-2" \(the first message of its group; message [\da-f]{8}\)$/),
      '03:06:00 state [tooFewHot] it is well, not yet for long enough to end, at 20% (> 60%): too few of the newest points are hot · points of the window: RED RED RED well well',
      '03:06:00 judgement [recovering] the newest point: 20% (> 60%), well, not yet for long enough, still RED · AMBER has been well since 03:06, and ends once that lasts 2m (by the present configuration) · RED has been well since 03:06, and ends once that lasts 2m (by the present configuration) · points of the window: RED RED RED well well',
    ])
  })

  it('is shown with what the source says: unreadable, paused, no data', async () => {
    const judged = async (scenario: Pick<Scenario, 'play' | 'rule'>): Promise<string> => lines(await explained(scenario)).find((line) => line.includes(' judgement ')) ?? ''
    const down = async (fleet: Fleet): Promise<number> => {
      await cycles(fleet, RED)
      await fleet.cycle('down', at(1))
      return 1
    }
    expect(await judged({ play: down })).toBe('03:00:00 judgement [error] its source cannot be read: held as it is, all clocks stand still · latched at RED: it stays hot until a point clears it')
    const paused = async (fleet: Fleet): Promise<number> => {
      await cycles(fleet, RED)
      await fleet.restart(fleetMonitor({}, { paused: true }))
      await fleet.cycle({ 'web-1': RED }, at(1))
      return 1
    }
    expect(await judged({ play: paused })).toMatch(/^03:00:00 judgement \[paused\] paused by its rule: held as it is/)
  })
})

describe('an instant of the past', () => {
  it('shows what was known by then, and nothing that came later', async () => {
    const monitor = fleetMonitor({ repeatInterval: '2m' })
    const fleet = await openFleet(monitor)
    await cycles(fleet, GREEN, AMBER, AMBER)
    await deliver(fleet, 3, 'retryable', 'delivered')
    await fleet.cycle({ 'web-1': RED }, at(5))
    const then = async (minute: number, seconds = 0) => explain(fleet.store, monitor, { id: web1.id, at: at(minute) + seconds * 1_000, now: at(60) })
    expect((await then(0)).answer.text).toBe('nothing to tell: it was never hot')
    expect((await then(2)).answer.text).toBe('nobody was told yet: ops by inbox at 03:01 (queued, not yet tried)')
    expect((await then(3, 0.2)).answer.text).toBe('nobody was told yet: ops by inbox at 03:01 (being sent)')
    expect((await then(3, 0.7)).answer.text).toBe('nobody was told yet: ops by inbox at 03:01 (failed, to be tried again: 503 busy)')
    expect((await then(4)).answer.text).toBe('told: ops by inbox at 03:01 (delivered); not told again: nothing is new; the repeat is due at 03:03 (every 2m)')
    expect((await then(4)).timeline.every((step) => step.at <= at(4))).toBe(true)
    expect(lines(await then(4)).filter((line) => line.includes('delivery'))).toEqual(['03:03:00 delivery [retryable] attempt 1 to tell ops: failed, to be tried again: 503 busy', '03:03:01 delivery [delivered] attempt 2 to tell ops: delivered'])
    expect((await then(6)).answer.receivers[0]?.messages.map(({ reason, outcome }) => `${reason} ${outcome}`)).toEqual(['first delivered', 'new queued'])
  })

  it('is that of the episode that had begun by then', async () => {
    const monitor = fleetMonitor()
    const fleet = await openFleet(monitor)
    await cycles(fleet, AMBER, GREEN, RED, GREEN)
    const [before, later] = [await explain(fleet.store, monitor, { id: web1.id, at: at(1), now: at(9) }), await explain(fleet.store, monitor, { id: web1.id, now: at(9) })]
    expect(before.episode).not.toBe(later.episode)
    expect(before.answer.receivers[0]?.messages.map(({ at: time }) => time)).toEqual([at(0), at(1)])
    expect(later.answer.receivers[0]?.messages.map(({ at: time }) => time)).toEqual([at(2), at(3)])
  })
})

describe('messages', () => {
  it('about others of the group are not about the alert, though none of them is kept', async () => {
    const monitor = fleetMonitor({ repeatInterval: '2m' })
    const fleet = await openFleet(monitor)
    for (const [minute, value] of [RED, GREEN, GREEN, GREEN, GREEN].entries()) await fleet.cycle({ 'web-1': value, 'web-2': RED }, at(minute))
    await deliver(fleet, 5, 'delivered', 'delivered', 'delivered', 'delivered')
    const heard = async (): Promise<unknown> => (await explain(fleet.store, monitor, { id: web1.id, now: at(9) })).answer.receivers[0]?.messages.map(({ reason, end, outcome }) => [reason, end, outcome])
    expect(await heard()).toEqual([['first', false, 'delivered'], ['someResolved', true, 'delivered']])
    expect((await fleet.store.transaction((tx) => tx.outbox.list('main'))).length).toBe(3)
    await forget(fleet)
    expect(await heard()).toEqual([['first', false, 'forgotten'], ['someResolved', true, 'forgotten']])
  })

  it('that end the episode before tell nobody of this one', async () => {
    const monitor = fleetMonitor({ groupInterval: '10m' })
    const fleet = await openFleet(monitor)
    await cycles(fleet, RED)
    await silence(fleet, 1)
    // It ends and fires again between two looks of its group; the next one tells of the end, and of nothing else.
    for (const [minute, value] of [[2, GREEN], [3, RED], [10, RED]] as const) await fleet.cycle({ 'web-1': value }, at(minute))
    await deliver(fleet, 11, 'delivered', 'delivered')
    const { answer } = await explain(fleet.store, monitor, { id: web1.id, now: at(12) })
    expect([answer.code, answer.text]).toEqual(['nobodyTold', 'nobody was told: silence s-12 by anna until 05:01: deploy'])
    expect(answer.receivers[0]?.messages.map(({ end, outcome }) => [end, outcome])).toEqual([[true, 'delivered']])
  })

  it('follow an alert that moves to another group of its receiver', async () => {
    const monitor = fleetMonitor({ groupBy: ['tag_team'] })
    const fleet = await openFleet(monitor)
    for (const [minute, team] of ['a', 'b', 'a'].entries()) await fleet.cycle({ 'web-1': { cpu: RED, tags: { team } } }, at(minute))
    const { answer, timeline } = await explain(fleet.store, monitor, { id: web1.id, now: at(3) })
    expect(answer.receivers.map(({ silent }) => silent.code)).toEqual(['repeatInterval'])
    expect(timeline.filter(({ link }) => link === 'decision').map(({ at: time, group, code }) => `${(time - START) / MINUTE} ${group} ${code}`).toSorted()).toEqual(['0 /{tag_team="a"} first', '1 /{tag_team="a"} nothing', '2 /{tag_team="a"} nothing', '1 /{tag_team="b"} nothing', '2 /{tag_team="b"} nothing'].toSorted())
  })
})

describe('an alert', () => {
  it('is not shown as it became later', async () => {
    const monitor = fleetMonitor({ outageTolerance: '10m' }, { for: '10m' })
    const fleet = await openFleet(monitor)
    await cycles(fleet, RED)
    await fleet.restart()
    // Nobody watched for so long that what was pending is dropped, though there is no newer point.
    await fleet.cycle('down', at(300))
    const shown = async (minute: number): Promise<string[]> => (await explain(fleet.store, monitor, { id: web1.id, at: at(minute), now: at(301) })).timeline.map(({ link, code }) => `${link} ${code}`)
    expect([await shown(5), await shown(301)]).toEqual([['state enoughHot'], ['state enoughHot', 'judgement error', 'state outage']])
  })

  it('is found like those that are acknowledged, then by the messages about it, then by its fingerprint', async () => {
    const monitor = fleetMonitor()
    const fleet = await openFleet(monitor)
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    // Its resource is gone: once that is told there is nothing to remember.
    for (const minute of [1, 2, 3]) await fleet.cycle({ 'web-2': GREEN }, at(minute))
    const gone = await explain(fleet.store, monitor, { id: web1.id, now: at(4) })
    expect([gone.alert, gone.subject?.resource.name, gone.gaps.map(({ code }) => code)]).toEqual([undefined, 'web-1', ['historyOff']])
    expect(gone.answer.text).toBe('nobody was told yet: ops by inbox at 03:00, its end at 03:02 (queued, not yet tried)')
    expect(lines(gone)).toContain('03:02:00 state [resourceGone] it ends, at 91%: the resource is gone')
    await forget(fleet)
    await fleet.store.transaction(async (tx) => {
      for (const { id } of await tx.outbox.list('main')) await tx.outbox.drop(id, at(5))
      await tx.outbox.enqueue({ id: 'newest', monitor: 'main', receiver: 'ops', key: 'main/{rule="fleet.cpu"}', notification: { ...(await tx.outbox.list('main'))[0]?.notification, alerts: [] } as never, queuedAt: at(5) })
      await tx.outbox.prune('main', Infinity)
    })
    const forgotten = await explain(fleet.store, monitor, { id: gone.fingerprint.slice(0, 8), now: at(5) })
    expect([forgotten.subject, forgotten.gaps.map(({ code }) => code)]).toEqual([undefined, ['subjectForgotten', 'historyOff']])
    expect(forgotten.answer.receivers[0]?.messages.map(({ end, outcome }) => [end, outcome])).toEqual([[false, 'forgotten'], [false, 'forgotten'], [true, 'forgotten']])
    for (const id of [web1.id, gone.fingerprint.slice(0, 3), 'ffffffff']) await expect(explain(fleet.store, monitor, { id, now: at(5) })).rejects.toMatchObject({ code: 'E601' })
  })
})

it('names the reason of a decision that very many others of its group have followed', async () => {
  const monitor = fleetMonitor({ groupBy: [] })
  const fleet = await openFleet(monitor)
  await addSilence(fleet.store, { matchers: 'name=web-1', for: '2d', createdBy: 'anna', comment: 'deploy' }, { monitor: 'main', id: 's-12', now: at(0) })
  const span = 1_010
  // All are in one group, in which another one comes and goes in each minute: the first two are news once.
  for (let minute = 0; minute <= span; minute++) await fleet.cycle({ 'web-1': RED, 'web-2': minute % 2 === 0 ? RED : GREEN, 'web-3': RED }, at(minute))
  const silenced = await explain(fleet.store, monitor, { id: web1.id, now: at(span) })
  expect(silenced.answer.text).toBe('nobody was told: silence s-12 by anna until 2026-01-07 03:00: deploy')
  const unsilenced = await explain(fleet.store, monitor, { id: 'fleet.cpu/web-3', now: at(span) })
  expect(unsilenced.answer.receivers[0]?.messages[0]).toMatchObject({ at: at(0), reason: 'first' })
  expect(unsilenced.gaps.map(({ code }) => code)).toEqual(['decisionsLeftOut', 'historyOff'])
})
