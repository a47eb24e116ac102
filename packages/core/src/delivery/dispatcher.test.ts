import { beforeEach, expect, it } from 'vitest'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { type Delivery, delivered, permanent, retryable } from '../plugin/delivery.ts'
import type { Channel, Notifier, SendContext } from '../plugin/notifier.ts'
import { Secret } from '../secret.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { aNotification } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { testServices } from '../testing/services.ts'
import { backoff } from './backoff.ts'
import { createDispatcher } from './dispatcher.ts'
import type { DeliveryReport } from './report.ts'

let clock: FakeClock
let store: Store
beforeEach(() => {
  clock = new FakeClock(0)
  store = memoryStore()
})

type Send = Notifier['send']
const channel = (send: Send, secrets: Secret[] = []): Channel => ({ ...defineNotifier({ name: 'test', create: () => ({ send }) })(), secrets })
const dispatcher = (channels: Record<string, Channel>, reports: DeliveryReport[] = []) => {
  const made = createDispatcher({ monitor: 'main', channels, store, services: testServices(clock), sendTimeout: 10_000, random: () => 1 })
  made.subscribe((report) => reports.push(report))
  return made
}
const queue = (id: string, over: { receiver?: string; key?: string; thread?: string } = {}) => {
  const { receiver = 'ops', key = 'main/ec2.cpu', thread = 't1' } = over
  return store.transaction((tx) => tx.outbox.enqueue({ id, monitor: 'main', receiver, key, notification: aNotification({ receiver, key, thread }), queuedAt: clock.now() }))
}
const status = async () => (await store.transaction((tx) => tx.outbox.list('main'))).map(({ id, status: is, attempt }) => `${id} ${is} ${attempt}`)
const never = new AbortController().signal

/** Answers in turn, the last one for ever, and keeps what was asked. */
function scripted(...answers: Delivery[]): { send: Send; calls: SendContext[] } {
  const calls: SendContext[] = []
  return {
    calls,
    send: async (_notification, context) => {
      calls.push(context)
      return answers[Math.min(calls.length, answers.length) - 1] as Delivery
    },
  }
}

it('repeats with backoff and the same idempotency key until it is delivered', async () => {
  const { send, calls } = scripted(retryable('503'), retryable('503'), delivered('C1:1'))
  const reports: DeliveryReport[] = []
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(send) }, reports).run(stop.signal, 0)
  await clock.advance(999)
  expect(calls.length).toBe(1)
  await clock.advance(1)
  expect(calls.length).toBe(2)
  await clock.advance(1_999)
  expect(calls.length).toBe(2)
  await clock.advance(1)
  expect(calls.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([['a', 1], ['a', 2], ['a', 3]])
  expect(reports.map(({ result }) => result.outcome)).toEqual(['retryable', 'retryable', 'delivered'])
  expect(await status()).toEqual(['a delivered 3'])
  stop.abort()
  await running
})

it('waits as long as the receiver asks', async () => {
  const { send, calls } = scripted(retryable('429', 90_000), delivered())
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(send) }).run(stop.signal, 0)
  await clock.advance(89_999)
  expect(calls.length).toBe(1)
  await clock.advance(1)
  expect(calls.length).toBe(2)
  stop.abort()
  await running
})

it('gives up at once on a permanent refusal, and after a day on anything else', async () => {
  const reports: DeliveryReport[] = []
  await queue('gone', { receiver: 'gone' })
  await queue('slow', { receiver: 'slow' })
  const stop = new AbortController()
  const running = dispatcher({ gone: channel(scripted(permanent('404 no_service')).send), slow: channel(scripted(retryable('503')).send) }, reports).run(stop.signal, 0)
  await clock.advance(0)
  expect(await status()).toContain('gone dead 1')
  await clock.advance(24 * 3_600_000 + 300_000)
  expect((await status()).find((line) => line.startsWith('slow'))).toMatch(/^slow dead/)
  expect(reports.filter(({ givenUp }) => givenUp).map(({ receiver }) => receiver)).toEqual(['gone', 'slow'])
  stop.abort()
  await running
})

it('asks a receiver again within a quarter of an hour, however long it wants to be left alone', async () => {
  const { send, calls } = scripted(retryable('429', 86_400_000), retryable('503', Infinity), delivered())
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(send) }).run(stop.signal, 0)
  await clock.advance(1_800_000)
  expect(await status()).toEqual(['a delivered 3'])
  expect(calls.length).toBe(3)
  stop.abort()
  await running
})

