import { beforeEach, describe, expect, it } from 'vitest'
import { acknowledgeAlert, snoozeAlert, unacknowledgeAlert, unsnoozeAlert } from '../operate/attend.ts'
import { addSilence, editSilence, expireSilence, listSilences, previewSilence } from '../operate/silences.ts'
import type { RouteInput } from '../routing/route-node.ts'
import type { SilenceInput } from '../routing/silence-input.ts'
import { type Fleet, fleetMonitor, inboxes, openFleet } from '../testing/fleet.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const RED = 91
const AMBER = 70
const GREEN = 20
const at = (minute: number): number => minute * MINUTE
const web1 = { monitor: 'main', id: 'fleet.cpu/web-1' }

let fleet: Fleet
beforeEach(async () => {
  fleet = await openFleet(fleetMonitor())
})
const silence = (input: Omit<SilenceInput, 'createdBy'>, minute: number, id = 's1') => addSilence(fleet.store, { createdBy: 'ann', ...input }, { monitor: 'main', id, now: at(minute) })
const events = async () => (await fleet.store.transaction((tx) => tx.events.list({ monitor: 'main', limit: 99 }))).map(({ kind, code, by }) => [kind, code, by].filter(Boolean).join(' '))

describe('a silence', () => {
  it('hides what fires until it ends; what still fires then is told', async () => {
    await silence({ matchers: 'rule="fleet.cpu"', for: '2m' }, 0)
    expect(await fleet.cycle({ 'web-1': RED }, at(1))).toEqual([])
    expect(fleet.last?.result.decisions).toMatchObject([{ decision: 'nothing', muted: [{ reason: { by: 'silence', id: 's1' } }] }])
    expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual(['ops first: web-1 new'])
  })

  it('hides only what it matches, by any label and by the level', async () => {
    await silence({ matcherSets: ['name="web-1"', 'level="warning"'], for: '1h' }, 0)
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED, 'web-3': AMBER }, at(1))).toEqual(['ops first: web-2 new'])
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED, 'web-3': RED }, at(2))).toEqual(['ops new: web-2 unchanged, web-3 new'])
  })

  it('lets the end of what was told through, and hides what fires again', async () => {
    expect(await fleet.cycle({ 'web-1': RED }, at(0))).toEqual(['ops first: web-1 new'])
    await silence({ matchers: 'name="web-1"', for: '1h' }, 0)
    expect(await fleet.cycle({ 'web-1': GREEN }, at(1))).toEqual(['ops allResolved: web-1 resolved'])
    expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual([])
    await expireSilence(fleet.store, 'main', 's1', at(3))
    expect(await fleet.cycle({ 'web-1': RED }, at(3))).toEqual(['ops new: web-1 new'])
  })

  it('until resolved ends with the last alert that it hides', async () => {
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    await silence({ matchers: 'rule="fleet.cpu"', untilResolved: true }, 0)
    await fleet.cycle({ 'web-1': GREEN, 'web-2': RED }, at(1))
    const states = async (minute: number) => (await listSilences(fleet.store, 'main', {}, at(minute))).map(({ status }) => status)
    expect(await states(1)).toEqual([{ state: 'active', reason: 'untilResolved' }])
    await fleet.cycle({ 'web-1': GREEN, 'web-2': GREEN }, at(2))
    expect(await states(2)).toEqual([{ state: 'expired', reason: 'resolved' }])
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': GREEN }, at(3))).toEqual(['ops new: web-1 new'])
  })

  it('comes again in its times', async () => {
    await silence({ matchers: 'rule="fleet.cpu"', recurring: [{ times: [{ from: '00:10', to: '00:20' }] }] }, 0)
    expect(await fleet.cycle({ 'web-1': RED }, at(10))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(20))).toEqual(['ops first: web-1 new'])
  })

  it('shows what it would hide, without keeping anything', async () => {
    await fleet.cycle({ 'web-1': RED, 'web-2': RED, 'web-3': GREEN }, at(0))
    const { hides } = await previewSilence(fleet.store, { createdBy: 'ann', matchers: 'name=~"web-[13]"', for: '1h' }, { monitor: 'main', id: 's1', now: at(0) })
    expect(hides.map(({ subject }) => subject.resource.name)).toEqual(['web-1'])
    expect(await listSilences(fleet.store, 'main', {}, at(0))).toEqual([])
    await expect(previewSilence(fleet.store, { createdBy: 'ann', matchers: 'name="x"' }, { monitor: 'main', id: 's1', now: at(0) })).rejects.toMatchObject({ problems: [{ code: 'E103' }] })
  })

  it('is changed in place, or goes on as another where its past would change', async () => {
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    await silence({ matchers: 'name="web-1"', for: '1h' }, 0)
    const context = (minute: number) => ({ monitor: 'main', id: 's2', now: at(minute) })
    expect(await editSilence(fleet.store, 's1', { for: '2h' }, context(1))).toMatchObject({ reason: 'updated', silence: { id: 's1', endsAt: at(121) } })
    expect(await editSilence(fleet.store, 's1', { matchers: 'name="web-2"' }, context(2))).toMatchObject({ reason: 'replaced', silence: { id: 's2' }, hides: [{ subject: { resource: { name: 'web-2' } } }] })
    expect((await listSilences(fleet.store, 'main', { states: ['active'] }, at(2))).map(({ silence: { id } }) => id)).toEqual(['s2'])
    await expect(editSilence(fleet.store, 's2', { matchers: '' }, context(3))).rejects.toMatchObject({ problems: [{ code: 'E103' }] })
    await expect(editSilence(fleet.store, 's1', { for: '3h' }, context(3))).rejects.toMatchObject({ code: 'E601' })
  })

  it('ends only once, and only one', async () => {
    await silence({ matchers: 'name="c"', for: '1h' }, 0, 'abc')
    expect((await expireSilence(fleet.store, 'main', 'abc', at(0))).id).toBe('abc')
    await silence({ matchers: 'name="a"', for: '1h' }, 0, 'abc1')
    await silence({ matchers: 'name="b"', for: '1h' }, 0, 'abc2')
    await expect(expireSilence(fleet.store, 'main', 'ab', at(1))).rejects.toMatchObject({ code: 'E601', message: '"ab" is the beginning of 2 silences', fix: expect.stringContaining('abc1, abc2') })
    await expireSilence(fleet.store, 'main', 'abc1', at(1))
    await expect(expireSilence(fleet.store, 'main', 'abc1', at(1))).rejects.toMatchObject({ code: 'E601', message: 'the silence abc1 is over already' })
    await expect(expireSilence(fleet.store, 'main', 'x', at(1))).rejects.toMatchObject({ code: 'E601', message: 'no silence is called "x"' })
  })
})

