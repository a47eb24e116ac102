import type { AlertStanding, Standing } from '../routing/standing.ts'
import type { GroupDecision } from '../routing/plan.ts'

/**
 * What was decided of one receiver and group of alerts. One is written when a message follows, or an alert stands otherwise than before; a look that
 * changes nothing leaves none. Times are milliseconds since the epoch.
 */
export interface DecisionRecord extends Pick<GroupDecision, 'receiver' | 'key' | 'decision' | 'message' | 'nextAt' | 'waitsFor' | 'route'> {
  readonly monitor: string
  readonly at: number
  /** Alerts that stand otherwise than before. Others of the group are told with them where there is a message. */
  readonly alerts: readonly Pick<AlertStanding, 'fingerprint' | 'standing'>[]
}

/** The decisions about all groups, oldest first. Only ever appended to. */
export interface DecisionLog {
  append(decisions: readonly DecisionRecord[]): Promise<void>
  /** The newest `limit` decisions from `from` to `until`, both included, oldest first. */
  list(filter: DecisionFilter): Promise<readonly DecisionRecord[]>
  /** Forgets decisions of before `before`, the oldest first, at most `limit`. Gives how many. */
  prune(monitor: string, before: number, limit: number): Promise<number>
}

export interface DecisionFilter {
  readonly monitor: string
  /** Those that name this alert. */
  readonly fingerprint?: string
  /** Those of this receiver and group. */
  readonly group?: Pick<DecisionRecord, 'receiver' | 'key'>
  readonly from: number
  readonly until: number
  readonly limit: number
}

/** Where the alerts of one receiver and group stand, as it was last written: what the next decision is compared with. */
export interface GroupStanding {
  readonly receiver: string
  readonly key: string
  /** By fingerprint, each with the beginning of its episode. */
  readonly alerts: Readonly<Record<string, Standing & { readonly startedAt?: number }>>
  /** A repeat was due, and was not told because somebody has taken every alert on. */
  readonly acknowledged?: true
}
