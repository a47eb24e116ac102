import type { ResolveReason } from './alert.ts'
import type { Level } from './level.ts'

/**
 * What happened to an alert. `refired`: it fired again soon after its last episode ended. `dropped`: a pending alert recovered before it
 * fired. `relapsed`: hot again while recovering, the same episode goes on. `noData`: nothing is known of it any more. `flapStart`: it
 * changes its level too often to be told of. `acknowledged` to `unsnoozed`: what people said of it, and what of that ended.
 */
export type TransitionKind =
  | 'pending'
  | 'fired'
  | 'refired'
  | 'escalated'
  | 'deescalated'
  | 'recovering'
  | 'relapsed'
  | 'resolved'
  | 'dropped'
  | 'noData'
  | 'dataBack'
  | 'flapStart'
  | 'flapEnd'
  | 'acknowledged'
  | 'unacknowledged'
  | 'snoozed'
  | 'unsnoozed'

/** The rule that decided whether M of N points are hot. */
export type WindowReason =
  /** At least N points are present, and M or more of the newest N are hot. */
  | 'enoughHot'
  /** At least N points are present, and fewer than M of the newest N are hot; or a present point of too few is cold. */
  | 'tooFewHot'
  /** Fewer than N points are present, and M or more of them are hot. */
  | 'presentHot'
  /** Fewer than N points are present, all of them hot, the oldest at least M points old. */
  | 'hotSinceLong'
  /** Fewer than N points are present, all of them hot, none old enough to decide. */
  | 'hotTooYoung'
  /** No point of the range is present. */
  | 'allMissing'
  /** Missing points change nothing, by the rule's own setting. */
  | 'missingIgnored'
  /** Missing points count as hot, by the rule's own setting. */
  | 'missingBreaches'
  /** Missing points count as cold, by the rule's own setting. */
  | 'missingDoesNotBreach'
  /** No point is present, and the range was not yet watched to its full length. */
  | 'rangeNotFull'

/** The named reason of a transition. */
export type DecisionReason =
  | WindowReason
  /** The breach has lasted `for`. */
  | 'forElapsed'
  /** It has been well for `keepFiringFor`. */
  | 'keepFiringForElapsed'
  /** A point that may still change breaches a line. */
  | 'provisionalBreach'
  /** A point arrived after none was known. */
  | 'pointArrived'
  /** The level changed more often than flapping allows. */
  | 'changesTooOften'
  /** The level changes seldom enough again. */
  | 'changesSeldom'
  /** Flap detection was switched off. */
  | 'flappingOff'
  /** Nobody watched for longer than an outage may last. */
  | 'outage'
  /** Somebody said so. */
  | 'person'
  /** The episode that it was said of is over. */
  | 'episodeOver'
  /** The level rose. */
  | 'levelRose'
  /** It rose to critical. */
  | 'critical'
  /** Its time has passed. */
  | 'elapsed'
  /** The snooze that it ran beside is over. */
  | 'snoozeEnded'
  | Exclude<ResolveReason, 'recovered' | 'rerouted'>

/** One entry of the append-only event log. */
export interface Transition {
  readonly fingerprint: string
  readonly monitor: string
  readonly at: number
  readonly kind: TransitionKind
  readonly from: Level
  readonly to: Level
  readonly value: number
  /** Which rule decided. */
  readonly code: DecisionReason
  /** Why, in words that `explain` can show. */
  readonly reason: string
  readonly episodeId?: string
  /** The points of the evaluation range as `AlertState.slots` writes them, where more than one decides. */
  readonly slots?: string
  /** Who said so. */
  readonly by?: string
}
