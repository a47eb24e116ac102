import { afterEach, expect, it, vi } from 'vitest'
import type { RateLimiter } from '../plugin/limit.ts'
import { createRateLimiter } from './rate-limit.ts'

let limiter: RateLimiter
afterEach(() => limiter.close())

it('keeps no more calls of one key under way than it may, and counts each key for itself', async () => {
  limiter = createRateLimiter()
  let open = 0
  const gate = Promise.withResolvers<void>()
  const call = () => {
    open++
    return gate.promise
  }
  const calls = ['a', 'b'].flatMap((key) => Array.from({ length: 6 }, () => limiter.schedule({ key, concurrent: 3 }, call)))
  await vi.waitFor(() => expect(open).toBe(6))
  // Whatever else were let through would begin in this time.
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(open).toBe(6)
  gate.resolve()
  await Promise.all(calls)
  expect(open).toBe(12)
})

it('lets no more calls begin in a second than it may', async () => {
  limiter = createRateLimiter()
  const begun: number[] = []
  await Promise.all(Array.from({ length: 12 }, () => limiter.schedule({ key: 'a', perSecond: 8 }, async () => void begun.push(performance.now()))))
  const start = begun[0] as number
  // A reservoir of eight, then two each quarter of a second.
  expect(begun.filter((at) => at - start < 150).length).toBe(8)
  expect(begun.length).toBe(12)
})

it('spaces calls that may come less than once a second', async () => {
  limiter = createRateLimiter()
  let begun = 0
  const call = () => limiter.schedule({ key: 'slow', perSecond: 0.5 }, async () => void begun++)
  const second = call().then(call)
  second.catch(() => {})
  await vi.waitFor(() => expect(begun).toBe(1))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(begun).toBe(1)
})

it('refuses at once a call that could never pass', async () => {
  limiter = createRateLimiter()
  await expect(limiter.schedule({ key: 'a', perSecond: 5 }, async () => {}, 6)).rejects.toThrow('weight 6')
})

it('gives back results and errors, and rejects what waits when it is closed', async () => {
  limiter = createRateLimiter()
  await expect(limiter.schedule({ key: 'a' }, async () => 42)).resolves.toBe(42)
  await expect(limiter.schedule({ key: 'a' }, async () => { throw new Error('no') })).rejects.toThrow('no')
  const release = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = limiter.schedule({ key: 'b', concurrent: 1 }, () => {
    begun.resolve()
    return release.promise
  })
  await begun.promise
  const waiting = limiter.schedule({ key: 'b', concurrent: 1 }, async () => 'late')
  const refused = expect(waiting).rejects.toThrow()
  limiter.close()
  release.resolve()
  await refused
  await first
})

it('weighs a call against the rate, not against the number under way', async () => {
  limiter = createRateLimiter()
  const limit = { key: 'points', perSecond: 400, concurrent: 2 }
  await expect(limiter.schedule(limit, async () => 'heavy', 300)).resolves.toBe('heavy')
  const began = performance.now()
  await limiter.schedule(limit, async () => {}, 300)
  // 100 are left: two quarters of 100 must come first.
  expect(performance.now() - began).toBeGreaterThan(150)
})
