import { createHash } from 'node:crypto'
import { alertLine } from '../message/words.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import { type Level, worse } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import { type Decision, decide } from './decide.ts'
import { notifiedAlert } from './notified-alert.ts'
import { receiversOf, type Route } from './receivers.ts'

export interface PlanInput {
  readonly monitor: string
  readonly route: Route
  /** Whether each receiver hears of ends, by name; the names are all receivers there are. */
  readonly sendResolved: Readonly<Record<string, boolean>>
  readonly repeatInterval: number
  readonly timeZone: string
  readonly now: number
  /** Alerts that fire, and those that somebody is still owed the end of. By fingerprint. */
  readonly alerts: ReadonlyMap<string, AlertRecord>
  /** The ledger of this monitor. */
  readonly entries: readonly GroupEntry[]
  /** How many series a rule watches. */
  watched(rule: string): number
}

/** What to send and what the ledger says once it is queued. */
export interface Plan {
  readonly messages: readonly PlannedMessage[]
  /** Entries that changed, for receivers that were not told anything too. */
  readonly entries: readonly GroupEntry[]
}

export interface PlannedMessage {
  /** The idempotency key: the same decision made twice gives the same one. */
  readonly id: string
  readonly notification: Notification
}

/** What one receiver and key hold at this moment. */
interface Group {
  readonly receiver: string
  readonly key: string
  readonly firing: Map<string, AlertRecord>
  readonly entry: GroupEntry | undefined
}

/** Decides for every receiver what it is told now. Pure. */
export function planNotifications(input: PlanInput): Plan {
  const messages: PlannedMessage[] = []
  const entries: GroupEntry[] = []
  for (const group of groupsOf(input)) {
    const outcome = flush(group, input)
    if (outcome.entry !== undefined) entries.push(outcome.entry)
    if (outcome.message !== undefined) messages.push(outcome.message)
  }
  return { messages, entries }
}

const groupKey = (monitor: string, rule: string): string => `${monitor}/${rule}`
const entryId = (receiver: string, key: string): string => `${receiver}/${key}`

function groupsOf({ monitor, route, sendResolved, alerts, entries }: PlanInput): Iterable<Group> {
  const all = Object.keys(sendResolved)
  const groups = new Map<string, Group>()
  for (const entry of entries) groups.set(entry.id, { receiver: entry.receiver, key: entry.key, firing: new Map(), entry })
  for (const [fingerprint, record] of alerts) {
    const key = groupKey(monitor, record.subject.rule)
    const matched = receiversOf(record.subject, record.state.level, route, all)
    // Where the new level is told to nobody, those who heard of it hear its end.
    const told = entries.filter((entry) => entry.key === key && fingerprint in entry.firing && all.includes(entry.receiver)).map(({ receiver }) => receiver)
    for (const receiver of matched.length > 0 || record.state.level === 'none' ? matched : told) {
      const id = entryId(receiver, key)
      const group = groups.get(id) ?? { receiver, key, firing: new Map(), entry: undefined }
      group.firing.set(fingerprint, record)
      groups.set(id, group)
    }
  }
  return groups.values()
}

function flush(group: Group, input: PlanInput): { readonly entry?: GroupEntry; readonly message?: PlannedMessage } {
  const { receiver, key, firing, entry } = group
  const { now, sendResolved, repeatInterval } = input
  // A receiver that was taken out of the configuration cannot be told any more.
  if (!(receiver in sendResolved)) return entry === undefined || Object.keys(entry.firing).length === 0 ? {} : { entry: { ...entry, firing: {}, at: now } }

  const ended = Object.keys(entry?.firing ?? {}).filter((fingerprint) => !firing.has(fingerprint))
  const decision = decide({
    entry,
    firing: new Map([...firing].map(([fingerprint, { state }]) => [fingerprint, state.level])),
    resolved: new Set(ended),
    now,
    repeatInterval,
    sendResolved: sendResolved[receiver] ?? true,
  })
  if (decision === 'nothing') return {}

  const sequence = (entry?.sequence ?? 0) + 1
  const begins = entry === undefined || Object.keys(entry.firing).length === 0
  const next: GroupEntry = {
    id: entryId(receiver, key),
    monitor: input.monitor,
    receiver,
    key,
    firing: Object.fromEntries([...firing].map(([fingerprint, { state }]) => [fingerprint, { level: state.level, episodeId: state.episode?.id ?? '' }])),
    resolved: ended,
    at: now,
    thread: begins ? `${key}/${sequence}@${now}` : entry.thread,
    sequence,
  }
  const message = { id: idempotencyKey(next, entry?.firing ?? {}), notification: notificationOf(group, next, ended, decision, input) }
  // Nothing is left to say where only ends are new and the receiver does not want to hear them.
  return message.notification.alerts.length === 0 ? { entry: next } : { entry: next, message }
}

/** Of what is told, not only of its place in the ledger: a new ledger counts from one again, and must not repeat the keys of the last one. */
function idempotencyKey({ monitor, receiver, key, sequence, firing, resolved }: GroupEntry, before: GroupEntry['firing']): string {
  return createHash('sha256').update(JSON.stringify([monitor, receiver, key, sequence, firing, resolved.map((fingerprint) => [fingerprint, before[fingerprint]])])).digest('hex').slice(0, 32)
}

function notificationOf(group: Group, next: GroupEntry, ended: readonly string[], decision: Exclude<Decision, 'nothing'>, input: PlanInput): Notification {
  const { receiver, key, firing, entry } = group
  const { alerts, now, monitor, timeZone } = input
  const goingOn = [...firing].map(([fingerprint, record]) => notifiedAlert(record, entry?.firing[fingerprint], true, now))
  const gone = ended.flatMap((fingerprint) => {
    const record = alerts.get(fingerprint)
    return record === undefined ? [] : [notifiedAlert(record, entry?.firing[fingerprint], false, now)]
  })
  const told = input.sendResolved[receiver] === false ? goingOn : [...goingOn, ...gone]
  const rerouted = decision === 'allResolved' && gone.every(({ resolveReason }) => resolveReason === 'rerouted')
  const others = [...alerts].filter(([fingerprint, { state }]) => state.level !== 'none' && !told.some(({ subject }) => subject.fingerprint === fingerprint))
  return {
    key,
    thread: next.thread,
    monitor,
    receiver,
    reason: rerouted ? 'rerouted' : decision,
    level: goingOn.reduce<Level>((level, alert) => worse(level, alert.level), 'none'),
    at: now,
    alerts: told,
    watched: Math.max(input.watched(told[0]?.subject.rule ?? ''), told.length),
    alsoFiring: { lines: others.slice(0, MOST_OTHERS).map(([, record]) => alertLine(notifiedAlert(record, undefined, true, now), now)), count: others.length },
    timeZone,
  }
}

/** Lines about other alerts that a notification carries; the rest is counted. */
const MOST_OTHERS = 5
