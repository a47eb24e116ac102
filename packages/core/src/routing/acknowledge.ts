import { TocsinError } from '../errors.ts'
import { type Acknowledgement, type AttendedAlert, type Attention, type AttentionEnd, attentionOf, reviewAttention } from './attention.ts'

export interface AcknowledgeRequest {
  /** Who takes the alert on. */
  readonly by: string
  /** Whether it survives a rise of the level. Default false. */
  readonly sticky?: boolean
  /** When it ends by itself, milliseconds since the epoch. Default: never. */
  readonly until?: number
  readonly comment?: string
}

export interface AcknowledgeOutcome {
  readonly attention: Attention
  readonly outcome: 'acknowledged' | 'alreadyAcknowledged'
  /** The one that holds: the first owner's. */
  readonly ack: Acknowledgement
  /** What ended by it, or had ended before: a snooze, an earlier acknowledgement. */
  readonly ended: readonly AttentionEnd[]
}

/**
 * Takes an alert on: repeats and escalation steps stop, the end is still told, a snooze is over. A second one while the first holds
 * changes nothing and keeps the first owner. A pending alert can be acknowledged; firing is a rise of its level and ends that again
 * unless it is sticky.
 *
 * @throws TocsinError E602 when the alert is inactive, E600 when `until` is not after `now`.
 */
export function acknowledge(attention: Attention | undefined, alert: AttendedAlert, request: AcknowledgeRequest, now: number): AcknowledgeOutcome {
  if (alert.phase === 'inactive') throw new TocsinError('E602', 'there is nothing to acknowledge', { fix: 'the alert has ended; acknowledge it when it fires again' })
  const { by, sticky = false, until, comment } = request
  if (until !== undefined && !(until > now)) throw new TocsinError('E600', 'an acknowledgement cannot end before it begins', { fix: 'give a time to come, or none' })
  const review = reviewAttention(attention, alert, now)
  const first = review.attention?.ack
  const ack = first ?? { by, at: now, sticky, ...(until === undefined ? {} : { until }), ...(comment === undefined ? {} : { comment }) }
  const cancelled: AttentionEnd[] = review.attention?.snooze === undefined ? [] : [{ what: 'snooze', reason: 'acknowledged' }]
  return {
    attention: { episodeId: alert.episodeId, level: alert.level, ack },
    outcome: first === undefined ? 'acknowledged' : 'alreadyAcknowledged',
    ack,
    ended: [...review.ended, ...cancelled],
  }
}

/** Gives an alert back: the escalation begins again at its first step. Does nothing where nothing is acknowledged. A snooze stays. */
export function unacknowledge(attention: Attention | undefined, alert: AttendedAlert, now: number): { readonly attention?: Attention; readonly ended: readonly AttentionEnd[] } {
  const review = reviewAttention(attention, alert, now)
  if (review.attention?.ack === undefined) return review
  const left = attentionOf(alert, undefined, review.attention.snooze)
  return { ...(left === undefined ? {} : { attention: left }), ended: [...review.ended, { what: 'ack', reason: 'unacknowledged' }] }
}
