import { TocsinError } from '../../errors.ts'
import type { AlertRecord, AlertSubject } from '../../model/alert.ts'
import type { Notification } from '../../model/notification.ts'
import type { Transition } from '../../model/transition.ts'
import type { Silence } from '../../routing/silence.ts'
import type { DecisionRecord } from '../../store/decisions.ts'
import type { DeliveryAttempt } from '../../model/delivery-attempt.ts'
import type { OutboxRow } from '../../store/outbox.ts'
import type { Transaction } from '../../store/store.ts'
import type { AlertChoice } from '../attend.ts'
import { findAlert, isCalled, SHORTEST } from '../find-alert.ts'

/** A message as far as it is kept. */
export interface KeptMessage {
  readonly row: Extract<OutboxRow, { readonly notification: Notification }> | undefined
  /** Begun by the instant that is explained. */
  readonly attempts: readonly DeliveryAttempt[]
}

/** What was decided of one receiver and group while the episode lasted, oldest first. */
export interface GroupCourse {
  readonly receiver: string
  readonly key: string
  readonly decisions: readonly DecisionRecord[]
}

/** Everything that is stored about one alert and its last episode, up to one instant. */
export interface Evidence {
  readonly fingerprint: string
  /** The alert as it is now. */
  readonly alert: AlertRecord | undefined
  /** What it is about: of an alert that was forgotten, as the last message about it says. */
  readonly subject: AlertSubject | undefined
  readonly episode: string | undefined
  /** When the episode began, or the first of those in which it flaps, milliseconds since the epoch; the instant itself without one. */
  readonly from: number
  /** Of the episode, oldest first. */
  readonly events: readonly Transition[]
  /** Whether nothing has happened to it since. */
  readonly current: boolean
  readonly groups: readonly GroupCourse[]
  /** Whether of a group with very many decisions the older ones that do not name the alert were left out. */
  readonly shortened: boolean
  /** By id. */
  readonly messages: ReadonlyMap<string, KeptMessage>
  /** By id. */
  readonly silences: ReadonlyMap<string, Silence>
  /** All alerts of the monitor, by fingerprint: those that hold others back have names. */
  readonly alerts: ReadonlyMap<string, AlertRecord>
}

/** More of one alert is in no episode that a person reads. */
const MOST = 1_000

/**
 * @param measured what it is about, where no alert is kept of it.
 * @throws TocsinError E601 when there is no such alert, or more than one.
 */
export async function readEvidence(tx: Transaction, choice: AlertChoice, at: number, measured?: AlertSubject): Promise<Evidence> {
  const { monitor } = choice
  const found: Found = measured === undefined ? await findRemembered(tx, choice) : { fingerprint: measured.fingerprint, alert: undefined, subject: measured }
  const { fingerprint } = found
  const all = await tx.events.list({ monitor, fingerprint, until: at, limit: MOST })
  const [newest] = await tx.events.list({ monitor, fingerprint, limit: 1 })
  const episode = all.findLast(({ episodeId }) => episodeId !== undefined)?.episodeId
  const events = episode === undefined ? [] : all.slice(firstOf(all, episode))
  const from = events[0]?.at ?? at
  const groups = await coursesOf(tx, { monitor, fingerprint, from, until: at })
  const ids = new Set(groups.flatMap(({ decisions }) => decisions.flatMap(({ message }) => message ?? [])))
  const messages = new Map<string, KeptMessage>()
  for (const id of ids) {
    const attempts = await tx.deliveries.list({ monitor, id, limit: MOST })
    const row = await tx.outbox.get(id)
    messages.set(id, { row: row?.notification === undefined ? undefined : row, attempts: attempts.filter(({ begunAt }) => begunAt <= at) })
  }
  return {
    fingerprint,
    alert: found.alert,
    subject: found.alert?.subject ?? found.subject,
    episode,
    from,
    events,
    current: newest === undefined || newest.at <= at,
    groups,
    shortened: groups.some(({ decisions }) => decisions.length >= MOST),
    messages,
    silences: new Map((await tx.silences.list(monitor)).map(({ id, value }) => [id, value])),
    alerts: new Map((await tx.alerts.list(monitor)).map(({ id, value }) => [id, value])),
  }
}

/** The first event that matters: that of the episode, or of the one in which it began to flap, since it was told that it does. */
function firstOf(events: readonly Transition[], episode: string): number {
  const flap = events.findLast(({ kind }) => kind === 'flapStart' || kind === 'flapEnd')
  const begun = flap?.kind === 'flapStart' && flap.episodeId !== undefined ? events.findIndex(({ episodeId }) => episodeId === flap.episodeId) : Infinity
  return Math.min(begun, events.findIndex(({ episodeId }) => episodeId === episode))
}

type Found = Pick<Evidence, 'fingerprint' | 'alert'> & { readonly subject?: AlertSubject }

/**
 * An alert of which the record was forgotten, because its resource is gone or days have passed since its end, is found by the messages about it, and
 * after those by its events, if it is named by its fingerprint.
 */
async function findRemembered(tx: Transaction, { monitor, id }: AlertChoice): Promise<Found> {
  try {
    const alert = await findAlert(tx, monitor, id)
    return { fingerprint: alert.subject.fingerprint, alert }
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error
    const told = new Map((await tx.outbox.list(monitor)).flatMap(({ notification }) => (notification?.alerts ?? []).map(({ subject }) => [subject.fingerprint, subject] as const)))
    const [subject, ...others] = [...told.values()].filter((one) => isCalled(one, id))
    if (subject !== undefined && others.length === 0) return { fingerprint: subject.fingerprint, alert: undefined, subject }
    const [only, ...more] = id.length >= SHORTEST ? await tx.events.fingerprints({ monitor, beginning: id, limit: 2 }) : []
    if (only === undefined || more.length > 0) throw error
    return { fingerprint: only, alert: undefined }
  }
}

async function coursesOf(tx: Transaction, { fingerprint, ...span }: { readonly monitor: string; readonly fingerprint: string; readonly from: number; readonly until: number }): Promise<GroupCourse[]> {
  const naming = await tx.decisions.list({ ...span, fingerprint, limit: MOST })
  const groups = new Map(naming.map(({ receiver, key }) => [`${receiver}${key}`, { receiver, key }]))
  const courses: GroupCourse[] = []
  for (const group of groups.values()) {
    const newest = await tx.decisions.list({ ...span, group, limit: MOST })
    const [first] = newest
    // In a busy group others may have pushed out the very decision that says why nobody is told.
    const named = newest.length < MOST || first === undefined ? [] : naming.filter(({ receiver, key, at }) => receiver === group.receiver && key === group.key && at < first.at)
    courses.push({ ...group, decisions: [...named, ...newest] })
  }
  return courses.toSorted((a, b) => (a.receiver === b.receiver ? (a.decisions[0]?.at ?? 0) - (b.decisions[0]?.at ?? 0) : a.receiver < b.receiver ? -1 : 1))
}
