import { beforeEach, expect, it } from 'vitest'
import { defineMonitor } from '../config/monitor.ts'
import { createDispatcher, type Dispatcher } from '../delivery/dispatcher.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered, permanent } from '../plugin/delivery.ts'
import { memoryStore } from '../store/memory-store.ts'
import { aNotification } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { testServices } from '../testing/services.ts'
import type { Engine } from './engine.ts'
import { TocsinError } from '../errors.ts'
import { createRunner } from './runner.ts'

let clock: FakeClock
let told: string[]
beforeEach(() => {
  clock = new FakeClock()
  told = []
})

const inbox = (name: string, works: boolean) =>
  defineNotifier({
    name: 'inbox',
    create: () => ({
      async send() {
        told.push(name)
        return works ? delivered() : permanent('404 no_service')
      },
    }),
  })()
const monitor = defineMonitor({ watch: [], notify: { ops: inbox('ops', false), mail: inbox('mail', true) } })
const never = new AbortController().signal

/** An engine that finds nothing. */
const engine = (over: Partial<Engine> = {}): Engine => ({
  cycle: async (_collected, now) => ({ result: { monitor: 'main', at: now, observations: [], alerts: [], transitions: [], failures: [], notifications: [], decisions: [] }, nextAt: Infinity, tells: true }),
  flush: async () => Infinity,
  recorded: () => {},
  refused: async () => Infinity,
  delivered: ({ result }) => result.outcome !== 'delivered',
  reviewChannels: async () => Infinity,
  ...over,
})
const runner = (dispatcher: Dispatcher, over: Partial<Engine> = {}) => createRunner({ monitor, engine: engine(over), reopen: async () => engine(over), services: testServices(clock), dispatcher, settings: {} })
const idle: Dispatcher = { run: async () => {}, drain: async () => {}, wake: () => {}, subscribe: () => {}, close: async () => {} }

it('sends, in a single pass, what is queued about a broken channel after the first messages are through', async () => {
  const store = memoryStore()
  const queue = (id: string, receiver: string) =>
    store.transaction((tx) => tx.outbox.enqueue({ id, monitor: 'main', receiver, key: receiver, notification: aNotification({ receiver }), queuedAt: clock.now() }))
  await queue('1', 'ops')
  const dispatcher = createDispatcher({ monitor: 'main', channels: monitor.notify, store, services: testServices(clock), sendTimeout: 10_000, random: () => 0 })
  const running = runner(dispatcher, {
    async reviewChannels() {
      // A store at the other end of a network: by now the outbox was found empty.
      await clock.sleep(50)
      await queue('2', 'mail')
      return Infinity
    },
  }).once(never)
  await clock.advance(1_000)
  await running
  expect(told).toEqual(['ops', 'mail'])
})

it('ends a single pass that fails only when the state of its channels is written', async () => {
  let written = false
  let report: Parameters<Dispatcher['subscribe']>[0] = () => {}
  const failing: Dispatcher = {
    ...idle,
    subscribe: (listener) => void (report = listener),
    async drain() {
      report({ receiver: 'ops', key: 'k', reason: 'first', title: '', attempt: 1, result: permanent('404'), givenUp: true })
      throw new Error('no space left')
    },
  }
  const running = runner(failing, {
    async reviewChannels() {
      await clock.sleep(50)
      written = true
      return Infinity
    },
  }).once(never)
  const refused = expect(running.finally(() => expect(written).toBe(true))).rejects.toThrow('no space left')
  await clock.advance(1_000)
  await refused
})

it('stops the cycles when sending fails, and is over only when they are', async () => {
  let end = ''
  let cycles = 0
  const running = runner({ ...idle, run: async () => { throw new Error('sending broke') } }, {
    async cycle(collected, now, final) {
      cycles++
      await clock.sleep(500)
      return engine().cycle(collected, now, final)
    },
  })
    .run(never)
    .catch((error: unknown) => void (end = String(error)))
  // The first look at the world is cut off, or is let end: no second follows.
  await clock.advance(10 * 60_000)
  await running
  expect(end).toBe('Error: sending broke')
  expect(cycles).toBeLessThan(2)
})

it('stops sending when the cycles fail, and is over only when that is', async () => {
  let end = ''
  let sent = false
  const sending: Dispatcher = {
    ...idle,
    async run(signal) {
      await clock.sleep(Infinity, signal)
      await clock.sleep(1_000)
      sent = end === ''
    },
  }
  const broken = Object.assign(Object.create(clock) as FakeClock, { now: () => { throw new Error('no time') } })
  const services = { ...testServices(clock), clock: broken }
  const running = createRunner({ monitor, engine: engine(), reopen: async () => engine(), services, dispatcher: sending, settings: {} })
    .run(never)
    .catch((error: unknown) => void (end = String(error)))
  await clock.advance(2_000)
  await running
  expect([end, sent]).toEqual(['Error: no time', true])
})

it('makes the engine anew when the store is not as it was left, and goes on', async () => {
  const cycles: string[] = []
  const broken = engine({
    cycle: async () => {
      cycles.push('first')
      throw new TocsinError('E500', 'record x has version 2, not 1', { fix: '' })
    },
  })
  const sound = engine({
    async cycle(collected, now) {
      cycles.push('second')
      return engine().cycle(collected, now)
    },
  })
  const stop = new AbortController()
  const running = createRunner({ monitor, engine: broken, reopen: async () => sound, services: testServices(clock), dispatcher: idle, settings: {} }).run(stop.signal)
  await clock.advance(2 * 60_000)
  stop.abort()
  await running
  expect(cycles).toEqual(['first', 'second', 'second'])
})

it('goes on when the clock is set back while it waits, and does not wait until it is as late again', async () => {
  const cycles: number[] = []
  const counting = engine({
    async cycle(collected, now) {
      cycles.push((now - start) / 60_000)
      return engine().cycle(collected, now)
    },
  })
  const start = clock.now()
  // The timers of a machine do not heed its clock.
  let back = 0
  const services = { ...testServices(clock), clock: { now: () => clock.now() - back, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal) } }
  const stop = new AbortController()
  const running = createRunner({ monitor, engine: counting, reopen: async () => counting, services, dispatcher: idle, settings: {} }).run(stop.signal)
  await clock.advance(90_000)
  back = 60 * 60_000
  await clock.advance(150_000)
  stop.abort()
  await running
  expect(cycles).toEqual([0, 1, -58, -57, -56])
})
