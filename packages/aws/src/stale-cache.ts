import type { Clock } from '@tocsin/core'

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
   */
  get(key: string, load: (signal: AbortSignal) => Promise<T>, caller: Caller): Promise<Cached<T>>
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

  const first = async (key: string, load: (signal: AbortSignal) => Promise<T>, { clock, signal }: Caller): Promise<Entry<T>> => {
    const loadedAt = clock.now()
    const entry = { value: await load(AbortSignal.any([signal, closing.signal])), loadedAt, fresh: true, renewing: false, error: undefined }
    entries.set(key, entry)
    return entry
  }
  const renew = async (entry: Entry<T>, load: (signal: AbortSignal) => Promise<T>, loadedAt: number): Promise<void> => {
    entry.renewing = true
    try {
      entry.value = await load(closing.signal)
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
    async get(key, load, caller) {
      const known = entries.get(key)
      if (!known) {
        const started = loading.get(key) ?? first(key, load, caller).finally(() => loading.delete(key))
        loading.set(key, started)
        return give(await started, caller.clock.now(), ttl)
      }
      const now = caller.clock.now()
      if (now - known.loadedAt >= ttl * 1_000 && !known.renewing) void renew(known, load, now)
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
