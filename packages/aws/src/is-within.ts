/**
 * Whether less than `ms` has passed since then. An instant that is yet to come was told by a clock that has been set back since: it is
 * over, or what waits for it would wait until the clock is there again.
 */
export function isWithin(ms: number, since: number, now: number): boolean {
  return now >= since && now - since < ms
}
