import type { Zone } from '@tocsin/core'

/** No zone is further from UTC. */
const FURTHEST = 16 * 3_600_000

/**
 * The first instant at which the clocks of a zone show a time or, where they jump over it, a later one.
 *
 * @param wall what the clock shows, in milliseconds since 1970 as if it were UTC.
 */
export function instantOf(wall: number, zone: Zone): number {
  for (let cursor = wall - FURTHEST; ; ) {
    const { until, offset } = zone.stretchAt(cursor)
    const instant = Math.max(cursor, wall - offset)
    if (instant < until) return instant
    cursor = until
  }
}
