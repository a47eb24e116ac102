import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
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

describe('a clock that is set back an hour', () => {
  const real = Date.now
  let back = 0
  beforeEach(() => {
    limiter = createRateLimiter()
    back = 0
    vi.spyOn(Date, 'now').mockImplementation(() => real() - back)
  })
  afterEach(() => void vi.restoreAllMocks())

  it('holds up nothing that waits', async () => {
    let begun = 0
    const calls = Array.from({ length: 6 }, () => limiter.schedule({ key: 'a', perSecond: 4 }, async () => void begun++))
    await vi.waitFor(() => expect(begun).toBe(4))
    back = 3_600_000
    await vi.waitFor(() => expect(begun).toBe(6), { timeout: 4_000 })
    await Promise.all(calls)
  })

  it.each([1, 0.9])('holds up nothing that comes later, at %s a second', async (perSecond) => {
    const call = () => limiter.schedule({ key: 'a', perSecond }, async () => 'made')
    await call()
    back = 3_600_000
    expect(await Promise.race([Promise.all([call(), call()]), new Promise((resolve) => setTimeout(resolve, 4_000, 'held up'))])).toEqual(['made', 'made'])
  })
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

it('takes nothing of the rate for a call that nobody waits for any more', async () => {
  limiter = createRateLimiter()
  const limit = { key: 'a', perSecond: 4, concurrent: 1 }
  const release = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = limiter.schedule(limit, () => (begun.resolve(), release.promise), 0)
  await begun.promise
  const stop = new AbortController()
  let calls = 0
  const given = Array.from({ length: 5 }, () => limiter.schedule({ ...limit, signal: stop.signal }, async () => void calls++, 4).catch((error: Error) => error.name))
  stop.abort()
  const began = performance.now()
  const last = limiter.schedule(limit, async () => void calls++, 4)
  release.resolve()
  await Promise.all([first, last])
  // Each of the five would have taken a whole second of the rate.
  expect(performance.now() - began).toBeLessThan(900)
  expect([calls, await Promise.all(given)]).toEqual([1, Array.from({ length: 5 }, () => 'AbortError')])
})

describe('a key that is throttled', () => {
  const limitOf = (key: string) => ({ key, perSecond: 64, concurrent: 20 })
  const use = (key: string): Promise<void> => limiter.schedule(limitOf(key), async () => {}, 0)
  /** How many calls go through at once: what the full reservoir of 64 holds of them. */
  const atOnce = async (key: string, weight = 8): Promise<number> => {
    let begun = 0
    for (let call = 0; call < 20; call++) void limiter.schedule(limitOf(key), async () => void begun++, weight).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 100))
    return begun
  }

  it('is halved, once for all that were throttled together, and others are not', async () => {
    const clock = new FakeClock()
    limiter = createRateLimiter(clock)
    await Promise.all(['half', 'quarter', 'free'].map(use))
    for (let times = 0; times < 5; times++) limiter.slowDown('half')
    limiter.slowDown('quarter')
    clock.set(clock.now() + 1_000)
    limiter.slowDown('quarter')
    expect(await Promise.all(['free', 'half', 'quarter'].map((key) => atOnce(key)))).toEqual([8, 4, 2])
  })

  it('climbs back to all of it within half a minute, and is never slowed to nothing', async () => {
    const clock = new FakeClock()
    limiter = createRateLimiter(clock)
    await Promise.all(['back', 'half-way', 'least'].map(use))
    limiter.slowDown('back')
    for (let times = 0; times < 20; times++) {
      clock.set(clock.now() + 1_000)
      limiter.slowDown('least')
      if (times === 12) limiter.slowDown('half-way')
    }
    // Seven seconds have given back 7/30: a half is three quarters again.
    expect(await Promise.all([atOnce('back'), atOnce('half-way'), atOnce('least', 1)])).toEqual([8, 5, 4])
  })

  it('is no slower for a clock that is set back', async () => {
    const clock = new FakeClock()
    limiter = createRateLimiter(clock)
    await Promise.all(['a little', 'a day', 'later'].map(use))
    for (const key of ['a little', 'a day', 'later']) limiter.slowDown(key)
    clock.set(clock.now() - 15_000)
    expect(await atOnce('a little')).toBe(4)
    clock.set(clock.now() - 86_400_000)
    expect(await Promise.all([atOnce('a day'), use('later')])).toEqual([4, undefined])
    // What it climbs back from is counted from there.
    clock.set(clock.now() + 30_000)
    expect(await atOnce('later', 64)).toBe(1)
  })

  it('lets through in parts what has become heavier than a second', async () => {
    const clock = new FakeClock()
    limiter = createRateLimiter(clock)
    const limit = { key: 'points', perSecond: 400 }
    await limiter.schedule(limit, async () => {}, 0)
    limiter.slowDown('points')
    const began = performance.now()
    await expect(limiter.schedule(limit, async () => 'through', 300)).resolves.toBe('through')
    // 600 of a reservoir of 400: two quarters of 100 come first.
    expect(performance.now() - began).toBeGreaterThan(150)
  })

  it('need not be known', () => {
    limiter = createRateLimiter()
    expect(() => limiter.slowDown('never used')).not.toThrow()
  })
})