/** A store whose process stands still for a minute once it has claimed something; meanwhile another does what it likes. */
function stoppingStore(meanwhile: () => Promise<unknown>): Store {
  let stopped = false
  return {
    ...store,
    async transaction(work) {
      const done = await store.transaction(work)
      const claimed = (await status()).some((line) => line.includes(' sending '))
      if (claimed && !stopped) {
        stopped = true
        clock.set(clock.now() + 60_000)
        await meanwhile()
      }
      return done
    },
  }
}
const stopped = (meanwhile: () => Promise<unknown>, send: Send) =>
  createDispatcher({ monitor: 'main', channels: { ops: channel(send) }, store: stoppingStore(meanwhile), services: testServices(clock), sendTimeout: 10_000, random: () => 1 })

it('does not send what another process has taken over while this one stood still', async () => {
  const { send, calls } = scripted(delivered())
  await queue('a')
  const takenOver = async () => {
    await store.transaction((tx) => tx.outbox.release('main', clock.now()))
    await store.transaction((tx) => tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: clock.now(), leaseUntil: clock.now() + 40_000, limit: 1 }))
  }
  await stopped(takenOver, send).drain(clock.now(), never, 0)
  expect(calls).toEqual([])
  expect(await status()).toEqual(['a sending 2'])
})

it('sends what it claimed before it stood still, when nobody took it over', async () => {
  const { send, calls } = scripted(delivered())
  await queue('a')
  await stopped(async () => {}, send).drain(clock.now(), never, 0)
  expect(calls.length).toBe(1)
  expect(await status()).toEqual(['a delivered 1'])
})

it('keeps the order of one receiver and key while others go on', async () => {
  const order: string[] = []
  let blocked = true
  const send: Send = async (_n, { idempotencyKey }) => {
    if (idempotencyKey === 'a1' && blocked) return retryable('503')
    order.push(idempotencyKey)
    return delivered()
  }
  for (const id of ['a1', 'a2']) await queue(id)
  await queue('b1', { key: 'main/rds.cpu' })
  await queue('c1', { receiver: 'mail' })
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(send), mail: channel(send) }).run(stop.signal, 0)
  await clock.advance(0)
  expect(order.sort()).toEqual(['b1', 'c1'])
  blocked = false
  await clock.advance(1_000)
  expect(order.slice(2)).toEqual(['a1', 'a2'])
  stop.abort()
  await running
})

it('hands over the reference of the same thread, and none of another', async () => {
  const { send, calls } = scripted(delivered('C1:1'))
  for (const [id, thread] of [['1', 't1'], ['2', 't1'], ['3', 't2']] as const) await queue(id, { thread })
  await dispatcher({ ops: channel(send) }).drain(clock.now(), never, 0)
  expect(calls.map(({ previous }) => previous)).toEqual([undefined, 'C1:1', undefined])
})

it('takes a throw for a passing failure, and shows no secret of it', async () => {
  const reports: DeliveryReport[] = []
  await queue('a')
  const send: Send = async () => {
    throw new Error('connect to https://hooks.example.com/T0/hunter2secret failed')
  }
  await dispatcher({ ops: channel(send, [new Secret('hunter2secret')]) }, reports).drain(clock.now(), never, 0)
  expect(reports[0]?.result).toEqual({ outcome: 'retryable', reason: 'connect to https://hooks.example.com/T0/[secret] failed' })
  expect(JSON.stringify(await store.transaction((tx) => tx.outbox.list('main')))).not.toContain('hunter2secret')
})

it('bounds an attempt in time, even of a notifier that ignores its signal', async () => {
  const reports: DeliveryReport[] = []
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(() => new Promise(() => {})) }, reports).run(stop.signal, 0)
  await clock.advance(10_000)
  expect(reports[0]?.result).toEqual({ outcome: 'retryable', reason: 'no answer within 10 s' })
  stop.abort()
  await running
})

it('lets an attempt under way end when it is stopped, and claims nothing new', async () => {
  const answer = Promise.withResolvers<Delivery>()
  await queue('a')
  await queue('b')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(() => answer.promise) }).run(stop.signal, 4_000)
  await clock.advance(0)
  stop.abort()
  await clock.advance(1_000)
  answer.resolve(delivered())
  await running
  expect(await status()).toEqual(['a delivered 1', 'b queued 0'])
})

it('cuts an attempt off when the grace is over, and leaves it to the next start', async () => {
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(() => new Promise(() => {})) }).run(stop.signal, 4_000)
  await clock.advance(0)
  stop.abort()
  await clock.advance(4_000)
  await running
  expect(await status()).toEqual(['a queued 1'])
})

it('drains until nothing is due before the deadline', async () => {
  const { send, calls } = scripted(retryable('503'), delivered())
  await queue('a')
  const draining = dispatcher({ ops: channel(send) }).drain(30_000, never, 0)
  await clock.advance(1_000)
  await draining
  expect(calls.length).toBe(2)

  await queue('late')
  const late = dispatcher({ ops: channel(scripted(retryable('429', 60_000)).send) }).drain(clock.now() + 30_000, never, 0)
  await clock.advance(0)
  await late
  expect(await status()).toContain('late queued 1')
})

