import type { Level } from './level.ts'

/**
 * What happened to an alert. `dropped`: a pending alert recovered before it fired. `relapsed`: hot again while recovering, the same
 * episode goes on.
 */
export type TransitionKind = 'pending' | 'fired' | 'escalated' | 'deescalated' | 'recovering' | 'relapsed' | 'resolved' | 'dropped' | 'noData' | 'dataBack'

/** One entry of the append-only event log. */
export interface Transition {
  readonly fingerprint: string
  readonly monitor: string
  readonly at: number
  readonly kind: TransitionKind
  readonly from: Level
  readonly to: Level
  readonly value: number
  /** Why, in words that `explain` can show. */
  readonly reason: string
  readonly episodeId?: string
}
