import { TocsinError } from '../errors.ts'
import { type AttendedAlert, type Attention, type AttentionEnd, reviewAttention } from './attention.ts'

/** The longest snooze: 7 days, in milliseconds. Whoever wants longer wants a silence. */
export const MAX_SNOOZE = 7 * 86_400_000

export interface SnoozeRequest {
  readonly by: string
  /** When the alert may be heard again, milliseconds since the epoch: after now, at most `MAX_SNOOZE` away. */
  readonly until: number
  /** Whether it holds at critical too. Default false: critical ends it. */
  readonly evenCritical?: boolean
}

/**
 * Keeps an alert quiet for a while: no notices, no repeats, no steps; the end is still told. At its time, if the alert still fires, it
 * is un-acknowledged and the escalation begins again at its first step. An acknowledgement ends a snooze; one that was there before
 * stays beside it. A second snooze replaces the first. It belongs to the episode: an alert that fires anew is heard.
 *
 * @throws TocsinError E602 when the alert is inactive, E600 when `until` is not within the next 7 days, or when the alert is critical
 * and `evenCritical` is not set: such a snooze would end at once.
 */
export function snooze(attention: Attention | undefined, alert: AttendedAlert, request: SnoozeRequest, now: number): { readonly attention: Attention; readonly ended: readonly AttentionEnd[] } {
  const { by, until, evenCritical = false } = request
  if (alert.phase === 'inactive') throw new TocsinError('E602', 'there is nothing to snooze', { fix: 'the alert has ended; a silence covers alerts to come' })
  if (!(until > now && until - now <= MAX_SNOOZE)) throw new TocsinError('E600', 'a snooze ends within the next 7 days', { fix: 'choose a time from now to "7d", or make a silence' })
  if (alert.level === 'critical' && !evenCritical) {
    throw new TocsinError('E600', 'a critical alert is not snoozed by default', { fix: 'acknowledge it, or say that the snooze holds even at critical' })
  }
  const { attention: current, ended } = reviewAttention(attention, alert, now)
  const ack = current?.ack === undefined ? {} : { ack: current.ack }
  return { attention: { episodeId: alert.episodeId, level: alert.level, ...ack, snooze: { by, at: now, until, evenCritical } }, ended }
}

/** Ends a snooze before its time, with all that its time brings: un-acknowledged, first step. Does nothing where nothing is snoozed. */
export function unsnooze(attention: Attention | undefined, alert: AttendedAlert, now: number): { readonly attention?: Attention; readonly ended: readonly AttentionEnd[] } {
  const review = reviewAttention(attention, alert, now)
  if (review.attention?.snooze === undefined) return review
  const ack: AttentionEnd[] = review.attention.ack === undefined ? [] : [{ what: 'ack', reason: 'snoozeEnded' }]
  return { ended: [...review.ended, ...ack, { what: 'snooze', reason: 'unsnoozed' }] }
}
