import { expect, it } from 'vitest'
import { silentLogger } from '../log/logger.ts'
import type { Transition } from '../model/transition.ts'
import { aDecision } from '../testing/decision-contract.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { memoryStore } from './memory-store.ts'
import { keepRetention } from './retention.ts'

const DAY = 86_400_000
const event = (at: number): Transition => ({ fingerprint: 'f', monitor: 'main', at, kind: 'fired', from: 'none', to: 'critical', value: 1, code: 'enoughHot', reason: '' })

it('forgets events after 13 months, a thousand at a time, and goes on after the store failed', async () => {
  const clock = new FakeClock()
  const store = memoryStore()
  await store.transaction((tx) => tx.events.append([...Array.from({ length: 2_500 }, (_, index) => event(clock.now() - 397 * DAY + index)), event(clock.now() - 395 * DAY)]))
  let broken = true
  const left = async () => (await store.transaction((tx) => tx.events.list({ monitor: 'main', limit: 9_999 }))).length
  const stop = new AbortController()
  const failing = { ...store, transaction: <T>(work: Parameters<typeof store.transaction<T>>[0]) => (broken ? Promise.reject(new Error('no space left')) : store.transaction(work)) }
  const ended = keepRetention({ store: failing, monitor: 'main', clock, logger: silentLogger }, stop.signal)
  await clock.advance(0)
  broken = false
  expect(await left()).toBe(2_501)
  await clock.advance(3_600_000)
  expect(await left()).toBe(1_501)
  await clock.advance(1_000)
  expect(await left()).toBe(501)
  await clock.advance(1_000)
  expect(await left()).toBe(1)
  await clock.advance(2 * DAY)
  expect(await left()).toBe(0)
  stop.abort()
  await ended
})

it('forgets decisions after 13 months', async () => {
  const clock = new FakeClock()
  const store = memoryStore()
  await store.transaction((tx) => tx.decisions.append([...Array.from({ length: 1_500 }, () => aDecision({ at: clock.now() - 397 * DAY })), aDecision({ at: clock.now() - 395 * DAY })]))
  const left = async () => (await store.transaction((tx) => tx.decisions.list({ monitor: 'main', from: 0, until: Infinity, limit: 9_999 }))).length
  const stop = new AbortController()
  const ended = keepRetention({ store, monitor: 'main', clock, logger: silentLogger }, stop.signal)
  await clock.advance(0)
  expect(await left()).toBe(501)
  await clock.advance(1_000)
  expect(await left()).toBe(1)
  await clock.advance(2 * DAY)
  expect(await left()).toBe(0)
  stop.abort()
  await ended
})
