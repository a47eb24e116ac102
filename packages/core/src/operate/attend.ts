import type { AlertRecord } from '../model/alert.ts'
import type { Transition, TransitionKind } from '../model/transition.ts'
import { acknowledge, type AcknowledgeRequest, unacknowledge } from '../routing/acknowledge.ts'
import type { AttendedAlert, Attention } from '../routing/attention.ts'
import { snooze, type SnoozeRequest, unsnooze } from '../routing/snooze.ts'
import type { Store, Transaction } from '../store/store.ts'
import { findAlert } from './find-alert.ts'

/** Which alert: the beginning of its fingerprint, or `<rule>/<resource>`. */
export interface AlertChoice {
  readonly monitor: string
  readonly id: string
}

export interface Attended {
  readonly alert: AlertRecord
  /** What holds now; absent when nothing does. */
  readonly attention?: Attention
  /** False when what was asked for held already, or there was nothing to end. */
  readonly changed: boolean
}

/**
 * Takes an alert on, also beside a process that runs the monitor: repeats and escalation steps stop from its next look at the store. A
 * second one changes nothing and keeps the first owner.
 *
 * @throws TocsinError E601 for an alert that is not there, E602 for one that has ended.
 */
export async function acknowledgeAlert(store: Store, choice: AlertChoice, request: AcknowledgeRequest, now: number): Promise<Attended> {
  return attend(store, choice, now, request.by, (before, alert) => {
    const { attention, outcome } = acknowledge(before, alert, request, now)
    return { attention, kind: outcome === 'acknowledged' ? 'acknowledged' : undefined, reason: request.comment ?? '' }
  })
}

/** Gives an alert back: its escalation begins again at the first step. */
export async function unacknowledgeAlert(store: Store, choice: AlertChoice, by: string, now: number): Promise<Attended> {
  return attend(store, choice, now, by, (before, alert) => {
    const { attention, ended } = unacknowledge(before, alert, now)
    return { attention, kind: ended.some(({ reason }) => reason === 'unacknowledged') ? 'unacknowledged' : undefined, reason: '' }
  })
}

/**
 * Keeps an alert quiet until a time; its end is told all the same.
 *
 * @throws TocsinError E601 for an alert that is not there, E602 for one that has ended, E600 for a time that cannot be, or a critical alert.
 */
export async function snoozeAlert(store: Store, choice: AlertChoice, request: SnoozeRequest, now: number): Promise<Attended> {
  return attend(store, choice, now, request.by, (before, alert) => ({ attention: snooze(before, alert, request, now).attention, kind: 'snoozed', reason: `until ${new Date(request.until).toISOString()}` }))
}

/** Ends a snooze before its time. */
export async function unsnoozeAlert(store: Store, choice: AlertChoice, by: string, now: number): Promise<Attended> {
  return attend(store, choice, now, by, (before, alert) => {
    const { attention, ended } = unsnooze(before, alert, now)
    return { attention, kind: ended.some(({ reason }) => reason === 'unsnoozed') ? 'unsnoozed' : undefined, reason: '' }
  })
}

interface Change {
  readonly attention?: Attention | undefined
  /** What happened; nothing when all was so already. */
  readonly kind: TransitionKind | undefined
  readonly reason: string
}

function attend(store: Store, { monitor, id }: AlertChoice, now: number, by: string, change: (before: Attention | undefined, alert: AttendedAlert) => Change): Promise<Attended> {
  return store.transaction(async (tx) => {
    const alert = await findAlert(tx, monitor, id)
    const { phase, level, episode } = alert.state
    const stored = await tx.handling.get(alert.subject.fingerprint)
    const { attention, kind, reason } = change(stored?.value.attention, { phase, level, episodeId: episode?.id ?? '' })
    if (kind !== undefined) {
      await putAttention(tx, alert, attention)
      await tx.events.append([transitionOf(alert, kind, by, reason, now)])
    }
    return { alert, ...(attention === undefined ? {} : { attention }), changed: kind !== undefined }
  })
}

async function putAttention(tx: Transaction, { subject: { fingerprint, monitor } }: AlertRecord, attention: Attention | undefined): Promise<void> {
  const stored = await tx.handling.get(fingerprint)
  const { attention: _before, ...rest } = stored?.value ?? {}
  const value = { ...rest, ...(attention === undefined ? {} : { attention }) }
  if (Object.keys(value).length > 0) await tx.handling.put({ id: fingerprint, monitor, value }, stored?.version ?? 0)
  else if (stored !== undefined) await tx.handling.remove(fingerprint, stored.version)
}

function transitionOf({ subject, state }: AlertRecord, kind: TransitionKind, by: string, reason: string, at: number): Transition {
  const { fingerprint, monitor } = subject
  return { fingerprint, monitor, at, kind, from: state.level, to: state.level, value: state.value, code: 'person', reason, by, ...(state.episode === undefined ? {} : { episodeId: state.episode.id }) }
}
