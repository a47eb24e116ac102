import Bottleneck from 'bottleneck'
import type { Limit, RateLimiter } from '../plugin/limit.ts'

const DEFAULT_CONCURRENT = 10

/**
 * Rate limits by key, one bottleneck limiter each. A limiter is made on first use and keeps the settings of that use.
 *
 * The reservoir is refilled in quarters of a second, so that a limit of 50 a second never lets 50 calls out in one instant twice
 * in a row. A call heavier than the reservoir would wait for ever in bottleneck, so it is refused here instead.
 */
export function createRateLimiter(): RateLimiter {
  const limiters = new Map<string, Bottleneck>()

  const limiterFor = (limit: Limit): Bottleneck => {
    const known = limiters.get(limit.key)
    if (known) return known
    const made = new Bottleneck(settings(limit))
    limiters.set(limit.key, made)
    return made
  }

  return {
    async schedule(limit, call, weight = 1) {
      if (limit.perSecond !== undefined && weight > Math.max(1, limit.perSecond)) {
        throw new RangeError(`a call of weight ${weight} can never pass the limit of ${limit.perSecond} a second on ${limit.key}`)
      }
      return limiterFor(limit).schedule({ weight: limit.perSecond === undefined ? 0 : weight }, call)
    },
    close() {
      for (const limiter of limiters.values()) void limiter.stop({ dropWaitingJobs: true }).catch(() => {})
      for (const limiter of limiters.values()) void limiter.disconnect()
      limiters.clear()
    },
  }
}

function settings({ perSecond, concurrent = DEFAULT_CONCURRENT }: Limit): Bottleneck.ConstructorOptions {
  if (perSecond === undefined) return { maxConcurrent: concurrent }
  // Below one call a second a spacing is exact; above, a reservoir allows the burst that real quotas allow.
  if (perSecond < 1) return { maxConcurrent: concurrent, minTime: Math.ceil(1_000 / perSecond) }
  return {
    maxConcurrent: concurrent,
    reservoir: perSecond,
    reservoirIncreaseAmount: perSecond / 4,
    // Bottleneck looks at its reservoir every 250 ms; other intervals are rounded to that.
    reservoirIncreaseInterval: 250,
    reservoirIncreaseMaximum: perSecond,
  }
}
