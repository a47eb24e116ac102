import Bottleneck from 'bottleneck'
import type { Limit, RateLimiter } from '../plugin/limit.ts'

const DEFAULT_CONCURRENT = 10

/** The two limiters of one key. Bottleneck counts a job's weight against both of its limits, so each limit has its own. */
interface Gate {
  /** Calls under way, each of weight 1. */
  readonly slots: Bottleneck
  /** Calls a second, by weight. */
  readonly rate: Bottleneck | undefined
}

/**
 * Rate limits by key. A gate is made on first use and keeps the settings of that use.
 *
 * A call heavier than the reservoir would wait for ever in bottleneck, so it is refused here instead.
 */
export function createRateLimiter(): RateLimiter {
  const gates = new Map<string, Gate>()

  const gateFor = (limit: Limit): Gate => {
    const known = gates.get(limit.key)
    if (known) return known
    const slots = new Bottleneck({ maxConcurrent: limit.concurrent ?? DEFAULT_CONCURRENT })
    const made: Gate = { slots, rate: limit.perSecond === undefined ? undefined : new Bottleneck(rateSettings(limit.perSecond)) }
    gates.set(limit.key, made)
    return made
  }

  return {
    async schedule(limit, call, weight = 1) {
      if (limit.perSecond !== undefined && weight > Math.max(1, limit.perSecond)) {
        throw new RangeError(`a call of weight ${weight} can never pass the limit of ${limit.perSecond} a second on ${limit.key}`)
      }
      const { slots, rate } = gateFor(limit)
      return slots.schedule(() => (rate === undefined ? call() : rate.schedule({ weight }, call)))
    },
    close() {
      for (const limiter of [...gates.values()].flatMap(({ slots, rate }) => (rate === undefined ? [slots] : [slots, rate]))) {
        void limiter.stop({ dropWaitingJobs: true }).catch(() => {})
        void limiter.disconnect()
      }
      gates.clear()
    },
  }
}

/**
 * A reservoir refilled in quarters of a second, so that a limit of 50 a second never lets 50 calls out in one instant twice in a
 * row. Below one call a second a spacing is exact.
 */
function rateSettings(perSecond: number): Bottleneck.ConstructorOptions {
  if (perSecond < 1) return { minTime: Math.ceil(1_000 / perSecond) }
  return {
    reservoir: perSecond,
    reservoirIncreaseAmount: perSecond / 4,
    // Bottleneck looks at its reservoir every 250 ms; other intervals are rounded to that.
    reservoirIncreaseInterval: 250,
    reservoirIncreaseMaximum: perSecond,
  }
}