describe('an acknowledgement', () => {
  beforeEach(async () => {
    fleet = await openFleet(fleetMonitor({ repeatInterval: '2m' }))
  })

  it('stops repeats, not the end', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual(['ops repeat: web-1 unchanged'])
    await acknowledgeAlert(fleet.store, web1, { by: 'ann' }, at(3))
    expect(await fleet.cycle({ 'web-1': RED }, at(4))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(60))).toEqual([])
    expect(await fleet.cycle({ 'web-1': GREEN }, at(61))).toEqual(['ops allResolved: web-1 resolved'])
    expect(await fleet.cycle({ 'web-1': RED }, at(62))).toEqual(['ops new: web-1 new'])
    expect(await fleet.cycle({ 'web-1': RED }, at(64))).toEqual(['ops repeat: web-1 unchanged'])
  })

  it('holds from process to process, and is seen in the log with its owner', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await acknowledgeAlert(fleet.store, web1, { by: 'ann' }, at(1))
    expect((await acknowledgeAlert(fleet.store, web1, { by: 'bob' }, at(1))).attention?.ack?.by).toBe('ann')
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED }, at(5))).toEqual([])
    await unacknowledgeAlert(fleet.store, web1, 'bob', at(6))
    expect(await fleet.cycle({ 'web-1': RED }, at(7))).toEqual(['ops repeat: web-1 unchanged'])
    expect(await events()).toEqual(['fired enoughHot', 'acknowledged person ann', 'unacknowledged person bob'])
  })

  it('ends when the level rises, unless it is sticky', async () => {
    for (const sticky of [false, true]) {
      fleet = await openFleet(fleetMonitor({ repeatInterval: '2m' }))
      await fleet.cycle({ 'web-1': AMBER }, at(0))
      await acknowledgeAlert(fleet.store, web1, { by: 'ann', sticky }, at(1))
      expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual(['ops new: web-1 changed'])
      expect(await fleet.cycle({ 'web-1': RED }, at(4))).toEqual(sticky ? [] : ['ops repeat: web-1 unchanged'])
      expect((await events()).at(-1)).toBe(sticky ? 'escalated enoughHot' : 'unacknowledged levelRose')
    }
  })

  it('ends at its time', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await acknowledgeAlert(fleet.store, web1, { by: 'ann', until: at(10) }, at(1))
    expect(await fleet.cycle({ 'web-1': RED }, at(9))).toEqual([])
    expect(await fleet.flush(at(10))).toEqual(['ops repeat: web-1 unchanged'])
  })

  it('is refused for what is not there or has ended', async () => {
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    await fleet.cycle({ 'web-1': GREEN, 'web-2': RED }, at(1))
    await expect(acknowledgeAlert(fleet.store, web1, { by: 'ann' }, at(2))).rejects.toMatchObject({ code: 'E602' })
    await expect(acknowledgeAlert(fleet.store, { monitor: 'main', id: 'beef' }, { by: 'ann' }, at(2))).rejects.toMatchObject({ code: 'E601' })
    const [row] = await fleet.store.transaction((tx) => tx.alerts.list('main'))
    await expect(acknowledgeAlert(fleet.store, { monitor: 'main', id: row?.id.slice(0, 3) ?? '' }, { by: 'ann' }, at(2))).rejects.toMatchObject({ code: 'E601' })
  })
})

