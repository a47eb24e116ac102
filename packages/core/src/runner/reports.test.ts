import { describe, expect, it } from 'vitest'
import type { Monitor } from '../config/monitor.ts'
import { createDispatcher } from '../delivery/dispatcher.ts'
import { TocsinError } from '../errors.ts'
import type { Letter } from '../model/letter.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { defineReport } from '../plugin/define-report.ts'
import { type Delivery, delivered, permanent } from '../plugin/delivery.ts'
import type { Report } from '../plugin/report.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { aLetter } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { fleetMonitor, openFleet } from '../testing/fleet.ts'
import { testServices } from '../testing/services.ts'
import { createEngine, type Engine } from './engine.ts'
import { silentLogger } from '../log/logger.ts'
import { createLetters } from './letters.ts'

const at = (iso: string): number => Date.parse(iso)
const DAY = 86_400_000
/** What was sent, as `mail 2026-08-20: subject`. */
type Sent = string[]

const mailbox = (sent: Sent, outcome: () => Delivery = delivered) =>
  defineNotifier({ name: 'mailbox', reports: true, create: () => ({ send: async () => delivered(), sendReport: async ({ subject }: Letter, { idempotencyKey }) => (sent.push(`${subject} ${idempotencyKey}`), outcome()) }) })()

const daily = (compose: Report['compose']) =>
  defineReport({
    name: 'daily',
    schedule: () => '0 8 * * *',
    period: (_options, due) => ({ from: due - (due % DAY) - DAY, until: due - (due % DAY), name: new Date(due - DAY).toISOString().slice(0, 10) }),
    create: () => ({ compose }),
  })({ to: ['mail', 'ops'] })

const told = async ({ name }: { readonly name: string }): Promise<Letter> => aLetter({ subject: name })
const monitorOf = (sent: Sent, compose: Report['compose'] = told): Monitor => fleetMonitor({ notify: { mail: mailbox(sent), ops: mailbox(sent) }, reports: { daily: daily(compose) } })

/** Sends what is due, as the process of a monitor would. Gives what is to be told of it. */
async function send(monitor: Monitor, store: Store, clock: FakeClock, engine?: Engine): Promise<void> {
  const services = testServices(clock)
  const dispatcher = createDispatcher({ monitor: monitor.name, channels: monitor.notify, store, services, letters: createLetters(monitor, store, services), sendTimeout: 1_000, random: () => 0 })
  if (engine) dispatcher.subscribe((report) => void engine.delivered(report))
  const sending = dispatcher.drain(clock.now(), new AbortController().signal, 0)
  await clock.advance(1)
  await sending
  await dispatcher.close()
}

const subjects = (sent: Sent): string[] => sent.map((line) => line.split(' ')[0] ?? '').toSorted()

describe('reports of a monitor', () => {
  it('leave when they fall due, once to each receiver, whoever runs the monitor and however often it is started', async () => {
    const sent: Sent = []
    const monitor = monitorOf(sent)
    const store = memoryStore()
    const fleet = await openFleet(monitor, store)
    const cycle = async (time: string): Promise<void> => {
      await fleet.cycle({ 'web-1': 40 }, at(time))
      await send(monitor, store, new FakeClock(time))
    }
    await cycle('2026-08-18T07:59:00Z')
    await cycle('2026-08-18T08:01:00Z')
    expect(subjects(sent)).toEqual(['2026-08-17', '2026-08-17'])
    await fleet.restart()
    await cycle('2026-08-18T08:02:00Z')
    const other = await createEngine(monitor, store, silentLogger)
    await other.cycle([], at('2026-08-18T08:03:00Z'))
    await cycle('2026-08-18T08:04:00Z')
    expect(sent).toHaveLength(2)
    expect(new Set(sent.map((line) => line.split(' ')[1])).size).toBe(2)
  })

  it('fall due between two cycles, too', async () => {
    const monitor = monitorOf([])
    const store = memoryStore()
    const fleet = await openFleet(monitor, store)
    await fleet.cycle({ 'web-1': 40 }, at('2026-08-18T07:59:00Z'))
    expect(fleet.last?.nextAt).toBe(at('2026-08-18T08:00:00Z'))
    expect(await fleet.flush(at('2026-08-18T07:59:59Z'))).toEqual([])
    expect(await fleet.flush(at('2026-08-18T08:00:00Z'))).toEqual(['mail report daily: 2026-08-17', 'ops report daily: 2026-08-17'])
    expect(await fleet.flush(at('2026-08-18T08:00:01Z'))).toEqual([])
    const progress = await store.transaction((tx) => tx.progress.get('main'))
    expect(progress?.value).toEqual({ evaluatedAt: at('2026-08-18T07:59:00Z'), reports: { daily: at('2026-08-18T08:00:00Z') } })
  })

  it('are caught up once after an outage: the latest only', async () => {
    const sent: Sent = []
    const monitor = monitorOf(sent)
    const store = memoryStore()
    const fleet = await openFleet(monitor, store)
    await fleet.cycle({ 'web-1': 40 }, at('2026-08-10T12:00:00Z'))
    await fleet.restart()
    await fleet.cycle({ 'web-1': 40 }, at('2026-08-18T12:00:00Z'))
    await send(monitor, store, new FakeClock('2026-08-18T12:00:00Z'))
    expect(subjects(sent)).toEqual(['2026-08-17', '2026-08-17'])
  })

  it('are composed once for all receivers', async () => {
    let composed = 0
    const monitor = monitorOf([], async (period) => {
      composed += 1
      return told(period)
    })
    const store = memoryStore()
    const fleet = await openFleet(monitor, store)
    for (const time of ['2026-08-18T07:59:00Z', '2026-08-18T08:00:00Z']) await fleet.cycle({ 'web-1': 40 }, at(time))
    await send(monitor, store, new FakeClock('2026-08-18T08:00:00Z'))
    expect(composed).toBe(1)
  })
})

