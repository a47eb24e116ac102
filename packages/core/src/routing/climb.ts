import type { AlertRecord } from '../model/alert.ts'
import type { Attention, AttentionEnd } from './attention.ts'
import { escalationEvents } from './attention-events.ts'
import { escalate, type EscalationEvent, type EscalationHold, type EscalationState, type EscalationStep } from './escalation.ts'

export interface ClimbInput {
  readonly record: AlertRecord
  /** The escalation so far, and who was told by it. */
  readonly before: { readonly escalation?: EscalationState; readonly reached?: readonly string[] }
  /** What people said of the alert as it holds now, and what of it has just ended. */
  readonly attention: Attention | undefined
  readonly ended: readonly AttentionEnd[]
  /** Steps of its route, for an episode that begins. */
  readonly steps: readonly EscalationStep[]
  /** Whether the alert may not be told now, for another reason than a snooze. */
  readonly muted: boolean
  /** Receivers there are: a step that names none of them is empty. */
  readonly receivers: readonly string[]
  readonly now: number
}

export interface Climb {
  readonly escalation?: EscalationState
  readonly reached?: readonly string[]
  /** Receivers to tell now. */
  readonly due: readonly string[]
  /** When the next step is due, milliseconds since the epoch; `Infinity` when none is. */
  readonly nextAt: number
}

/** Moves the escalation of one alert on to this instant, by what has become of the alert and of what people said. Pure. */
export function climb(input: ClimbInput): Climb {
  const { record, before, receivers, now } = input
  const { state, due, nextAt = Infinity } = escalate(before.escalation, eventsOf(input), now, (name) => (receivers.includes(name) ? [name] : []))
  if (state === undefined) return { due: [], nextAt: Infinity }
  const notify = [...new Set(due.flatMap((step) => step.notify))]
  const reached = before.escalation?.episodeId === record.state.episode?.id ? (before.reached ?? []) : []
  const all = [...new Set([...reached, ...notify])]
  return { escalation: state, ...(all.length === 0 ? {} : { reached: all }), due: notify, nextAt }
}

function eventsOf({ record, before: { escalation }, attention, ended, steps, muted, now }: ClimbInput): EscalationEvent[] {
  const { level, episode } = record.state
  if (level === 'none' || episode === undefined) return escalation === undefined ? [] : [{ type: 'resolved' }]
  const holds: EscalationHold[] = [...(muted ? (['muted'] as const) : []), ...(attention?.snooze === undefined ? [] : (['snoozed'] as const))]
  if (escalation?.episodeId !== episode.id) {
    const begins: EscalationEvent[] = steps.length === 0 ? [] : [{ type: 'fired', episodeId: episode.id, level, firedAt: episode.firedAt ?? now, steps, heldBy: holds }]
    return [...(escalation === undefined ? [] : [{ type: 'resolved' } as const]), ...begins, ...taken(attention)]
  }
  const held = (by: EscalationHold): boolean => escalation.heldBy.includes(by)
  return [
    { type: 'levelChanged', level, sticky: attention?.ack?.sticky ?? false },
    ...escalationEvents(ended),
    // What people ended themselves is seen only by its being gone.
    ...(escalation.acknowledged && attention?.ack === undefined ? [{ type: 'unacknowledged' } as const] : []),
    ...(held('snoozed') && attention?.snooze === undefined ? [attention?.ack === undefined ? ({ type: 'snoozeEnded' } as const) : ({ type: 'released', by: 'snoozed' } as const)] : []),
    ...holds.map((by) => ({ type: 'held', by }) as const),
    ...(held('muted') && !muted ? [{ type: 'released', by: 'muted' } as const] : []),
    ...taken(attention),
  ]
}

const taken = (attention: Attention | undefined): EscalationEvent[] => (attention?.ack === undefined ? [] : [{ type: 'acknowledged' }])