describe('a snooze', () => {
  beforeEach(async () => {
    fleet = await openFleet(fleetMonitor({ repeatInterval: '2m' }))
  })

  it('keeps everything back but the end, and is over at its time', async () => {
    await fleet.cycle({ 'web-1': AMBER }, at(0))
    await snoozeAlert(fleet.store, web1, { by: 'ann', until: at(10) }, at(1))
    expect(await fleet.cycle({ 'web-1': AMBER }, at(9))).toEqual([])
    expect(fleet.last?.nextAt).toBe(at(9) + 1_000)
    expect(await fleet.flush(at(10))).toEqual(['ops repeat: web-1 unchanged'])
    await snoozeAlert(fleet.store, web1, { by: 'ann', until: at(30) }, at(11))
    expect(await fleet.cycle({ 'web-1': GREEN }, at(12))).toEqual(['ops allResolved: web-1 resolved'])
    expect(await events()).toEqual(['fired enoughHot', 'snoozed person ann', 'unsnoozed elapsed', 'snoozed person ann', 'resolved tooFewHot'])
  })

  it('is broken by critical, unless it is meant for that too', async () => {
    for (const evenCritical of [false, true]) {
      fleet = await openFleet(fleetMonitor())
      await fleet.cycle({ 'web-1': AMBER }, at(0))
      await snoozeAlert(fleet.store, web1, { by: 'ann', until: at(60), evenCritical }, at(1))
      expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual(evenCritical ? [] : ['ops new: web-1 changed'])
    }
  })

  it('can be ended by hand', async () => {
    await fleet.cycle({ 'web-1': AMBER }, at(0))
    await snoozeAlert(fleet.store, web1, { by: 'ann', until: at(60) }, at(1))
    expect((await unsnoozeAlert(fleet.store, web1, 'ann', at(2))).changed).toBe(true)
    expect((await unsnoozeAlert(fleet.store, web1, 'ann', at(2))).changed).toBe(false)
    expect(await fleet.cycle({ 'web-1': AMBER }, at(3))).toEqual(['ops repeat: web-1 unchanged'])
  })
})

describe('escalation steps', () => {
  const steps: NonNullable<RouteInput['steps']> = [
    { after: '5m', notify: 'lead' },
    { after: '10m', notify: ['boss'], level: 'critical', repeat: '5m' },
  ]
  const monitor = (over: Parameters<typeof fleetMonitor>[0] = {}) => fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), route: { receivers: ['ops'], steps }, ...over })
  beforeEach(async () => {
    fleet = await openFleet(monitor())
  })

  it('tell further receivers while nobody takes the alert on, and these hear its end', async () => {
    expect(await fleet.cycle({ 'web-1': RED }, at(0))).toEqual(['ops first: web-1 new'])
    expect(await fleet.cycle({ 'web-1': RED }, at(4))).toEqual([])
    expect(await fleet.flush(at(5))).toEqual(['lead first: web-1 new'])
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED }, at(10))).toEqual(['boss first: web-1 new'])
    expect(await fleet.cycle({ 'web-1': RED }, at(15))).toEqual(['boss step: web-1 unchanged'])
    expect(await fleet.cycle({ 'web-1': GREEN }, at(16))).toEqual(['boss allResolved: web-1 resolved', 'lead allResolved: web-1 resolved', 'ops allResolved: web-1 resolved'])
    expect(await fleet.store.transaction((tx) => tx.handling.list('main'))).toEqual([])
  })

  it('wait at the moment of the next step, not of the next cycle', async () => {
    await fleet.restart(monitor({ groupInterval: '1h' }))
    await fleet.cycle({ 'web-1': RED }, at(0))
    expect(fleet.last?.nextAt).toBe(at(5))
  })

  it('stop for who takes it on, and begin again when it is given back', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await acknowledgeAlert(fleet.store, web1, { by: 'ann' }, at(4))
    expect(await fleet.cycle({ 'web-1': RED }, at(60))).toEqual([])
    await unacknowledgeAlert(fleet.store, web1, 'ann', at(60))
    expect(await fleet.cycle({ 'web-1': RED }, at(61))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(66))).toEqual(['lead first: web-1 new'])
  })

  it('do not count muted time', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await silence({ matchers: 'name="web-1"', for: '8m' }, 2)
    expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(10))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(12))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(13))).toEqual(['lead first: web-1 new'])
  })

  it('know between two single passes what began and ended meanwhile', async () => {
    const slow = { notify: inboxes('ops', 'lead'), route: { receivers: ['ops'], steps: [{ after: '10m' as const, notify: 'lead' }] } }
    const later = async (minute: number) => (await fleet.cycle({ 'web-1': RED }, at(minute), true)).filter((line) => line.startsWith('lead'))
    fleet = await openFleet(fleetMonitor(slow))
    await fleet.cycle({ 'web-1': RED }, at(0), true)
    await silence({ matchers: 'name="web-1"', for: '8m' }, 1)
    expect(await later(17)).toEqual([])
    expect(await later(18)).toEqual(['lead first: web-1 new'])

    fleet = await openFleet(fleetMonitor(slow))
    await fleet.cycle({ 'web-1': RED }, at(0), true)
    await snoozeAlert(fleet.store, web1, { by: 'ann', until: at(9), evenCritical: true }, at(1))
    expect(await later(18)).toEqual([])
    expect(await later(19)).toEqual(['lead first: web-1 new'])

    fleet = await openFleet(fleetMonitor(slow))
    await fleet.cycle({ 'web-1': RED }, at(0), true)
    await acknowledgeAlert(fleet.store, web1, { by: 'ann', until: at(9) }, at(1))
    expect(await later(18)).toEqual([])
    expect(await later(19)).toEqual(['lead first: web-1 new'])
  })

  it('begin again with the steps of critical when the level rises', async () => {
    expect(await fleet.cycle({ 'web-1': AMBER }, at(0))).toEqual(['ops first: web-1 new'])
    expect(await fleet.cycle({ 'web-1': AMBER }, at(20))).toEqual(['lead first: web-1 new'])
    expect(await fleet.cycle({ 'web-1': RED }, at(21))).toEqual(['lead new: web-1 changed', 'ops new: web-1 changed'])
    expect(await fleet.cycle({ 'web-1': RED }, at(26))).toEqual(['lead step: web-1 unchanged'])
    expect(await fleet.cycle({ 'web-1': RED }, at(31))).toEqual(['boss first: web-1 new'])
  })

  it('keep the policy of the moment at which the episode fired', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await fleet.restart(monitor({ route: { receivers: ['ops'] } }))
    expect(await fleet.cycle({ 'web-1': RED }, at(5))).toEqual(['lead first: web-1 new'])
  })

  it('of a policy that is made while an episode runs tell nobody of it', async () => {
    fleet = await openFleet(monitor({ route: { receivers: ['ops'] } }))
    await fleet.cycle({ 'web-1': RED }, at(0))
    await fleet.restart(monitor())
    expect(await fleet.cycle({ 'web-1': RED }, at(10))).toEqual([])
    await fleet.cycle({ 'web-1': GREEN }, at(11))
    await fleet.cycle({ 'web-1': RED }, at(12))
    expect(await fleet.cycle({ 'web-1': RED }, at(17))).toEqual(['lead first: web-1 new'])
  })

  it('leave out a receiver that is no longer there', async () => {
    await fleet.cycle({ 'web-1': RED }, at(0))
    await fleet.restart(fleetMonitor({ notify: inboxes('ops', 'boss') }))
    expect((await fleet.cycle({ 'web-1': RED }, at(5))).filter((line) => line.startsWith('lead'))).toEqual([])
  })

  it('name receivers that there are', () => {
    expect(() => fleetMonitor({ steps: [{ after: '5m', notify: 'leed' }] })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E106' })] }))
    expect(() => monitor({ route: { receivers: ['ops'], steps: [{ after: '5m', notify: 'leed' }] } })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E106', fix: 'did you mean "lead"?' })] }))
  })
})

