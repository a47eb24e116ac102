import type { Clock } from '@tocsin/core'
import type { Kept } from './disk-store.ts'
import { isWithin } from './is-within.ts'

/** What a cache gives. */
export interface Cached<T> {
  readonly value: T
  /** Whether it was loaded for this very call. */
  readonly fresh: boolean
  /** Why it could not be renewed, once that has been going on for too long. */
  readonly error: unknown
}

/** Keeps what is slow to load. */
export interface StaleCache<T> {
  /**
   * The value of the key. The first call loads it and rejects when that fails. Later calls answer at once: when the value is older
   * than its time to live it is renewed in the background, for the next call. A renewal that fails keeps the value.
   *
   * @param load is given a signal that aborts with the caller's for a first load, and with the cache for a renewal.
   * @param kept where the value is kept between processes. A first call takes what is not older than the time to live from there, and
   *   what is older when loading fails: a renewal in the background would never end in a process that runs one cycle. Default: nowhere.
   */
  get(key: string, load: (signal: AbortSignal) => Promise<T>, caller: Caller, kept?: Kept<T>): Promise<Cached<T>>
  /** Stops renewals. */
  close(): void
}

/** Whoever asks: a cycle, with its time and its signal. */
interface Caller {
  readonly clock: Clock
  readonly signal: AbortSignal
}

interface Entry<T> {
  value: T
  loadedAt: number
  /** The value has not been given out yet since it was loaded. */
  fresh: boolean
  renewing: boolean
  error: unknown
}

/** A failure to renew is told once the value is this many times older than its time to live: one lost refresh is no news. */
const TOO_OLD = 3

/** @param ttl seconds. */
export function createStaleCache<T>(ttl: number): StaleCache<T> {
  const entries = new Map<string, Entry<T>>()
  const loading = new Map<string, Promise<Entry<T>>>()
  const closing = new AbortController()

  /** What is kept elsewhere while it is young enough, else what is loaded, else what is kept all the same. */
  const find = async (load: (signal: AbortSignal) => Promise<T>, { clock, signal }: Caller, kept: Kept<T> | undefined): Promise<Entry<T>> => {
    const now = clock.now()
    const known = await kept?.read()
    const old = known && { ...known, fresh: false, renewing: false, error: undefined }
    if (old && isWithin(ttl * 1_000, old.loadedAt, now)) return old
    try {
      const value = await load(AbortSignal.any([signal, closing.signal]))
      await kept?.write(value, now)
      return { value, loadedAt: now, fresh: true, renewing: false, error: undefined }
    } catch (error) {
      if (old === undefined) throw error
      return { ...old, error }
    }
  }
  const first = async (key: string, load: (signal: AbortSignal) => Promise<T>, caller: Caller, kept: Kept<T> | undefined): Promise<Entry<T>> => {
    const entry = await find(load, caller, kept)
    entries.set(key, entry)
    return entry
  }
  const renew = async (entry: Entry<T>, load: (signal: AbortSignal) => Promise<T>, loadedAt: number, kept: Kept<T> | undefined): Promise<void> => {
    entry.renewing = true
    try {
      entry.value = await load(closing.signal)
      await kept?.write(entry.value, loadedAt)
      entry.loadedAt = loadedAt
      entry.fresh = true
      entry.error = undefined
    } catch (error) {
      entry.error = error
    } finally {
      entry.renewing = false
    }
  }

  return {
    async get(key, load, caller, kept) {
      const known = entries.get(key)
      if (!known) {
        const started = loading.get(key) ?? first(key, load, caller, kept).finally(() => loading.delete(key))
        loading.set(key, started)
        return give(await started, caller.clock.now(), ttl)
      }
      const now = caller.clock.now()
      if (!isWithin(ttl * 1_000, known.loadedAt, now) && !known.renewing) void renew(known, load, now, kept)
      return give(known, now, ttl)
    },
    close: () => closing.abort(),
  }
}

function give<T>(entry: Entry<T>, now: number, ttl: number): Cached<T> {
  const { value, fresh, loadedAt } = entry
  entry.fresh = false
  return { value, fresh, error: now - loadedAt > TOO_OLD * ttl * 1_000 ? entry.error : undefined }
}
