import type { Judgement } from '../model/judgement.ts'
import { rank, type Severity } from '../model/level.ts'

/**
 * Whether a point is hot at one level: a latched level stays hot until the point clears it, an unlatched one becomes hot when the
 * point breaches it. A judgement without `clears` clears whatever it does not breach.
 */
export function isHot(severity: Severity, latched: boolean, { breaches, clears }: Judgement): boolean {
  const breached = rank(breaches) >= rank(severity)
  if (!latched || clears === undefined) return breached
  return clears === 'none' || rank(clears) > rank(severity)
}
