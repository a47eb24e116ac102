import type { AlertRecord, AlertSubject, Health, Phase } from '../../model/alert.ts'
import type { NotificationReason } from '../../model/notification.ts'
import type { DecisionReason } from '../../model/transition.ts'
import type { MuteReason } from '../../routing/mute.ts'
import type { GroupDecision } from '../../routing/plan.ts'
import type { RouteReason } from '../../routing/route-tree.ts'
import type { DeliveryAttempt } from '../../model/delivery-attempt.ts'

/** Why a receiver was not told, or not told again. */
export type NotToldReason =
  | MuteReason['by']
  /** A message is due when the group was awaited for long enough. */
  | 'groupWait'
  /** A message is due at the next look at the group. */
  | 'groupInterval'
  /** It was told, nothing is new, and the next repeat is not due. */
  | 'repeatInterval'
  /** It was told, and is not repeated because somebody has taken it on. */
  | 'acknowledged'
  /** The receiver does not want to hear of ends. */
  | 'endNotWanted'
  /** It was told and has ended, and the receiver knows. */
  | 'endTold'
  /** It ended before a message was due. */
  | 'endedBeforeTold'
  /** It ended while something kept it back. */
  | 'endedWhileMuted'
  /** The receiver is told of it in another group, or others are told of it now. */
  | 'movedOn'
  /** The receiver is not in the configuration any more. */
  | 'receiverRemoved'

/** Why there was nothing to tell anybody. */
export type NothingToTellReason =
  /** It was never hot. */
  | 'neverHot'
  /** It is hot, and has not been for long enough. */
  | 'forNotElapsed'
  /** It was well again before it had been hot for long enough. */
  | 'recoveredInTime'
  /** By the present configuration its route tells nobody. */
  | 'noReceiver'
  /** It fires, and no group has been looked at since: before the first good evaluation after a start nobody is told. */
  | 'notLookedAt'
  /** It is so long ago that nothing of what was decided is kept. */
  | 'forgotten'

/** What became of a message. */
export type DeliveryCode = NonNullable<DeliveryAttempt['outcome']> | 'queued' | 'underWay' | 'givenUp' | 'dropped' | 'forgotten'

/** What is not known, and why. */
export type GapCode = 'historyOff' | 'pointsForgotten' | 'noPoints' | 'subjectForgotten' | 'decisionsLeftOut'

/** The named reason of a step. */
export type StepCode = DecisionReason | RouteReason | GroupDecision['decision'] | NotificationReason | NotToldReason | DeliveryCode | Phase | Health | 'points' | 'missing' | 'provisional'

/** One link of the chain. Times are milliseconds since the epoch. */
export interface ExplainedStep {
  readonly at: number
  /** What kind of link it is, in the order in which one follows from the other. */
  readonly link: 'points' | 'judgement' | 'state' | 'person' | 'route' | 'decision' | 'delivery'
  readonly code: StepCode
  /** In plain words. */
  readonly text: string
  readonly receiver?: string
  /** What is grouped: see `groupKey`. */
  readonly group?: string
  /** The message's id in the outbox. */
  readonly message?: string
}

/** A message about the alert. */
export interface AnsweredMessage {
  readonly id: string
  /** When it was decided, milliseconds since the epoch. */
  readonly at: number
  /** The rule that decided it. */
  readonly reason: GroupDecision['decision']
  /** Whether it tells that the alert ended; that of the episode before where this one was kept back. */
  readonly end: boolean
  /** What became of it. */
  readonly outcome: DeliveryCode
}

/** What one receiver heard of the alert. */
export interface ReceiverAnswer {
  readonly receiver: string
  /** The notifier, by the present configuration; absent for a receiver that is not in it. */
  readonly by?: string
  /** Whether a message that the alert fires reached it, as far as is known. */
  readonly told: boolean
  /** Messages about the alert, oldest first. */
  readonly messages: readonly AnsweredMessage[]
  /** Why it is not told, or not told again. */
  readonly silent: { readonly code: NotToldReason; readonly text: string }
}

/** Who was told; or why nobody was. */
export interface Answer {
  /** `told`: a message arrived. `onItsWay`: none has arrived yet. `undelivered`: none did, and none will. `nobodyTold`: nothing was sent. `unknown`: what was decided is not kept any more. */
  readonly code: 'told' | 'onItsWay' | 'undelivered' | 'nobodyTold' | 'nothingToTell' | 'unknown'
  /** One line. */
  readonly text: string
  /** In alphabetical order. Empty where no group has the alert. */
  readonly receivers: readonly ReceiverAnswer[]
  /** Why nobody could be told; absent where a receiver's own reason says it. */
  readonly reason?: NothingToTellReason
}

/** One point of the series; NaN where one was due and is missing. */
export interface ExplainedPoint {
  readonly at: number
  readonly value: number
}

/** Why somebody was told of an alert, or was not. Plain data; times are milliseconds since the epoch. */
export interface Explanation {
  readonly monitor: string
  readonly fingerprint: string
  /** The instant that is explained. */
  readonly at: number
  /** The alert as it is stored now; absent when it was forgotten: once its resource is gone and that was told, or seven days after its end. */
  readonly alert?: AlertRecord
  /** What it is about; absent when no message about it is kept either. */
  readonly subject?: AlertSubject
  /** The stretch away from inactive that is explained: the last that had begun by `at`. */
  readonly episode?: string
  readonly answer: Answer
  /** Oldest first. */
  readonly timeline: readonly ExplainedStep[]
  /** As they were measured, oldest first. */
  readonly points: readonly ExplainedPoint[]
  readonly gaps: readonly { readonly code: GapCode; readonly text: string }[]
}
