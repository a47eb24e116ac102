import type { Metric } from '../model/metric.ts'
import type { Severity } from '../model/level.ts'

/** Steps from the most sensitive value to the least. */
const STEPS = 10

/**
 * Values of a critical line that are worth trying, from the most sensitive to the least: round ones, from what nine days in ten reach at
 * their worst to the worst of all, none milder than the warning line, and the configured one among them.
 *
 * @param worsts the worst values of days, in any order.
 */
export function ladderValues(worsts: readonly number[], { worse }: Pick<Metric, 'worse'>, { warning, critical }: { readonly [Level in Severity]?: number }): readonly number[] {
  const sign = worse === 'high' ? 1 : -1
  const badness = worsts.filter(Number.isFinite).map((worst) => sign * worst).sort((a, b) => a - b)
  const [usual = NaN, most = NaN] = [badness[Math.floor(badness.length / 10)], badness.at(-1)]
  const least = Math.max(usual, warning === undefined ? usual : sign * warning)
  const step = niceStep((most - least) / STEPS)
  const first = Math.floor(least / step)
  const round = step === 0 ? [] : Array.from({ length: Math.max(0, Math.floor(most / step) - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)))
  const own = critical === undefined ? [] : [sign * critical]
  return [...new Set([...own, ...round])].sort((a, b) => a - b).map((value) => sign * value + 0)
}

/** The next of 1, 2, 5, 10, 20, ... at or above a number; 0 where nothing lies between. */
function niceStep(least: number): number {
  if (!(least > 0)) return 0
  const size = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((digit) => digit * size).find((step) => step >= least * (1 - 1e-9)) ?? 10 * size
}
