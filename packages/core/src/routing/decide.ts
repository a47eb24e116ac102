import type { GroupEntry } from '../model/group.ts'
import { type Level, rank } from '../model/level.ts'

/**
 * The rule that decided whether a group is told. `step`: a step of an escalation is due, though nothing is new. `flapStart`: an alert changes its level
 * too often, and is held back from now on; `flapEnd`: it is steady again.
 */
export type Decision = 'first' | 'new' | 'flapStart' | 'flapEnd' | 'allResolved' | 'someResolved' | 'repeat' | 'step' | 'nothing'

export interface DecisionInput {
  /** What the receiver was last told; `undefined` when never. */
  readonly entry: (Pick<GroupEntry, 'firing' | 'resolved'> & { readonly at: number }) | undefined
  /** What fires for this receiver now and is not muted, by fingerprint. */
  readonly firing: ReadonlyMap<string, Level>
  /** How many fire in all, muted ones too: a group that is muted altogether has not ended. */
  readonly firingInAll: number
  /** What has ended, by fingerprint. */
  readonly resolved: ReadonlySet<string>
  readonly now: number
  readonly repeatInterval: number
  readonly sendResolved: boolean
  /** Whether an alert that was told began to flap, or ceased to. Default: neither. */
  readonly flap?: 'started' | 'ended' | undefined
  /** Whether a repeat must be later than the interval, not at it: Alertmanager's rule. Default false. */
  readonly repeatLate?: boolean
}

/** Whether and why a receiver is told about a group now. The first rule that holds wins. */
export function decide({ entry, firing, firingInAll, resolved, now, repeatInterval, sendResolved, repeatLate = false, flap }: DecisionInput): Decision {
  if (entry === undefined) return firing.size > 0 ? 'first' : 'nothing'
  for (const [fingerprint, level] of firing) {
    const told = entry.firing[fingerprint]
    if (told === undefined || rank(level) > rank(told.level)) return 'new'
  }
  if (flap !== undefined) return flap === 'started' ? 'flapStart' : 'flapEnd'
  if (firingInAll === 0) return Object.keys(entry.firing).length > 0 ? 'allResolved' : 'nothing'
  if (sendResolved && [...resolved].some((fingerprint) => !entry.resolved.includes(fingerprint))) return 'someResolved'
  if (firing.size === 0) return 'nothing'
  const waited = now - entry.at
  return waited > repeatInterval || (!repeatLate && waited === repeatInterval) ? 'repeat' : 'nothing'
}
