import type { Metric } from '../model/metric.ts'
import type { Severity } from '../model/level.ts'

/** Steps from the most sensitive value to the least. */
const STEPS = 10

/**
 * Values of a critical line that are worth trying, from the most sensitive to the least: round ones, from the warning line to the worst of all
 * days, and the configured one. Without a warning line they begin at what every second day reaches at its worst, or at the configured one where that
 * is milder.
 *
 * @param worsts the worst values of days, in any order.
 */
export function ladderValues(worsts: readonly number[], { worse }: Pick<Metric, 'worse'>, { warning, critical }: { readonly [Level in Severity]?: number }): readonly number[] {
  const sign = worse === 'high' ? 1 : -1
  const badness = worsts.filter(Number.isFinite).map((worst) => sign * worst).sort((a, b) => a - b)
  const own = critical === undefined ? [] : [sign * critical]
  const [usual = NaN, most = NaN] = [badness[Math.floor((badness.length - 1) / 2)], badness.at(-1)]
  const least = warning === undefined ? Math.min(usual, ...own) : sign * warning
  const step = niceStep((most - least) / STEPS)
  const first = Math.floor(least / step)
  const round = step === 0 ? [] : Array.from({ length: Math.max(0, Math.floor(most / step) - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)))
  return [...new Set([...own, ...round])].sort((a, b) => a - b).map((value) => sign * value + 0)
}

/** The next of 1, 2, 5, 10, 20, ... at or above a number; 0 where nothing lies between. */
function niceStep(least: number): number {
  if (!(least > 0)) return 0
  const size = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((digit) => digit * size).find((step) => step >= least * (1 - 1e-9)) ?? 10 * size
}
