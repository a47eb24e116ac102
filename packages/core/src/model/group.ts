import type { Level } from './level.ts'

/**
 * The ledger of one receiver and one group of alerts: what it was last told, and when the group is looked at again. Whoever is in
 * `firing` is owed the end.
 */
export interface GroupEntry {
  /** `<receiver>/<key>`. */
  readonly id: string
  readonly monitor: string
  readonly receiver: string
  /** What is grouped: see `groupKey`. */
  readonly key: string
  /** Alerts told as firing and not yet as ended, by fingerprint. */
  readonly firing: Readonly<Record<string, ToldAlert>>
  /** Fingerprints told as ended since the group last had anything new. */
  readonly resolved: readonly string[]
  /** Time of the evaluation that was last told, milliseconds since the epoch; absent until something was. */
  readonly at?: number
  /** When the group is looked at next, milliseconds since the epoch; absent while there is nothing to tell. */
  readonly flushAt?: number
  /** Alerts that fire but were muted when the group was last looked at, by fingerprint: an unmuting is news. */
  readonly muted: readonly string[]
  /** Names the stretch since something first fired: see `Notification.thread`. */
  readonly thread: string
  /** Counts the notifications of this group; part of their idempotency keys. */
  readonly sequence: number
}

export interface ToldAlert {
  readonly level: Level
  readonly episodeId: string
  /** `Episode.fires` when it was told. */
  readonly fires: number
  /** It was told as flapping: it is held back until it is steady. */
  readonly flapping?: true
}