describe('a composite', () => {
  const both = { when: 'ALARM("main/fleet.cpu/web-1") AND ALARM("main/fleet.cpu/web-2")', summary: 'both are busy' }

  it('fires while its condition holds, as an alert of its own', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { busy: both } }))
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': GREEN }, at(0))).toEqual(['ops first: web-1 new'])
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': AMBER }, at(1))).toEqual(['ops first: busy new', 'ops new: web-1 unchanged, web-2 new'])
    expect(await fleet.cycle({ 'web-1': GREEN, 'web-2': AMBER }, at(2))).toEqual(['ops allResolved: busy resolved', 'ops someResolved: web-2 unchanged, web-1 resolved'])
  })

  it('keeps its parts back by an inhibition that waits for it', async () => {
    const inhibit = [{ name: 'parts', source: ['rule="composite.busy"'], target: ['rule="fleet.cpu"'], waitFor: '2m' as const }]
    fleet = await openFleet(fleetMonitor({ composites: { busy: both }, inhibit }))
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': GREEN }, at(0))).toEqual([])
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(1))).toEqual(['ops first: busy new'])
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': GREEN }, at(10))).toEqual(['ops allResolved: busy resolved', 'ops first: web-1 new'])
  })

  it('is held while what would decide cannot be read', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { busy: both } }))
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    expect(await fleet.cycle('down', at(1))).toEqual([])
    expect(await fleet.cycle({ 'web-1': GREEN, 'web-2': GREEN }, at(2))).toEqual(['ops allResolved: busy resolved', 'ops allResolved: web-1 resolved, web-2 resolved'])
  })

  it('takes what is gone, or at rest in another monitor, for well', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { any: { when: 'ALARM("main/fleet.cpu/web-1") OR ALARM("main/fleet.cpu/web-2")' }, but: { when: 'ALARM("main/fleet.cpu/web-2") AND NOT ALARM("elsewhere/fleet.disk")' } } }))
    expect(await fleet.cycle({ 'web-2': RED }, at(0))).toEqual(['ops first: any new', 'ops first: web-2 new'])
    const other = await openFleet(fleetMonitor({ name: 'elsewhere' }), fleet.store)
    await other.cycle({ db: { disk: GREEN } }, at(1))
    expect(await fleet.cycle({ 'web-2': RED }, at(2))).toEqual(['ops first: but new'])
    expect(await fleet.cycle({ 'web-2': GREEN }, at(3))).toEqual(['ops allResolved: any resolved', 'ops allResolved: but resolved', 'ops allResolved: web-2 resolved'])
  })

  it('is made of others, and of other monitors, in any order', async () => {
    const composites = { worse: { when: 'ALARM("main/composite.busy") OR ALARM("elsewhere/fleet.disk")' }, busy: both }
    fleet = await openFleet(fleetMonitor({ composites }))
    const other = await openFleet(fleetMonitor({ name: 'elsewhere' }), fleet.store)
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))).toEqual(['ops first: busy new', 'ops first: web-1 new, web-2 new', 'ops first: worse new'])
    await other.cycle({ db: { disk: RED } }, at(1))
    expect(await fleet.cycle({ 'web-1': GREEN, 'web-2': GREEN }, at(2))).toEqual(['ops allResolved: busy resolved', 'ops allResolved: web-1 resolved, web-2 resolved'])
  })

  it('is made for each resource, and ends with it', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { both: { when: 'ALARM("main/fleet.cpu") AND ALARM("main/fleet.disk")', each: 'resource' } }, route: { receivers: [], routes: [{ matchers: ['rule=~"composite.*"'], receivers: ['ops'] }] } }))
    expect(await fleet.cycle({ 'web-1': { cpu: RED, disk: GREEN }, 'web-2': { cpu: GREEN, disk: RED } }, at(0))).toEqual([])
    expect(await fleet.cycle({ 'web-1': { cpu: RED, disk: RED }, 'web-2': { cpu: GREEN, disk: RED } }, at(1))).toEqual(['ops first: web-1 new'])
    expect(await fleet.cycle({ 'web-2': { cpu: RED, disk: RED } }, at(2))).toEqual(['ops new: web-1 unchanged, web-2 new'])
    expect(await fleet.cycle({ 'web-2': { cpu: RED, disk: RED } }, at(3))).toEqual(['ops someResolved: web-2 unchanged, web-1 resolved'])
    for (const minute of [4, 5, 6]) await fleet.cycle({ 'web-2': { cpu: RED, disk: RED } }, at(minute))
    expect(fleet.last?.result.alerts.map(({ subject }) => `${subject.rule} ${subject.resource.name}`).toSorted()).toEqual(['composite.both web-2', 'fleet.cpu web-2', 'fleet.disk web-2'])
  })

  it('is made for each value of a label', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { shop: { when: 'AT_LEAST(1, ALARM("main/fleet.cpu"), ALARM("main/fleet.disk"))', each: 'tag_team', level: 'warning' } }, route: { receivers: [], routes: [{ matchers: ['rule="composite.shop"'], receivers: ['ops'] }] } }))
    const team = (name: string, cpu: number) => ({ cpu, tags: { team: name } })
    expect(await fleet.cycle({ 'web-1': team('a', RED), 'web-2': team('a', GREEN), 'web-3': team('b', GREEN), 'web-4': RED }, at(0))).toEqual(['ops first: a new'])
    expect(await fleet.cycle({ 'web-1': team('a', GREEN), 'web-2': team('a', GREEN), 'web-3': { ...team('b', GREEN), disk: AMBER }, 'web-4': RED }, at(1))).toEqual(['ops new: b new, a resolved'])
  })

  it('ends when it is taken out', async () => {
    fleet = await openFleet(fleetMonitor({ composites: { busy: both } }))
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(0))
    await fleet.restart(fleetMonitor())
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(1))).toEqual(['ops allResolved: busy resolved'])
  })

  it.each([
    [{ a: { when: 'ALARM("main/fleet.cpuu")' } }, 'unknown rule "fleet.cpuu"', 'did you mean "fleet.cpu"?'],
    [{ a: { when: 'ALARM("fleet.cpu")' } }, '"fleet.cpu" names a rule without its monitor', 'write "main/fleet.cpu"'],
    [{ a: { when: 'ALARM("main")' } }, '"main" is the monitor that this is a part of', expect.stringContaining('main/fleet.cpu')],
    [{ a: { when: 'ALARM("main/composite.b")' }, b: { when: 'NOT ALARM("main/composite.a")' } }, 'the composite "a" is made of itself', expect.any(String)],
    [{ a: { when: 'ALARM(' } }, expect.stringContaining('"when" cannot be'), expect.stringContaining('name of an alert expected')],
  ])('refuses %j', (composites, message, fix) => {
    expect(() => fleetMonitor({ composites })).toThrow(expect.objectContaining({ problems: expect.arrayContaining([expect.objectContaining({ code: 'E103', message, fix })]) }))
  })
})