it('gives up on a receiver that is no longer configured', async () => {
  await queue('a', { receiver: 'removed' })
  await dispatcher({}).drain(clock.now(), never, 0)
  expect(await status()).toEqual(['a dead 1'])
})

it('waits longer each time, up to five minutes, never less than half of that', () => {
  expect([1, 2, 3, 20].map((attempt) => [backoff(attempt, 0), backoff(attempt, 1)])).toEqual([[500, 1_000], [1_000, 2_000], [2_000, 4_000], [150_000, 300_000]])
  expect(backoff(1, 0, 7_000)).toBe(7_000)
})

it('goes on after the outbox could not be read', async () => {
  const { send, calls } = scripted(delivered())
  await queue('a')
  let broken = true
  const failing: Store = { ...store, transaction: (work) => (broken ? Promise.reject(new Error('no space left')) : store.transaction(work)) }
  const stop = new AbortController()
  const running = createDispatcher({ monitor: 'main', channels: { ops: channel(send) }, store: failing, services: testServices(clock), sendTimeout: 10_000, random: () => 1 }).run(stop.signal, 0)
  await clock.advance(0)
  broken = false
  await clock.advance(1_000)
  expect(calls.length).toBe(1)
  stop.abort()
  await running
})

it('begins nothing after the deadline of a drain', async () => {
  for (const id of ['1', '2', '3']) await queue(id, { key: id })
  let sent = 0
  const slow: Send = async (_n, { clock: time }) => {
    await time.sleep(9_000)
    sent++
    return delivered()
  }
  const draining = dispatcher({ ops: { ...channel(slow), limit: { concurrent: 1 } } }).drain(12_000, never, 0)
  await clock.advance(30_000)
  await draining
  expect(sent).toBe(2)
  expect(await status()).toContain('3 queued 0')
})

it('lets an attempt of a drain end when it is stopped', async () => {
  const answer = Promise.withResolvers<Delivery>()
  await queue('a')
  const stop = new AbortController()
  const draining = dispatcher({ ops: channel(() => answer.promise) }).drain(30_000, stop.signal, 4_000)
  await clock.advance(0)
  stop.abort()
  await clock.advance(1_000)
  answer.resolve(delivered())
  await draining
  expect(await status()).toEqual(['a delivered 1'])
})

it('keeps no more of a receiver under way than it takes at once, and leaves the rest in the outbox', async () => {
  for (const id of ['1', '2', '3']) await queue(id, { key: id })
  const answer = Promise.withResolvers<Delivery>()
  const stop = new AbortController()
  const running = dispatcher({ ops: { ...channel(() => answer.promise), limit: { concurrent: 2 } } }).run(stop.signal, 0)
  await clock.advance(5_000)
  expect((await status()).sort()).toEqual(['1 sending 1', '2 sending 1', '3 queued 0'])
  answer.resolve(delivered())
  stop.abort()
  await running
})

it('tries again at once, after the next start, what a stop cut off', async () => {
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(() => new Promise(() => {})) }).run(stop.signal, 4_000)
  await clock.advance(0)
  stop.abort()
  await clock.advance(4_000)
  await running
  const { send, calls } = scripted(delivered())
  await dispatcher({ ops: channel(send) }).drain(clock.now(), never, 0)
  expect(calls.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([['a', 2]])
})

it('cuts off what a drain left under way after its deadline, when a stop comes then', async () => {
  await queue('a')
  const stop = new AbortController()
  let ended = false
  const draining = dispatcher({ ops: channel(() => new Promise(() => {})) })
    .drain(clock.now() + 1_000, stop.signal, 4_000)
    .then(() => void (ended = true))
  await clock.advance(5_000)
  stop.abort()
  await clock.advance(3_999)
  expect(ended).toBe(false)
  await clock.advance(1)
  await draining
  expect(await status()).toEqual(['a queued 1'])
})

/** The store, refusing every transaction while `broken.now`. */
const breakable = (broken: { now: boolean }): Store => ({ ...store, transaction: (work) => (broken.now ? Promise.reject(new Error('no space left')) : store.transaction(work)) })
const over = (failing: Store, send: Send) =>
  createDispatcher({ monitor: 'main', channels: { ops: channel(send) }, store: failing, services: testServices(clock), sendTimeout: 10_000, random: () => 1 })

