import { createHash } from 'node:crypto'
import { alertLine, worstFirst } from '../message/words.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import { type Level, worse } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import type { Decision } from './decide.ts'
import { notifiedAlert } from './notified-alert.ts'
import type { PlanInput } from './plan.ts'

/** A group whose receiver is told. */
interface ToldGroup {
  readonly receiver: string
  readonly key: string
  /** What fires and is not muted, by fingerprint. */
  readonly audible: ReadonlyMap<string, AlertRecord>
  /** What has ended, by fingerprint. */
  readonly ended: readonly string[]
  /** The ledger before and after. */
  readonly entry: GroupEntry
  readonly next: GroupEntry
  readonly decision: Exclude<Decision, 'nothing'>
  readonly sendResolved: boolean
}

/**
 * The same for the same notification of the same group, however often it is decided. Of what is told, not only of its place in the
 * ledger: a new ledger counts from one again, and must not repeat the keys of the last one.
 */
export function idempotencyKey({ monitor, receiver, key, sequence, firing, resolved }: GroupEntry, before: GroupEntry['firing']): string {
  return createHash('sha256').update(JSON.stringify([monitor, receiver, key, sequence, firing, resolved.map((fingerprint) => [fingerprint, before[fingerprint]])])).digest('hex').slice(0, 32)
}

/** @param firingInAll how many alerts of the monitor fire. */
export function notificationOf(group: ToldGroup, { alerts, now, monitor, timeZone, watched }: Pick<PlanInput, 'alerts' | 'now' | 'monitor' | 'timeZone' | 'watched'>, firingInAll: number): Notification {
  const { receiver, key, audible, ended, entry, next, decision, sendResolved } = group
  const goingOn = [...audible].map(([fingerprint, record]) => notifiedAlert(record, entry.firing[fingerprint], true, now))
  const gone = ended.flatMap((fingerprint) => {
    const record = alerts.get(fingerprint)
    return record === undefined ? [] : [notifiedAlert(record, entry.firing[fingerprint], false, now)]
  })
  const told = worstFirst(sendResolved ? [...goingOn, ...gone] : goingOn)
  const toldNow = new Set(told.map(({ subject }) => subject.fingerprint))
  const firingNow = told.filter(({ subject }) => alerts.get(subject.fingerprint)?.state.level !== 'none').length
  const rerouted = decision === 'allResolved' && gone.every(({ resolveReason }) => resolveReason === 'rerouted')
  return {
    key: `${monitor}${key}`,
    thread: next.thread,
    monitor,
    receiver,
    reason: rerouted ? 'rerouted' : decision,
    level: goingOn.reduce<Level>((level, alert) => worse(level, alert.flapping && alert.level === 'none' ? 'warning' : alert.level), 'none'),
    at: now,
    alerts: told,
    watched: Math.max(watched(told[0]?.subject.rule ?? ''), told.length),
    alsoFiring: { lines: someOthers(alerts, toldNow).map((record) => alertLine(notifiedAlert(record, undefined, true, now), now)), count: firingInAll - firingNow },
    timeZone,
  }
}

/** Lines about other alerts that a notification carries; the rest is counted. */
const MOST_OTHERS = 5

/** Alerts that fire and are not told now, as many as are shown: with thousands of groups nobody can look through all alerts for each. */
function someOthers(alerts: ReadonlyMap<string, AlertRecord>, told: ReadonlySet<string>): AlertRecord[] {
  const others: AlertRecord[] = []
  for (const [fingerprint, record] of alerts) {
    if (others.length === MOST_OTHERS) break
    if (record.state.level !== 'none' && !told.has(fingerprint)) others.push(record)
  }
  return others
}
