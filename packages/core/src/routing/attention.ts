import type { Phase } from '../model/alert.ts'
import { type Level, rank } from '../model/level.ts'

/** Somebody has taken an alert on. Times are milliseconds since the epoch. */
export interface Acknowledgement {
  readonly by: string
  readonly at: number
  /** Survives a rise of the level. */
  readonly sticky: boolean
  /** Ends at this time. Absent: it does not expire. */
  readonly until?: number
  readonly comment?: string
}

/** Nobody wants to hear of an alert until a time. Times are milliseconds since the epoch. */
export interface Snooze {
  readonly by: string
  readonly at: number
  readonly until: number
  /** Survives critical. */
  readonly evenCritical: boolean
}

/** What people have said about one episode of an alert. Plain JSON of constant size; absent when nobody has said anything. */
export interface Attention {
  readonly episodeId: string
  /** The alert's level when last looked at: a rise is seen against it. */
  readonly level: Level
  readonly ack?: Acknowledgement
  readonly snooze?: Snooze
}

/** What attention reads of an alert. */
export interface AttendedAlert {
  readonly phase: Phase
  readonly level: Level
  readonly episodeId: string
}

/** Something said that holds no longer, and why. */
export type AttentionEnd =
  | { readonly what: 'ack'; readonly reason: 'resolved' | 'newEpisode' | 'levelRose' | 'expired' | 'snoozeEnded' | 'unacknowledged' }
  | { readonly what: 'snooze'; readonly reason: 'resolved' | 'newEpisode' | 'critical' | 'elapsed' | 'acknowledged' | 'unsnoozed' }

export interface AttentionReview {
  readonly attention?: Attention
  readonly ended: readonly AttentionEnd[]
  /** When to look again though nothing happens: the first end that is due. */
  readonly nextAt?: number
}

/** What may be sent about an alert. `notice` is a first word or a change, `step` one of the escalation. */
export type Delivery = 'notice' | 'repeat' | 'step' | 'resolve'

/**
 * What is left of what people have said, now that the alert is as it is. An acknowledgement ends with the episode, at its expiry, with
 * the snooze it ran beside, and with any rise of the level unless it is sticky; a fall of the level keeps it. A snooze ends with
 * the episode, at its time, and at critical unless it is meant for that too. Ends at a time are due from that instant on.
 */
export function reviewAttention(attention: Attention | undefined, alert: AttendedAlert, now: number): AttentionReview {
  if (attention === undefined) return { ended: [] }
  const { ack, snooze } = attention
  const over = alert.phase === 'inactive' ? 'resolved' : alert.episodeId === attention.episodeId ? undefined : 'newEpisode'
  const snoozeEnd = snooze && (over ?? (alert.level === 'critical' && !snooze.evenCritical ? 'critical' : now >= snooze.until ? 'elapsed' : undefined))
  const rose = rank(alert.level) > rank(attention.level)
  const expired = ack?.until !== undefined && now >= ack.until
  const ackEnd = ack && (over ?? (rose && !ack.sticky ? 'levelRose' : snoozeEnd === 'elapsed' ? 'snoozeEnded' : expired ? 'expired' : undefined))
  const ended: AttentionEnd[] = []
  if (ackEnd !== undefined) ended.push({ what: 'ack', reason: ackEnd })
  if (snoozeEnd !== undefined) ended.push({ what: 'snooze', reason: snoozeEnd })
  const left = attentionOf(alert, ackEnd === undefined ? ack : undefined, snoozeEnd === undefined ? snooze : undefined)
  const nextAt = Math.min(left?.ack?.until ?? Infinity, left?.snooze?.until ?? Infinity)
  return { ...(left === undefined ? {} : { attention: left }), ended, ...(nextAt === Infinity ? {} : { nextAt }) }
}

/** Why something may not be sent; `undefined` when it may. The end of an alert always may: whoever was told is owed it. */
export function stoppedBy(attention: Attention | undefined, delivery: Delivery): 'snoozed' | 'acknowledged' | undefined {
  if (delivery === 'resolve') return undefined
  if (attention?.snooze !== undefined) return 'snoozed'
  return attention?.ack !== undefined && delivery !== 'notice' ? 'acknowledged' : undefined
}

/** The state for what is said, or `undefined` when that is nothing. */
export function attentionOf({ episodeId, level }: AttendedAlert, ack: Acknowledgement | undefined, snooze: Snooze | undefined): Attention | undefined {
  if (ack === undefined && snooze === undefined) return undefined
  return { episodeId, level, ...(ack === undefined ? {} : { ack }), ...(snooze === undefined ? {} : { snooze }) }
}