it('notes a delivery as soon as the store works again, and does not repeat it', async () => {
  const broken = { now: false }
  const { send, calls } = scripted(delivered())
  await queue('a')
  const stop = new AbortController()
  const running = over(breakable(broken), (...args) => {
    broken.now = true
    return send(...args)
  }).run(stop.signal, 0)
  await clock.advance(20_000)
  expect(await status()).toEqual(['a sending 1'])
  broken.now = false
  await clock.advance(1_000)
  expect(await status()).toEqual(['a delivered 1'])
  await clock.advance(600_000)
  expect(calls.length).toBe(1)
  stop.abort()
  await running
})

it('ends a drain with the error of the store, but not before attempts under way', async () => {
  const broken = { now: false }
  await queue('a')
  await queue('b', { key: 'main/rds.cpu' })
  const answer = Promise.withResolvers<Delivery>()
  let end = ''
  // The first answers at once, and what is then looked for is not to be had.
  const send: Send = async (_n, { idempotencyKey }) => (idempotencyKey === 'a' ? delivered() : answer.promise)
  const made = over(breakable(broken), send)
  made.subscribe(() => void (broken.now = end === ''))
  const draining = made.drain(clock.now() + 30_000, never, 0).catch((error: unknown) => void (end = String(error)))
  await clock.advance(1_000)
  expect([broken.now, end]).toEqual([true, ''])
  broken.now = false
  answer.resolve(delivered())
  await clock.advance(1_000)
  await draining
  expect(end).toBe('Error: no space left')
  expect(await status()).toEqual(['a delivered 1', 'b delivered 1'])
})

it('takes over at once what a dead process left sending, with the same idempotency key, and notes that its outcome is not known', async () => {
  await queue('a')
  await store.transaction((tx) => tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: clock.now(), leaseUntil: clock.now() + 60_000, limit: 1 }))
  const { send, calls } = scripted(delivered())
  await dispatcher({ ops: channel(send) }).drain(clock.now(), never, 0)
  expect(calls.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([['a', 2]])
  const attempts = await store.transaction((tx) => tx.deliveries.list({ monitor: 'main', limit: 9 }))
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([[1, 'uncertain'], [2, 'delivered']])
})

it('takes nothing over from itself', async () => {
  await queue('a')
  const answer = Promise.withResolvers<Delivery>()
  const stop = new AbortController()
  const made = dispatcher({ ops: { ...channel(() => answer.promise), limit: { concurrent: 5 } } })
  const running = made.run(stop.signal, 0)
  await clock.advance(0)
  made.wake()
  await clock.advance(1_000)
  expect(await status()).toEqual(['a sending 1'])
  answer.resolve(delivered())
  stop.abort()
  await running
})

it.each([['before it starts', true], ['while it runs', false]])('does not wait for times that a clock set back %s', async (_when, before) => {
  clock.set(36_000_000)
  const { send, calls } = scripted(retryable('503'), delivered())
  const stop = new AbortController()
  if (before) await queue('a')
  else await queue('b', { key: 'other' })
  if (before) clock.set(0)
  const made = dispatcher({ ops: channel(send) })
  const running = made.run(stop.signal, 0)
  await clock.advance(0)
  expect(calls.length).toBe(1)
  if (!before) {
    // It is put off by a second, which a clock of ten hours ago would take ten hours to reach.
    clock.set(0)
    made.wake()
    await clock.advance(0)
    expect(calls.length).toBe(2)
  }
  stop.abort()
  await running
})

it('sends what was queued under a name that the monitor had before', async () => {
  await queue('a')
  await queue('b')
  await queue('c', { receiver: 'gone' })
  const { send, calls } = scripted(retryable('503'), delivered())
  const stop = new AbortController()
  const running = createDispatcher({ monitor: 'renamed', formerly: ['main'], channels: { ops: channel(send) }, store, services: testServices(clock), sendTimeout: 10_000, random: () => 1 }).run(stop.signal, 0)
  await clock.advance(1_000)
  expect(calls.map(({ idempotencyKey, attempt }) => [idempotencyKey, attempt])).toEqual([['a', 1], ['a', 2], ['b', 1]])
  expect(await status()).toEqual(['a delivered 2', 'b delivered 1', 'c dead 1'])
  stop.abort()
  await running
})

it('logs what became of every attempt', async () => {
  const { send } = scripted(retryable('503'), permanent('404'))
  await queue('a')
  const stop = new AbortController()
  const running = dispatcher({ ops: channel(send) }).run(stop.signal, 0)
  await clock.advance(5_000)
  stop.abort()
  await running
  const attempts = await store.transaction((tx) => tx.deliveries.list({ monitor: 'main', limit: 9 }))
  expect(attempts.map(({ id, receiver, attempt, begunAt, endedAt, outcome, reason }) => [id, receiver, attempt, begunAt, endedAt, outcome, reason])).toEqual([
    ['a', 'ops', 1, 0, 0, 'retryable', '503'],
    ['a', 'ops', 2, 1_000, 1_000, 'permanent', '404'],
  ])
})
