import Bottleneck from 'bottleneck'
import { type Clock, systemClock } from '../clock.ts'
import type { Limit, RateLimiter } from '../plugin/limit.ts'
import { openPlaces, type Places } from './places.ts'

const DEFAULT_CONCURRENT = 10

/**
 * The two limits of one key. Bottleneck counts a job's weight against both of its own limits, and spends four timers of a millisecond on a job that
 * only waits for a place, some 400 a second: it keeps the rate, and places are counted.
 */
interface Gate {
  /** Calls under way, whatever they weigh. */
  readonly places: Places
  /** Calls a second, by weight. */
  readonly rate: Bottleneck | undefined
  /** The part of the rate that was left when the far side throttled last. */
  share: number
  /** When that was, milliseconds since the epoch. */
  slowedAt: number
}

const LEAST_SHARE = 1 / 16
/** Milliseconds from no share to all of it. */
const CLIMB = 30_000
/** Calls that were under way together are throttled together: that is one reason to slow down, not ten. */
const ONCE_IN = 1_000

/**
 * Rate limits by key. A gate is made on first use and keeps the settings of that use.
 *
 * A call heavier than the reservoir would wait for ever in bottleneck, so it is refused here instead. A slower rate is made by heavier
 * calls: bottleneck stops refilling a reservoir whose settings are changed.
 */
export function createRateLimiter(clock: Clock = systemClock): RateLimiter {
  const gates = new Map<string, Gate>()

  const gateFor = (limit: Limit): Gate => {
    const known = gates.get(limit.key)
    if (known) return known
    const made: Gate = { places: openPlaces(limit.concurrent ?? DEFAULT_CONCURRENT), rate: limit.perSecond === undefined ? undefined : new Bottleneck(rateSettings(limit.perSecond)), share: 1, slowedAt: Number.NEGATIVE_INFINITY }
    gates.set(limit.key, made)
    return made
  }
  /** Milliseconds since the gate was slowed down. After a clock is set back they are counted anew: less than none would be a share of none. */
  const slowFor = (gate: Gate): number => {
    gate.slowedAt = Math.min(gate.slowedAt, clock.now())
    return clock.now() - gate.slowedAt
  }
  const shareOf = (gate: Gate): number => Math.min(1, gate.share + slowFor(gate) / CLIMB)

  return {
    async schedule(limit, call, weight = 1) {
      if (limit.perSecond !== undefined && weight > Math.max(1, limit.perSecond)) {
        throw new RangeError(`a call of weight ${weight} can never pass the limit of ${limit.perSecond} a second on ${limit.key}`)
      }
      const gate = gateFor(limit)
      const { places, rate } = gate
      return places.hold(async () => {
        limit.signal?.throwIfAborted()
        if (rate === undefined) return call()
        const most = Math.max(1, Math.floor(limit.perSecond ?? 1))
        let left = Math.ceil(weight / shareOf(gate))
        // What is heavier than the whole reservoir goes through in parts.
        for (; left > most; left -= most) await rate.schedule({ weight: most }, async () => {})
        return rate.schedule({ weight: left }, call)
      })
    },
    slowDown(key) {
      const gate = gates.get(key)
      if (gate === undefined || slowFor(gate) < ONCE_IN) return
      gate.share = Math.max(LEAST_SHARE, shareOf(gate) / 2)
      gate.slowedAt = clock.now()
    },
    close() {
      for (const { places, rate } of gates.values()) {
        places.close()
        void rate?.stop({ dropWaitingJobs: true }).catch(() => {})
        void rate?.disconnect()
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