describe('a restart', () => {
  const monitor = (over: Parameters<typeof fleetMonitor>[0] = {}) => fleetMonitor(over, { for: '10m' })

  it('does not count the time in which nobody watched', async () => {
    fleet = await openFleet(monitor())
    await fleet.cycle({ 'web-1': RED }, at(0))
    await fleet.cycle({ 'web-1': RED }, at(6))
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED }, at(36))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(38))).toEqual([])
    // One minute of the thirty lies between any two cycles.
    expect(await fleet.cycle({ 'web-1': RED }, at(39))).toEqual(['ops first: web-1 new'])
  })

  it('after every cycle holds up neither an alert nor its end', async () => {
    fleet = await openFleet(fleetMonitor({}, { for: '5m', keepFiringFor: '5m' }))
    const told: string[] = []
    for (let minute = 0; minute < 20; minute++) {
      await fleet.restart()
      told.push(...(await fleet.cycle({ 'web-1': minute < 10 ? RED : GREEN }, at(minute))).map((line) => `${minute} ${line}`))
    }
    expect(told).toEqual(['5 ops first: web-1 new', '15 ops allResolved: web-1 resolved'])
  })

  it('between single passes that are hours apart holds up nothing', async () => {
    fleet = await openFleet(fleetMonitor({}, { for: '5m' }))
    const told: string[] = []
    for (const hour of [0, 2, 4, 6]) {
      await fleet.restart()
      told.push(...(await fleet.cycle({ 'web-1': hour < 6 ? RED : GREEN }, hour * HOUR, true)).map((line) => `${hour} ${line}`))
    }
    // The first pause may be an outage; from the second on the passes are known to be so far apart.
    expect(told).toEqual(['4 ops first: web-1 new', '6 ops allResolved: web-1 resolved'])
  })

  it('drops what was pending after a longer outage, and keeps what was told until it is evaluated', async () => {
    fleet = await openFleet(monitor({ outageTolerance: '20m' }))
    await fleet.cycle({ 'web-1': RED, 'web-2': GREEN }, at(0))
    await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(10))
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(40))).toEqual([])
    expect(fleet.last?.result.transitions.map(({ kind, code }) => `${kind} ${code}`)).toEqual(['noData outage', 'dropped outage', 'dataBack pointArrived', 'pending enoughHot'])
    expect(await fleet.cycle({ 'web-1': RED, 'web-2': RED }, at(50))).toEqual(['ops new: web-1 unchanged, web-2 new'])
  })

  it('is none between two single passes', async () => {
    fleet = await openFleet(monitor())
    await fleet.cycle({ 'web-1': RED }, at(0), true)
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED }, at(10), true)).toEqual(['ops first: web-1 new'])
  })

  it('tells nothing before a source was read, or is known to be unreadable', async () => {
    fleet = await openFleet(fleetMonitor({ repeatInterval: '1m' }))
    await fleet.cycle({ 'web-1': RED }, at(0))
    await fleet.restart()
    expect(await fleet.cycle('down', at(5))).toEqual([])
    expect(fleet.last?.tells).toBe(false)
    expect(await fleet.flush(at(6))).toEqual([])
    expect(await fleet.cycle('down', at(7))).toEqual([])
    expect(await fleet.cycle('down', at(8))).toEqual(['ops first: fleet new', 'ops repeat: web-1 unchanged'])
    await fleet.restart()
    expect(await fleet.cycle({ 'web-1': RED }, at(9))).toEqual(['ops allResolved: fleet resolved', 'ops repeat: web-1 unchanged'])
  })
})

