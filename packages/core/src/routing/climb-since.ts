import type { AlertRecord } from '../model/alert.ts'
import { type Attention, attentionOf, type AttentionEnd, type AttentionReview, reviewAttention } from './attention.ts'
import { type Climb, climb, type ClimbInput } from './climb.ts'
import { labelsNow } from './labels-now.ts'
import { hides, type OpenSilence } from './silence.ts'

export interface ClimbSinceInput extends Pick<ClimbInput, 'record' | 'before' | 'steps' | 'receivers' | 'now'> {
  /** What people said, as it is stored. */
  readonly attention: Attention | undefined
  /** Silences that hold, and those that have ended since the last look. */
  readonly silences: readonly OpenSilence[]
  /** Whether something but a silence or a snooze keeps the alert back. */
  readonly muted: boolean
}

/**
 * Moves an escalation on to this instant by way of all that began or ended since it was last looked at: between two single passes a
 * silence or a snooze may have come and gone, and the time in it does not count.
 */
export function climbSince({ record, before, steps, receivers, now, attention, silences, muted }: ClimbSinceInput): Climb {
  const matching = silences.filter(({ matches }) => matches(labelsNow(record)))
  const due = new Set<string>()
  const over = new Set<string>()
  let climbed: Climb = { ...before, due: [], nextAt: Infinity }
  for (const at of instantsSince(before.escalation?.at ?? record.state.episode?.firedAt ?? now, now, attention, matching)) {
    const { attention: holds, ended } = reviewAt(attention, record, at)
    const news = ended.filter((end) => !over.has(keyOf(end)))
    for (const end of news) over.add(keyOf(end))
    const hidden = muted || matching.some((silence) => hides(silence, labelsNow(record), at))
    climbed = climb({ record, before: climbed, attention: holds, ended: news, steps, muted: hidden, receivers, now: at })
    for (const receiver of climbed.due) due.add(receiver)
  }
  return { ...climbed, due: [...due] }
}

const keyOf = ({ what, reason }: AttentionEnd): string => `${what} ${reason}`

/** This instant, after those at which a silence, an acknowledgement or a snooze began or ended. */
function instantsSince(since: number, now: number, attention: Attention | undefined, silences: readonly OpenSilence[]): number[] {
  const { ack, snooze } = attention ?? {}
  const turns = [...silences.flatMap(({ silence }) => [silence.startsAt, silence.endsAt]), ack?.at, ack?.until, snooze?.at, snooze?.until]
  return [...new Set([...turns.filter((at) => at !== undefined && at > since && at < now), now])].filter((at) => at !== undefined).toSorted((a, b) => a - b)
}

/** What people had said by an instant, as it held then. */
function reviewAt(attention: Attention | undefined, { state }: AlertRecord, at: number): AttentionReview {
  const alert = { phase: state.phase, level: state.level, episodeId: state.episode?.id ?? '' }
  if (attention === undefined) return { ended: [] }
  const { ack, snooze, ...rest } = attention
  const said = attentionOf({ ...alert, ...rest }, ack !== undefined && ack.at <= at ? ack : undefined, snooze !== undefined && snooze.at <= at ? snooze : undefined)
  return reviewAttention(said, alert, at)
}
