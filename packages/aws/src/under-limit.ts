import { AsyncLocalStorage } from 'node:async_hooks'
import type { Limit, RateLimiter } from '@tocsin/core'

const passed = new AsyncLocalStorage<readonly string[]>()

/** Runs a call under a limit, and remembers the limit for as long as the call runs: what throttles the call slows it down. */
export function underLimit<T>(limiter: RateLimiter, limit: Limit, call: () => Promise<T>, weight?: number): Promise<T> {
  const keys = [...(passed.getStore() ?? []), limit.key]
  return limiter.schedule(limit, () => passed.run(keys, call), weight)
}

/** Slows down every limit that the call under way has passed. */
export function slowDownPassed(limiter: RateLimiter): void {
  for (const key of passed.getStore() ?? []) limiter.slowDown(key)
}
