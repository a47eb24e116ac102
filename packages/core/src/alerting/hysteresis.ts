import type { AlertState } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import { type Level, rank, type Severity } from '../model/level.ts'

/**
 * The highest level at which a point is hot. Critical implies warning, so leaving critical is judged against warning's own clear line.
 *
 * Each point sets or clears the latches by itself, before M of N: with a breach line of 80, a clear line of 70 and 3 of 3, the values
 * 81 75 75 are three hot points. M of N then asks for how many points it was not well, not for how many it was past the line.
 */
export function hotLevel({ warning, critical }: Pick<AlertState, Severity>, judgement: Judgement, levels: readonly Severity[]): Level {
  if (levels.includes('critical') && isHot('critical', critical.latched, judgement)) return 'critical'
  return levels.includes('warning') && isHot('warning', warning.latched, judgement) ? 'warning' : 'none'
}

/**
 * Whether a point is hot at one level: a latched level stays hot until the point clears it, an unlatched one becomes hot when the
 * point breaches it. A judgement without `clears` clears whatever it does not breach.
 */
function isHot(severity: Severity, latched: boolean, { breaches, clears }: Judgement): boolean {
  const breached = rank(breaches) >= rank(severity)
  if (!latched || clears === undefined) return breached
  return clears === 'none' || rank(clears) > rank(severity)
}
