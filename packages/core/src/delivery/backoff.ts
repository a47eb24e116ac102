const FIRST = 1_000
const LONGEST = 5 * 60_000

/**
 * Milliseconds to wait after a failed attempt: 1 s, 2 s, 4 s ... 5 min, each anywhere between half and all of that, so that many
 * senders do not come back together. A time that the receiver asked for is a lower bound.
 *
 * @param attempt the attempt that failed, from 1.
 * @param random a number in [0, 1).
 */
export function backoff(attempt: number, random: number, retryAfter = 0): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (attempt - 1))
  return Math.max(retryAfter, Math.round(ceiling * (0.5 + random / 2)))
}
