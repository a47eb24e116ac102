import type { AlertSubject, Health, ResolveReason } from './alert.ts'
import type { Level } from './level.ts'

/** Why a notification goes out: the rule of the flush decision that held. */
export type NotificationReason = 'first' | 'new' | 'flapStart' | 'flapEnd' | 'someResolved' | 'allResolved' | 'repeat' | 'step' | 'rerouted' | 'test'

/** One alert inside a notification. */
export interface NotifiedAlert {
  readonly subject: AlertSubject
  /** What is new about it since this receiver was last told. */
  readonly change: 'new' | 'changed' | 'unchanged' | 'resolved'
  readonly level: Level
  /** The level this receiver was last told; `none` when it hears of the alert for the first time. */
  readonly toldLevel: Level
  readonly health: Health
  readonly episodeId: string
  /** It changes its level too often: nothing more is told of it, but a first critical, until it is steady. */
  readonly flapping?: true
  /** How often it ended and fired again without a word since this receiver was last told; absent for never. */
  readonly refired?: number
  /** The newest value. */
  readonly value: number
  readonly firedValue: number
  /** The value at recovery; only when resolved. */
  readonly recoveredValue?: number
  readonly peak: number
  readonly worstLevel: Level
  /** The newest values, oldest first, at most eight. */
  readonly recent: readonly number[]
  /** Milliseconds since the epoch. */
  readonly firedAt: number
  readonly resolvedAt?: number
  readonly resolveReason?: ResolveReason
  /** The evaluator's words: `> 80%`. */
  readonly reason: string
  readonly expected?: readonly [low: number, high: number]
}

/** What a notifier is asked to tell. Plain data: it can be stored and read back. */
export interface Notification {
  /** The group: `<monitor>/<rule>`. Notifications of one receiver and key leave in order. */
  readonly key: string
  /** Names one stretch of the group, from the first alert that fires to the last that ends. Updates and threads hang on it. */
  readonly thread: string
  readonly monitor: string
  /** The receiver's name in the monitor's `notify`. */
  readonly receiver: string
  readonly reason: NotificationReason
  /** The worst level that fires for this receiver now; `none` when all of it has ended or is told to others. */
  readonly level: Level
  /** When it was decided, milliseconds since the epoch. */
  readonly at: number
  /** Worst first; resolved ones last. Never empty. */
  readonly alerts: readonly NotifiedAlert[]
  /** How many series the rule watches in all: `7 of 14`. */
  readonly watched: number
  /** Other alerts of this monitor that fire at the same time: first lines of some, and how many there are in all. */
  readonly alsoFiring: { readonly lines: readonly string[]; readonly count: number }
  /** IANA zone in which times are shown. */
  readonly timeZone: string
}
