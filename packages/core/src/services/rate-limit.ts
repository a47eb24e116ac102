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
  rate: Bottleneck | undefined
  readonly perSecond: number | undefined
  /** The part of the rate that was left when the far side throttled last. */
  share: number
  /** When that was, milliseconds since the epoch. */
  slowedAt: number
}

/** Milliseconds between two looks at the clock while calls wait for the rate. */
const LOOK = 1_000

const LEAST_SHARE = 1 / 16
/** Milliseconds from no share to all of it. */
const CLIMB = 30_000
/** Calls that were under way together are throttled together: that is one reason to slow down, not ten. */
const ONCE_IN = 1_000

/**
 * Rate limits by key. A gate is made on first use and keeps the settings of that use.
 *
 * A call heavier than the reservoir would wait for ever in bottleneck, so it is refused here instead. A slower rate is made by heavier
 * calls: bottleneck stops refilling a reservoir whose settings are changed. It counts by the machine's clock: where that is set back, it would let
 * nobody through until it is as late again, so it is replaced by a new one.
 */
export function createRateLimiter(clock: Clock = systemClock): RateLimiter {
  const gates = new Map<string, Gate>()
  const closed = new AbortController()
  let waiting = 0
  let watching = false
  /** What the clock showed last, milliseconds since the epoch. */
  let seen = Number.NEGATIVE_INFINITY

  const gateFor = (limit: Limit): Gate => {
    const known = gates.get(limit.key)
    if (known) return known
    const made: Gate = { places: openPlaces(limit.concurrent ?? DEFAULT_CONCURRENT), rate: rateOf(limit.perSecond), perSecond: limit.perSecond, share: 1, slowedAt: Number.NEGATIVE_INFINITY }
    gates.set(limit.key, made)
    return made
  }
  /** Milliseconds since the gate was slowed down. After a clock is set back they are counted anew: less than none would be a share of none. */
  const slowFor = (gate: Gate): number => {
    gate.slowedAt = Math.min(gate.slowedAt, clock.now())
    return clock.now() - gate.slowedAt
  }
  const shareOf = (gate: Gate): number => Math.min(1, gate.share + slowFor(gate) / CLIMB)

  const beginAnew = (): void => {
    for (const gate of gates.values()) {
      const { rate } = gate
      gate.rate = rateOf(gate.perSecond)
      gate.slowedAt = Math.min(gate.slowedAt, clock.now())
      // Those that wait come again, to the new one.
      void rate?.stop({ dropWaitingJobs: true, enqueueErrorMessage: REPLACED, dropErrorMessage: REPLACED }).catch(() => {})
      void rate?.disconnect()
    }
  }
  const lookAtClock = (): void => {
    const now = clock.now()
    if (now < seen) beginAnew()
    seen = now
  }
  const watchClock = async (): Promise<void> => {
    watching = true
    do {
      await clock.sleep(LOOK, closed.signal)
      lookAtClock()
    } while (isWaitedFor())
    watching = false
  }
  const isWaitedFor = (): boolean => waiting > 0 && !closed.signal.aborted
  /** Makes a call when the rate lets it. */
  const paced = async <T>(gate: Gate, weight: number, call: () => Promise<T>): Promise<T> => {
    lookAtClock()
    waiting += 1
    if (!watching) void watchClock()
    let begun = false
    const begin = (): Promise<T> => {
      begun = true
      waiting -= 1
      return call()
    }
    try {
      for (;;) {
        const { rate } = gate
        try {
          return await (rate === undefined ? begin() : rate.schedule({ weight }, begin))
        } catch (error) {
          if (begun || rate === gate.rate || closed.signal.aborted) throw error
        }
      }
    } finally {
      if (!begun) waiting -= 1
    }
  }

  return {
    async schedule(limit, call, weight = 1) {
      if (limit.perSecond !== undefined && weight > Math.max(1, limit.perSecond)) {
        throw new RangeError(`a call of weight ${weight} can never pass the limit of ${limit.perSecond} a second on ${limit.key}`)
      }
      const gate = gateFor(limit)
      return gate.places.hold(async () => {
        limit.signal?.throwIfAborted()
        if (gate.rate === undefined) return call()
        const most = Math.max(1, Math.floor(limit.perSecond ?? 1))
        let left = Math.ceil(weight / shareOf(gate))
        // What is heavier than the whole reservoir goes through in parts.
        for (; left > most; left -= most) await paced(gate, most, async () => {})
        return paced(gate, left, call)
      })
    },
    slowDown(key) {
      const gate = gates.get(key)
      if (gate === undefined || slowFor(gate) < ONCE_IN) return
      gate.share = Math.max(LEAST_SHARE, shareOf(gate) / 2)
      gate.slowedAt = clock.now()
    },
    close() {
      closed.abort('closed')
      for (const { places, rate } of gates.values()) {
        places.close()
        void rate?.stop({ dropWaitingJobs: true }).catch(() => {})
        void rate?.disconnect()
      }
      gates.clear()
    },
  }
}

const REPLACED = 'the clock was set back'

const rateOf = (perSecond: number | undefined): Bottleneck | undefined => (perSecond === undefined ? undefined : new Bottleneck(rateSettings(perSecond)))

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
