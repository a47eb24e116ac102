import { clockOf } from '../alerting/clocks.ts'
import type { AlertPolicy } from '../alerting/reducer.ts'
import type { AlertState, AlertSubject } from '../model/alert.ts'
import type { AlertBook } from './alert-book.ts'

/**
 * Sees to it that an alert which is judged by this machine's clock is not ahead of it: where the clock was set back, the alert's times move
 * along.
 *
 * @param now milliseconds since the epoch.
 * @param step milliseconds between two of its points.
 */
export function followClock(state: AlertState, book: AlertBook, subject: AlertSubject, policy: AlertPolicy, now: number, step = 1): AlertState {
  return clockOf(state) > now ? book.apply(subject, { type: 'clockSetBack', by: clockOf(state) + step - now }, policy) : state
}

/** Nobody knows how much time passed between two cycles when the clock was set back: no more than this is counted, so that nothing comes early. */
const UNSEEN = 60_000

/** Milliseconds by which a clock was set back between two cycles, the later of which it shows as the earlier one. */
export const setBackBetween = (before: number, now: number, interval: number): number => before - now + Math.min(interval, UNSEEN)
