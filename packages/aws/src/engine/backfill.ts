import { knownUntil, type SeriesMemory } from './series-memory.ts'
import { windowOf } from './window.ts'

/** How far back polls reach after an outage. */
export interface Backfill {
  /** Milliseconds. */
  readonly reach: number
  /** How many series missed more than that. */
  readonly cut: number
}

/**
 * Seconds of the points quota that one poll may take to make up for an outage: a cycle of a minute must still end in time. A
 * thousand metrics of one minute can be read two and a half days back in it, thirty thousand two hours.
 */
const SECONDS = 25

/**
 * How far back the due series may reach, so that reading again what all of them missed stays within the quota.
 *
 * @param perSecond points a second that may be asked for.
 */
export function backfillOf(due: readonly Pick<SeriesMemory, 'query' | 'completeUntil' | 'demands'>[], now: number, perSecond: number): Backfill {
  const lagging = due.flatMap((memory) => {
    const { query } = memory
    const known = knownUntil(memory)
    if (known === undefined) return []
    const { start } = windowOf(query, now, known, Infinity)
    return start < windowOf(query, now, undefined, 0).start ? [{ start, period: query.period }] : []
  })
  const pointsASecond = lagging.reduce((sum, { period }) => sum + 1 / period, 0)
  const reach = ((SECONDS * perSecond) / pointsASecond) * 1_000
  return { reach, cut: lagging.filter(({ start, period }) => start + period * 1_000 <= now - reach).length }
}