describe('more series than the limit', () => {
  it('are refused, the newest first, with one alert; what fires goes on', async () => {
    fleet = await openFleet(fleetMonitor({ seriesLimit: 2 }))
    await fleet.cycle({ 'web-2': RED, 'web-3': GREEN }, at(0))
    expect(await fleet.cycle({ 'web-0': RED, 'web-1': RED, 'web-2': RED, 'web-3': RED }, at(1))).toEqual(['ops first: fleet new', 'ops new: web-2 unchanged, web-3 new'])
    expect(fleet.last?.result.failures.map(({ error }) => String(error))).toEqual([
      'E403 fleet.cpu has more than 2 series: 2 of the newest are not watched · fleet.cpu · watch less by this rule, or raise "seriesLimit"',
    ])
    expect(await fleet.cycle({ 'web-2': GREEN, 'web-3': GREEN }, at(2))).toEqual(['ops allResolved: fleet resolved', 'ops allResolved: web-2 resolved, web-3 resolved'])
  })
})

it('lets monitors with the same receivers and rules share a store', async () => {
  const other = await openFleet(fleetMonitor({ name: 'second' }), fleet.store)
  expect(await fleet.cycle({ 'web-1': RED }, at(0))).toEqual(['ops first: web-1 new'])
  expect(await other.cycle({ 'web-1': RED }, at(0))).toEqual(['ops first: web-1 new'])
  expect(await fleet.cycle({ 'web-1': GREEN }, at(1))).toEqual(['ops allResolved: web-1 resolved'])
  expect(await other.cycle({ 'web-1': RED }, at(1))).toEqual([])
})

it('ends the alerts of a name that the monitor had before', async () => {
  await fleet.cycle({ 'web-1': RED }, at(0))
  await fleet.restart(fleetMonitor({ name: 'renamed', formerly: ['main'] }))
  expect(await fleet.cycle({ 'web-1': RED }, at(1))).toEqual(['ops allResolved: web-1 resolved', 'ops first: web-1 new'])
  expect(fleet.last?.result.notifications.flatMap(({ alerts }) => alerts.map(({ resolveReason }) => resolveReason))).toContain('monitorRenamed')
  await fleet.restart(fleetMonitor({ name: 'renamed', formerly: ['main'] }))
  expect(await fleet.cycle({ 'web-1': GREEN }, at(2))).toEqual(['ops allResolved: web-1 resolved'])
})

it('tells at once of an alert that rose before its group was looked at again', async () => {
  fleet = await openFleet(fleetMonitor({ groupInterval: '10m' }))
  await fleet.cycle({ 'web-1': AMBER }, at(1))
  expect(await fleet.cycle({ 'web-1': AMBER, 'web-2': AMBER }, at(2))).toEqual([])
  expect(await fleet.cycle({ 'web-1': AMBER, 'web-2': RED }, at(3))).toEqual(['ops new: web-2 new, web-1 unchanged'])
})

