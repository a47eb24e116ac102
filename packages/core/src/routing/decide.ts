import type { GroupEntry } from '../model/group.ts'
import { type Level, rank } from '../model/level.ts'

/** The rule that decided whether a group is told. */
export type Decision = 'first' | 'new' | 'allResolved' | 'someResolved' | 'repeat' | 'nothing'

export interface DecisionInput {
  /** What the receiver was last told; `undefined` when never. */
  readonly entry: Pick<GroupEntry, 'firing' | 'resolved' | 'at'> | undefined
  /** What fires for this receiver now, by fingerprint. */
  readonly firing: ReadonlyMap<string, Level>
  /** What has ended, by fingerprint. */
  readonly resolved: ReadonlySet<string>
  readonly now: number
  readonly repeatInterval: number
  readonly sendResolved: boolean
}

/** Whether and why a receiver is told about a group now. The first rule that holds wins. */
export function decide({ entry, firing, resolved, now, repeatInterval, sendResolved }: DecisionInput): Decision {
  if (entry === undefined) return firing.size > 0 ? 'first' : 'nothing'
  const told = (fingerprint: string): Level => entry.firing[fingerprint]?.level ?? 'none'
  for (const [fingerprint, level] of firing) if (rank(level) > rank(told(fingerprint))) return 'new'
  if (firing.size === 0) return Object.keys(entry.firing).length > 0 ? 'allResolved' : 'nothing'
  if (sendResolved && [...resolved].some((fingerprint) => !entry.resolved.includes(fingerprint))) return 'someResolved'
  return now - entry.at >= repeatInterval ? 'repeat' : 'nothing'
}
