import type { Level } from './level.ts'

/**
 * The ledger: what one receiver was last told about one group of alerts. Whoever is in `firing` is owed the end.
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
  /** Time of the evaluation that was last told, milliseconds since the epoch. */
  readonly at: number
  /** Names the stretch since something first fired: see `Notification.thread`. */
  readonly thread: string
  /** Counts the notifications of this group; part of their idempotency keys. */
  readonly sequence: number
}

export interface ToldAlert {
  readonly level: Level
  readonly episodeId: string
}