it('forgets groups of which all has ended, a week later', async () => {
  await fleet.cycle({ 'web-1': RED }, at(0))
  await fleet.cycle({ 'web-1': GREEN }, at(1))
  const groups = async () => (await fleet.store.transaction((tx) => tx.groups.list('main'))).length
  await fleet.cycle({ 'web-1': GREEN }, at(1) + 7 * 24 * HOUR)
  expect(await groups()).toBe(1)
  await fleet.cycle({ 'web-1': GREEN }, at(2) + 7 * 24 * HOUR)
  expect(await groups()).toBe(0)
})

it('writes nothing when nothing changed but the time', async () => {
  fleet = await openFleet(fleetMonitor({ notify: inboxes('ops', 'lead'), groupInterval: '1h', route: { receivers: ['ops'], steps: [{ after: '5h', notify: 'lead' }] } }))
  await fleet.cycle({ 'web-1': RED }, at(0))
  const versions = async () => fleet.store.transaction(async (tx) => [...(await tx.handling.list('main')), ...(await tx.groups.list('main'))].map(({ id, version }) => [id, version]))
  const before = await versions()
  await fleet.flush(at(1))
  await fleet.flush(at(2))
  expect(await versions()).toEqual(before)
})

it('tells how often an alert fired again between two looks at its group', async () => {
  fleet = await openFleet(fleetMonitor({ groupInterval: '10m', repeatInterval: '30m' }))
  await fleet.cycle({ 'web-1': RED }, at(0))
  for (const minute of [1, 3, 5]) {
    await fleet.cycle({ 'web-1': GREEN }, at(minute))
    expect(await fleet.cycle({ 'web-1': RED }, at(minute + 1))).toEqual([])
  }
  for (const minute of [10, 20]) expect(await fleet.cycle({ 'web-1': RED }, at(minute))).toEqual([])
  expect(await fleet.cycle({ 'web-1': RED }, at(30))).toEqual(['ops repeat: web-1 unchanged'])
  expect(fleet.last?.result.notifications[0]?.alerts[0]?.refired).toBe(3)
  await fleet.cycle({ 'web-1': RED }, at(60))
  expect(fleet.last?.result.notifications[0]?.alerts[0]?.refired).toBeUndefined()
})

it('looks at a held-back end when a cycle does, not again and again', async () => {
  fleet = await openFleet(fleetMonitor({ resolveThroughMute: false, groupInterval: '5m' }))
  await fleet.cycle({ 'web-1': RED }, at(0))
  await silence({ matchers: 'name="web-1"', for: '10m' }, 1)
  expect(await fleet.cycle({ 'web-1': GREEN }, at(5))).toEqual([])
  expect(fleet.last?.nextAt).toBe(Infinity)
  expect(await fleet.cycle({ 'web-1': GREEN }, at(10))).toEqual([])
  expect(await fleet.cycle({ 'web-1': GREEN }, at(11))).toEqual(['ops allResolved: web-1 resolved'])
})

it('holds a paused rule as it is', async () => {
  await fleet.cycle({ 'web-1': RED }, at(0))
  await fleet.restart(fleetMonitor({}, { paused: true }))
  expect(await fleet.cycle({ 'web-1': GREEN }, at(1))).toEqual([])
  expect(await fleet.cycle({}, at(2))).toEqual([])
  expect(await fleet.cycle({}, at(3))).toEqual([])
  expect(fleet.last?.result.alerts.map(({ state }) => [state.level, state.health])).toEqual([['critical', 'paused']])
  await fleet.restart(fleetMonitor())
  expect(await fleet.cycle({ 'web-1': GREEN }, at(4))).toEqual(['ops allResolved: web-1 resolved'])
})

describe('as in Alertmanager', () => {
  const likeAlertmanager = { compat: 'alertmanager', groupInterval: '1m', repeatInterval: '2m' } as const

  it('ends of what is muted are not told, and a repeat is later than its interval', async () => {
    fleet = await openFleet(fleetMonitor(likeAlertmanager))
    await fleet.cycle({ 'web-1': RED }, at(0))
    expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual([])
    expect(await fleet.cycle({ 'web-1': RED }, at(3))).toEqual(['ops repeat: web-1 unchanged'])
    await silence({ matchers: 'name="web-1"', for: '1h' }, 3)
    expect(await fleet.cycle({ 'web-1': GREEN }, at(4))).toEqual([])
  })

  it('labels that source and target both lack are equal', async () => {
    const inhibit = [{ name: 'disk', source: ['rule="fleet.disk"'], target: ['rule="fleet.cpu"'], equal: ['tag_cluster'] }]
    for (const compat of ['alertmanager', undefined] as const) {
      fleet = await openFleet(fleetMonitor({ inhibit, ...(compat === undefined ? {} : { compat }) }))
      const both = await fleet.cycle({ 'web-1': { cpu: RED, disk: RED } }, at(0))
      expect(both.length).toBe(compat === undefined ? 2 : 1)
    }
  })

  it('windows that wrap past midnight are refused', () => {
    const muteWindows = [{ name: 'night', intervals: [{ times: [{ from: '22:00', to: '06:00' }] }] }]
    expect(() => fleetMonitor({ muteWindows })).not.toThrow()
    expect(() => fleetMonitor({ muteWindows, compat: 'alertmanager' })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E103' })] }))
  })
})

it('forgets silences 13 months after their end', async () => {
  await silence({ matchers: 'name="web-1"', for: '1h' }, 0)
  await fleet.cycle({}, at(60) + 395 * 24 * HOUR)
  expect(await listSilences(fleet.store, 'main', {}, at(61))).toHaveLength(1)
  await fleet.cycle({}, at(60) + 397 * 24 * HOUR)
  expect(await listSilences(fleet.store, 'main', {}, at(61))).toEqual([])
})

it('tells of a channel that failed for good when its process did not live to say so', async () => {
  const both = fleetMonitor({ notify: inboxes('ops', 'mail') })
  await fleet.restart(both)
  await fleet.cycle({ 'web-1': RED }, at(0))
  await fleet.store.transaction(async (tx) => {
    const [row] = await tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: at(0), leaseUntil: at(1), limit: 1 })
    await tx.outbox.settle(row?.id ?? '', 1, { status: 'dead', at: at(0), outcome: 'permanent', error: '404 no_service' })
  })
  await fleet.restart(both)
  expect(await fleet.cycle({ 'web-1': RED }, at(1))).toEqual(['mail first: ops new'])
  await fleet.restart(both)
  expect(await fleet.cycle({ 'web-1': RED }, at(2))).toEqual([])
})