it('is composed anew after it failed, by the same process too', async () => {
  let attempts = 0
  const monitor = monitorOf([], async (period) => {
    attempts += 1
    if (attempts === 1) throw new Error('busy')
    return told(period)
  })
  const letters = createLetters(monitor, memoryStore(), testServices(new FakeClock()))
  const issue = { name: 'daily', dueAt: 0, period: { from: 0, until: 1, name: 'ever' } }
  const ask = (period = issue.period) => letters.of({ ...issue, period }, new AbortController().signal)
  await expect(ask()).rejects.toThrow('busy')
  expect((await ask()).subject).toBe('ever')
  await ask({ from: 1, until: 2, name: 'next' })
  expect(attempts).toBe(3)
  await expect(letters.of({ ...issue, name: 'gone' }, new AbortController().signal)).rejects.toMatchObject({ code: 'E106', permanent: true })
})

describe('a report that cannot be made', () => {
  const failing = async (error: Error) => {
    const sent: Sent = []
    let broken = true
    const monitor = monitorOf(sent, async (period) => {
      if (broken) throw error
      return told(period)
    })
    const store = memoryStore()
    const engine = await createEngine(monitor, store, silentLogger)
    await engine.cycle([], at('2026-08-18T07:59:00Z'))
    await engine.cycle([], at('2026-08-18T08:00:00Z'))
    const clock = new FakeClock('2026-08-18T08:00:01Z')
    await send(monitor, store, clock, engine)
    const rows = await store.transaction((tx) => tx.outbox.list('main'))
    return { sent, monitor, store, engine, clock, rows: rows.filter(({ report }) => report !== undefined), mend: () => void (broken = false) }
  }
  const alerts = async (store: Store): Promise<string[]> => (await store.transaction((tx) => tx.alerts.list('main'))).filter(({ value }) => value.state.level !== 'none').map(({ value: { subject, state } }) => `${subject.rule} ${subject.resource.name} ${state.level}: ${state.reason}`)

  it('for good is given up, and told of by an alert of its own that its receivers get', async () => {
    const { rows, engine, store, monitor, clock, sent, mend } = await failing(new TocsinError('E111', 'unknown helper "foo"', { where: 'letter.hbs:3', fix: 'correct the template', permanent: true }))
    expect(rows.map(({ status, error }) => [status, error])).toEqual([['dead', 'E111 unknown helper "foo" · letter.hbs:3 · correct the template'], ['dead', 'E111 unknown helper "foo" · letter.hbs:3 · correct the template']])
    await engine.reviewChannels(at('2026-08-18T08:00:02Z'))
    expect(await alerts(store)).toEqual([expect.stringContaining('tocsin.report daily critical: E111 unknown helper')])
    const queued = (await store.transaction((tx) => tx.outbox.list('main', 'queued'))).map(({ receiver, notification }) => `${receiver} ${notification?.alerts[0]?.subject.rule}`)
    expect(queued.toSorted()).toEqual(['mail tocsin.report', 'ops tocsin.report'])
    // Mended, and sent again by a person.
    mend()
    await store.transaction(async (tx) => {
      for (const { id } of rows) await tx.outbox.retry(id, clock.now())
    })
    await send(monitor, store, clock, engine)
    await engine.reviewChannels(at('2026-08-18T08:00:09Z'))
    expect(subjects(sent)).toEqual(['2026-08-17', '2026-08-17'])
    expect(await alerts(store)).toEqual([])
  })

  it('now is tried again, and no alert is raised at once', async () => {
    const { rows, engine, store, monitor, clock, sent, mend } = await failing(new TocsinError('E501', 'the store is busy', { fix: 'wait' }))
    expect(rows.map(({ status, error }) => [status, error])).toEqual([['queued', 'E501 the store is busy · wait'], ['queued', 'E501 the store is busy · wait']])
    await engine.reviewChannels(at('2026-08-18T08:00:02Z'))
    expect(await alerts(store)).toEqual([])
    mend()
    clock.set(at('2026-08-18T08:05:00Z'))
    await send(monitor, store, clock, engine)
    expect(subjects(sent)).toEqual(['2026-08-17', '2026-08-17'])
  })

  it('is not taken for a broken channel by the next process', async () => {
    const { store, monitor } = await failing(new TocsinError('E111', 'unknown helper "foo"', { fix: 'correct it', permanent: true }))
    const next = await createEngine(monitor, store, silentLogger)
    await next.cycle([], at('2026-08-18T08:01:00Z'))
    expect(await alerts(store)).toEqual([])
  })
})

it('blames the channel for what the channel refuses', async () => {
  const sent: Sent = []
  const monitor = fleetMonitor({ notify: { mail: mailbox(sent, () => permanent('550 no such user')), ops: mailbox(sent) }, reports: { daily: daily(told) } })
  const store = memoryStore()
  const engine = await createEngine(monitor, store, silentLogger)
  await engine.cycle([], at('2026-08-18T07:59:00Z'))
  await engine.cycle([], at('2026-08-18T08:00:00Z'))
  await send(monitor, store, new FakeClock('2026-08-18T08:00:01Z'), engine)
  await engine.reviewChannels(at('2026-08-18T08:00:02Z'))
  const firing = (await store.transaction((tx) => tx.alerts.list('main'))).filter(({ value }) => value.state.level !== 'none')
  expect(firing.map(({ value: { subject } }) => `${subject.rule} ${subject.resource.name}`)).toEqual(['tocsin.channel mail'])
})
