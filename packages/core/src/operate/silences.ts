import { ConfigError, TocsinError } from '../errors.ts'
import type { AlertRecord } from '../model/alert.ts'
import { labelsNow } from '../routing/labels-now.ts'
import { createSilence, editSilence as changeSilence, expireSilence as expire, type SilenceEditReason, type SilenceOutcome } from '../routing/silence-edit.ts'
import type { SilenceChange, SilenceInput } from '../routing/silence-input.ts'
import { findSilences, openSilence, type Silence, type SilenceQuery, type SilenceStatus, silenceStatus } from '../routing/silence.ts'
import type { Store, Stored, Transaction } from '../store/store.ts'

/** What a silence would hide, and how it would be kept. */
export interface SilencePreview {
  readonly silence: Silence
  /** Alerts that it hides as they are now; for one that has not begun, those it would hide if it had. */
  readonly hides: readonly AlertRecord[]
}

export interface SilenceContext {
  readonly monitor: string
  /** The id of the silence to make. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * What a silence would be and hide, without keeping it.
 *
 * @throws ConfigError with everything that is wrong with the input.
 */
export function previewSilence(store: Store, input: SilenceInput, context: SilenceContext): Promise<SilencePreview> {
  return store.transaction((tx) => preview(tx, input, context))
}

/**
 * Keeps a silence. A process that runs the monitor heeds it from its next look at the store: at the latest one interval later, and before
 * anything more is told.
 *
 * @throws ConfigError with everything that is wrong with the input.
 */
export function addSilence(store: Store, input: SilenceInput, context: SilenceContext): Promise<SilencePreview> {
  return store.transaction(async (tx) => {
    const made = await preview(tx, input, context)
    await tx.silences.put({ id: context.id, monitor: context.monitor, value: made.silence }, 0)
    return made
  })
}

/** A silence with its state at this moment. */
export interface ListedSilence {
  readonly silence: Silence
  readonly status: SilenceStatus
}

/** The silences that a query selects, those that end last first. */
export function listSilences(store: Store, monitor: string, query: SilenceQuery, now: number): Promise<readonly ListedSilence[]> {
  return store.transaction(async (tx) => {
    const opened = (await tx.silences.list(monitor)).map(({ value }) => openSilence(value))
    const listed = findSilences(opened, query, now).map((silence) => ({ silence, status: silenceStatus(openSilence(silence), now) }))
    return listed.toSorted((a, b) => (b.silence.endsAt ?? Infinity) - (a.silence.endsAt ?? Infinity) || a.silence.startsAt - b.silence.startsAt)
  })
}

/**
 * Ends a silence now.
 *
 * @param id the beginning of its id.
 * @throws TocsinError E601 when there is none, or more than one, or it is over.
 */
export function expireSilence(store: Store, monitor: string, id: string, now: number): Promise<Silence> {
  return store.transaction(async (tx) => {
    const row = await liveSilence(tx, monitor, id, now)
    const ended = expire(row.value, now)
    await tx.silences.put({ ...row, value: ended }, row.version)
    return ended
  })
}

/**
 * Changes a silence. What it hid in the past stays on record: where that would change, the old one ends and a new one goes on.
 *
 * @param id the beginning of the id of the silence to change.
 * @param context its `id` is for the new silence, where one is made.
 * @throws TocsinError E601 when there is none, or more than one, or it is over. ConfigError with everything that is wrong with the change.
 */
export function editSilence(store: Store, id: string, change: SilenceChange, context: SilenceContext): Promise<SilencePreview & { readonly reason: SilenceEditReason }> {
  return store.transaction(async (tx) => {
    const { monitor, now } = context
    const row = await liveSilence(tx, monitor, id, now)
    const alerts = await ongoing(tx, monitor)
    const edited = sound(changeSilence(row.value, change, { id: context.id, now, ongoing: alerts.map(labelsNow) }))
    for (const value of edited.silences) await tx.silences.put({ id: value.id, monitor, value }, value.id === row.id ? row.version : 0)
    const silence = edited.silences.at(-1) ?? row.value
    return { silence, hides: hiddenBy(silence, alerts), reason: edited.reason }
  })
}

async function liveSilence(tx: Transaction, monitor: string, id: string, now: number): Promise<Stored<Silence>> {
  const all = await tx.silences.list(monitor)
  const exact = all.find((row) => row.id === id)
  const found = exact === undefined ? all.filter((row) => row.id.startsWith(id)) : [exact]
  const live = found.filter(({ value }) => silenceStatus(openSilence(value), now).state !== 'expired')
  const [row] = live
  if (row === undefined) {
    throw new TocsinError('E601', found.length === 0 ? `no silence is called "${id}"` : `the silence ${found[0]?.id} is over already`, { where: monitor, fix: 'run "tocsin silence list" for those that hold' })
  }
  if (live.length > 1) throw new TocsinError('E601', `"${id}" is the beginning of ${live.length} silences`, { where: monitor, fix: `write more of it: ${live.map((one) => one.id).join(', ')}` })
  return row
}

async function preview(tx: Transaction, input: SilenceInput, { monitor, id, now }: SilenceContext): Promise<SilencePreview> {
  const alerts = await ongoing(tx, monitor)
  const { silence } = sound(createSilence(input, { id, now, ongoing: alerts.map(labelsNow) }))
  return { silence, hides: hiddenBy(silence, alerts) }
}

/** Alerts that are firing or recovering. */
async function ongoing(tx: Transaction, monitor: string): Promise<readonly AlertRecord[]> {
  return (await tx.alerts.list(monitor)).map(({ value }) => value).filter(({ state }) => state.level !== 'none')
}

function hiddenBy(silence: Silence, alerts: readonly AlertRecord[]): readonly AlertRecord[] {
  const { matches } = openSilence(silence)
  return alerts.filter((alert) => matches(labelsNow(alert)))
}

function sound<Done>(outcome: SilenceOutcome<Done>): Done {
  if (outcome.ok) return outcome
  throw new ConfigError(
    outcome.problems.map(({ error }) => error),
    outcome.problems.map(({ path }) => path),
  )
}