it.each([['in one process', false], ['by the next process', true]])('judges, counts and tells on when the clock was set back an hour, %s', async (_where, restarts) => {
  fleet = await openFleet(fleetMonitor({ groupInterval: '5m', composites: { site: { when: 'ALARM("main/fleet.cpu/web-2")' } } }, { for: '2m' }))
  const pass = async (minute: number, web1: number, web2: number) => {
    if (restarts) await fleet.restart()
    return fleet.cycle({ 'web-1': web1, 'web-2': web2 }, at(minute))
  }
  for (const minute of [56, 57]) await pass(minute, RED, GREEN)
  expect(await pass(58, RED, GREEN)).toEqual(['ops first: web-1 new'])
  await pass(59, RED, GREEN)
  await pass(60, RED, RED)
  // A minute later the clock shows one of an hour ago.
  expect(await pass(1, RED, RED)).toEqual([])
  // The two minutes are over, and so, a minute later, are the five of the group.
  expect(await pass(2, RED, RED)).toEqual(['ops first: site new'])
  expect(await pass(3, RED, RED)).toEqual(['ops new: web-1 unchanged, web-2 new'])
  const told: string[] = []
  for (const minute of [4, 5, 6, 7, 8]) told.push(...(await pass(minute, GREEN, GREEN)))
  expect(told).toEqual(['ops allResolved: site resolved', 'ops allResolved: web-1 resolved, web-2 resolved'])
  const ended = fleet.last?.result.notifications.flatMap(({ alerts }) => alerts.map(({ subject, firedAt, resolvedAt }) => [subject.resource.name, firedAt, resolvedAt]))
  expect(ended?.toSorted()).toEqual([['web-1', at(-2), at(4)], ['web-2', at(2), at(4)]])
})

it.each([['in one process', false], ['by the next process', true]])('takes the steps of an escalation in their time though the clock was set back an hour, %s', async (_where, restarts) => {
  fleet = await openFleet(fleetMonitor({ notify: inboxes('ops', 'lead'), groupInterval: '1h', route: { receivers: ['ops'], steps: [{ after: '5m', notify: 'lead' }] } }))
  const told: string[] = []
  for (const minute of [57, 58, 59, 60, 1, 2, 3]) {
    if (restarts) await fleet.restart()
    told.push(...(await fleet.cycle({ 'web-1': RED }, at(minute))).map((line) => `${minute} ${line}`))
  }
  expect(told).toEqual(['57 ops first: web-1 new', '2 lead first: web-1 new'])
})

it('takes no step early when the clock of a monitor that looks once a day is set back', async () => {
  fleet = await openFleet(fleetMonitor({ schedule: '0 9 * * *', notify: inboxes('ops', 'lead'), groupInterval: '1h', route: { receivers: ['ops'], steps: [{ after: '5h', notify: 'lead' }] } }))
  const told: string[] = []
  for (const minute of [600, 540]) told.push(...(await fleet.cycle({ 'web-1': RED }, at(minute))).map((line) => `${minute} ${line}`))
  expect(told).toEqual(['600 ops first: web-1 new'])
})

it('lets an alert go in its time that an inhibition kept back, though the clock was set back an hour', async () => {
  fleet = await openFleet(fleetMonitor({ inhibit: [{ name: 'disk', source: ['rule="fleet.disk"'], target: ['rule="fleet.cpu"'], equal: ['name'], waitFor: '5m' }] }))
  const told: string[] = []
  for (const minute of [58, 59, 60, 1, 2, 3, 4]) told.push(...(await fleet.cycle({ 'web-1': { cpu: 91, disk: 10 } }, at(minute))).map((line) => `${minute} ${line}`))
  expect(told).toEqual(['3 ops first: web-1 new'])
})

it('says that a source cannot be read though the clock was set back meanwhile', async () => {
  fleet = await openFleet(fleetMonitor({ errorFor: 3 }))
  for (const minute of [60, 61]) await fleet.cycle({ 'web-1': GREEN }, at(minute))
  const told: string[] = []
  for (const minute of [1, 2, 3]) told.push(...(await fleet.cycle('down', at(minute))))
  expect(told).toEqual(['ops first: fleet new'])
})
