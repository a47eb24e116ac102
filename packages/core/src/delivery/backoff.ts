const FIRST = 1_000
const LONGEST = 5 * 60_000
/**
 * The longest that a receiver may ask for. What is behind a message waits for it, and others hear of a channel once it has failed three
 * times: a receiver that asks for a day must not make a day of silence.
 */
const LONGEST_ASKED = 15 * 60_000

/**
 * Milliseconds to wait after a failed attempt: 1 s, 2 s, 4 s ... 5 min, each anywhere between half and all of that, so that many
 * senders do not come back together. A time that the receiver asked for is a lower bound, up to a quarter of an hour.
 *
 * @param attempt the attempt that failed, from 1.
 * @param random a number in [0, 1).
 */
export function backoff(attempt: number, random: number, retryAfter = 0): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (attempt - 1))
  return Math.max(Math.min(retryAfter, LONGEST_ASKED), Math.round(ceiling * (0.5 + random / 2)))
}
