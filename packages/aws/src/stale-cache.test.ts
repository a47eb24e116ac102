import { FakeClock } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { createStaleCache } from './stale-cache.ts'

const SECOND = 1_000

function aCache() {
  const clock = new FakeClock()
  const cache = createStaleCache<number>(300)
  let loads = 0
  let failure: Error | undefined
  const load = async (): Promise<number> => {
    loads++
    if (failure) throw failure
    return loads
  }
  const caller = { clock, signal: new AbortController().signal }
  return {
    clock,
    cache,
    get: () => cache.get('key', load, caller),
    loads: () => loads,
    failWith: (error: Error | undefined) => void (failure = error),
  }
}

describe('createStaleCache', () => {
  it('loads once for all who ask at the same time, and again only after its time', async () => {
    const { get, loads, clock } = aCache()
    expect((await Promise.all([get(), get(), get()])).map(({ value }) => value)).toEqual([1, 1, 1])
    await clock.advance(299 * SECOND)
    expect((await get()).value).toBe(1)
    expect(loads()).toBe(1)
  })

  it('answers with the old value while it renews', async () => {
    const { get, clock } = aCache()
    await get()
    await clock.advance(300 * SECOND)
    expect((await get()).value).toBe(1)
    await clock.advance(0)
    expect((await get()).value).toBe(2)
  })

  it('renews what was loaded before the clock was set back', async () => {
    const { get, loads, clock } = aCache()
    await get()
    clock.set(clock.now() - 3_600 * SECOND)
    await get()
    await clock.advance(0)
    await get()
    expect(loads()).toBe(2)
  })

  it('renews once, however many ask meanwhile', async () => {
    const { get, loads, clock } = aCache()
    await get()
    await clock.advance(300 * SECOND)
    await Promise.all([get(), get(), get()])
    await clock.advance(0)
    expect(loads()).toBe(2)
  })

  it('renews after a clock is set back: what was loaded then may be of any age', async () => {
    const { get, loads, clock } = aCache()
    await get()
    clock.set(clock.now() - 86_400 * SECOND)
    await get()
    await clock.advance(0)
    await get()
    expect(loads()).toBe(2)
  })

  it('says once that a value is fresh', async () => {
    const { get, clock } = aCache()
    expect((await get()).fresh).toBe(true)
    expect((await get()).fresh).toBe(false)
    await clock.advance(300 * SECOND)
    expect((await get()).fresh).toBe(false)
    await clock.advance(0)
    expect([(await get()).fresh, (await get()).fresh]).toEqual([true, false])
  })

  it('keeps the old value when renewing fails, and tells why once it is three times too old', async () => {
    const { get, clock, failWith } = aCache()
    await get()
    failWith(new Error('denied'))
    await clock.advance(301 * SECOND)
    await get()
    await clock.advance(0)
    expect(await get()).toMatchObject({ value: 1, error: undefined })
    await clock.advance(600 * SECOND)
    expect(await get()).toMatchObject({ value: 1, error: new Error('denied') })
    failWith(undefined)
    await get()
    await clock.advance(0)
    expect(await get()).toMatchObject({ error: undefined, fresh: true })
  })

  it('rejects when there is nothing yet, and tries again with the next call', async () => {
    const { get, failWith } = aCache()
    failWith(new Error('denied'))
    await expect(get()).rejects.toThrow('denied')
    failWith(undefined)
    expect((await get()).value).toBe(2)
  })

  it('stops a renewal under way when it closes', async () => {
    const { cache, get, clock } = aCache()
    await get()
    await clock.advance(300 * SECOND)
    let signal: AbortSignal | undefined
    await cache.get('key', (given) => new Promise(() => (signal = given)), { clock, signal: new AbortController().signal })
    expect(signal?.aborted).toBe(false)
    cache.close()
    expect(signal?.aborted).toBe(true)
  })
})
