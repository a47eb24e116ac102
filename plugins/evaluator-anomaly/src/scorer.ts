import { type AnomalyOptions, anomalyOptions, type Settings } from './options.ts'
import { watcherFactory } from './watcher.ts'

/** Sigmas that are scored 0.5. */
const HALF = 4

/** The anomaly score of so many sigmas: 0 for none, 0.5 for 4, 1 for infinitely many. */
export const scoreOf = (sigmas: number): number => (sigmas === Infinity ? 1 : sigmas / (sigmas + HALF))

/** The options that change scores. The lines do not: they only cut them. */
export type ScoringOptions = Pick<AnomalyOptions, 'method' | 'direction' | 'minHistory' | 'refractory' | 'zone'>

/**
 * Scores the points of one series, one after the other, from the same numbers that judgements are made from. A point breaches a
 * line of `n` sigmas exactly when its score is at least `scoreOf(n)`. Nothing is known of later points.
 *
 * @returns a function that takes a point's time, milliseconds since the epoch, and its value, and gives its score in [0, 1]. A missing value
 * (NaN) scores 0 and is not learned. Times may repeat or go back.
 */
export function anomalyScorer(options: ScoringOptions = {}): (at: number, value: number) => number {
  return scorerFor(anomalyOptions.parse(options))
}

/** The same for options that were read. */
export function scorerFor(settings: Settings): (at: number, value: number) => number {
  const watcher = watcherFactory(settings)()
  return (at, value) => (Number.isNaN(value) ? 0 : scoreOf(watcher.observe(at, value)))
}
