import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import { type Level, rank } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import { type Decision, decide } from './decide.ts'
import { groupKey } from './group-key.ts'
import type { MuteReason } from './mute.ts'
import { idempotencyKey, notificationOf } from './notify-group.ts'
import { receiversOf } from './receivers.ts'
import type { MatchedRoute, RouteMatch } from './route-tree.ts'

export interface PlanInput {
  readonly monitor: string
  /** The compiled route tree. */
  readonly match: RouteMatch
  /** Whether each receiver hears of ends, by name; the names are all receivers there are. */
  readonly sendResolved: Readonly<Record<string, boolean>>
  /** Whether the end of what was told is told even while it is muted. */
  readonly resolveThroughMute: boolean
  readonly timeZone: string
  readonly now: number
  /** Alerts that fire, and those that somebody is still owed the end of. By fingerprint. */
  readonly alerts: ReadonlyMap<string, AlertRecord>
  /** The ledger of this monitor. */
  readonly entries: readonly GroupEntry[]
  /** How many series a rule watches. */
  readonly watched: (rule: string) => number
  /** Why an alert is not to be told on a route now; `undefined` when it may be. The route is unknown for what has ended. */
  readonly muted: (record: AlertRecord, route: MatchedRoute | undefined) => MuteReason | undefined
  /** Whether somebody has taken the alert on: it is not repeated then. */
  readonly acknowledged: (fingerprint: string) => boolean
  /** Who was told of an alert by the steps of its escalation, and who is told by one now. Default: nobody. */
  readonly escalations?: { readonly reached: (fingerprint: string) => readonly string[]; readonly due: (fingerprint: string) => readonly string[] }
  /** Alertmanager's rule for what is repeated: strictly later than the interval, so one that equals `groupInterval` repeats at every second look. Default false. */
  readonly repeatLate?: boolean
  /** Looks at every group now, whatever its timers say: the last chance of a single pass. */
  readonly final?: boolean
}

/** What to send, what the ledger says once it is queued, and when to look again. */
export interface Plan {
  readonly messages: readonly PlannedMessage[]
  /** Entries that changed, for receivers that were not told anything too. */
  readonly entries: readonly GroupEntry[]
  /** What was decided about every group that was looked at, for `explain`. */
  readonly decisions: readonly GroupDecision[]
  /** When the next group is due, milliseconds since the epoch; `Infinity` when none is. */
  readonly nextAt: number
}

export interface PlannedMessage {
  /** The idempotency key: the same decision made twice gives the same one. */
  readonly id: string
  readonly notification: Notification
}

export interface GroupDecision {
  readonly receiver: string
  readonly key: string
  /** `waiting`: it is looked at later, by the timers of its route. `receiverRemoved`: nobody is left to tell. */
  readonly decision: Decision | 'waiting' | 'receiverRemoved'
  /** Alerts that fire and are not told, with the reason. */
  readonly muted: readonly { readonly fingerprint: string; readonly reason: MuteReason }[]
}

/** What one receiver and key hold at this moment. */
interface Group {
  readonly receiver: string
  readonly key: string
  readonly entry: GroupEntry | undefined
  /** The route that gives the timers; absent for a group in which nothing fires any more. */
  route: MatchedRoute | undefined
  readonly firing: Map<string, AlertRecord>
  readonly muted: Map<string, MuteReason>
  /** Alerts that a step of their escalation tells this receiver now. */
  readonly due: Set<string>
}

/** Decides for every receiver what it is told now, and when to look again. Pure. */
export function planNotifications(input: PlanInput): Plan {
  const plan = { messages: [] as PlannedMessage[], entries: [] as GroupEntry[], decisions: [] as GroupDecision[], nextAt: Infinity }
  let firingInAll = 0
  for (const { state } of input.alerts.values()) if (state.level !== 'none') firingInAll += 1
  const looked = { ...input, firingInAll }
  for (const group of groupsOf(input)) look(group, looked, plan)
  return plan
}

const entryId = (receiver: string, key: string): string => `${receiver}${key}`

const NO_ESCALATIONS: NonNullable<PlanInput['escalations']> = { reached: () => [], due: () => [] }

function groupsOf(input: PlanInput): Iterable<Group> {
  const { match, sendResolved, alerts, entries } = input
  const all = Object.keys(sendResolved)
  const groups = new Map<string, Group>()
  for (const entry of entries) groups.set(entry.id, { receiver: entry.receiver, key: entry.key, entry, route: undefined, firing: new Map(), muted: new Map(), due: new Set() })
  for (const [fingerprint, record] of alerts) {
    const { subject, state } = record
    if (state.level === 'none') continue
    const { reached, due } = input.escalations ?? NO_ESCALATIONS
    const routes = receiversOf(subject, match(subject.labels, state.level), all, reached(fingerprint))
    const dueTo = due(fingerprint)
    for (const { route, receivers } of routes) {
      const key = groupKey(route.path, route.groupBy, subject.labels)
      for (const receiver of receivers) {
        const id = entryId(receiver, key)
        const group = groups.get(id) ?? { receiver, key, entry: undefined, route, firing: new Map(), muted: new Map(), due: new Set() }
        group.route = route
        group.firing.set(fingerprint, record)
        const reason = input.muted(record, route)
        if (reason !== undefined) group.muted.set(fingerprint, reason)
        else if (dueTo.includes(receiver)) group.due.add(fingerprint)
        groups.set(id, group)
      }
    }
    // Where the new level is told to nobody, those who heard of it hear its end.
    if (routes.every(({ receivers }) => receivers.length === 0)) {
      for (const group of groups.values()) if (group.entry !== undefined && fingerprint in group.entry.firing && all.includes(group.receiver)) group.firing.set(fingerprint, record)
    }
  }
  return groups.values()
}

interface LookInput extends PlanInput {
  /** How many alerts of the monitor fire. */
  readonly firingInAll: number
}

function look(group: Group, input: LookInput, plan: { messages: PlannedMessage[]; entries: GroupEntry[]; decisions: GroupDecision[]; nextAt: number }): void {
  const { receiver, key, entry, firing, muted } = group
  const { now, sendResolved } = input
  // A receiver that was taken out of the configuration cannot be told any more.
  if (!(receiver in sendResolved)) {
    if (entry === undefined || (Object.keys(entry.firing).length === 0 && entry.flushAt === undefined)) return
    plan.entries.push(withFlush({ ...entry, firing: {}, muted: [] }, undefined))
    plan.decisions.push({ receiver, key, decision: 'receiverRemoved', muted: [] })
    return
  }
  const audible = new Map([...firing].filter(([fingerprint]) => !muted.has(fingerprint)))
  const ended = endedOf(group, input)
  const flushAt = input.final || group.due.size > 0 ? now : dueAt(group, audible, ended, now)
  const mutedNow = [...muted].map(([fingerprint, reason]) => ({ fingerprint, reason }))
  if (flushAt === undefined) {
    if (mutedNow.length > 0) plan.decisions.push({ receiver, key, decision: 'nothing', muted: mutedNow })
    return
  }
  if (flushAt > now) {
    plan.decisions.push({ receiver, key, decision: 'waiting', muted: mutedNow })
    plan.nextAt = Math.min(plan.nextAt, flushAt)
    const waiting = withFlush({ ...(entry ?? newEntry(input.monitor, group)), muted: [...muted.keys()] }, flushAt)
    if (!sameWait(waiting, entry)) plan.entries.push(waiting)
    return
  }
  const outcome = flush(group, audible, ended, input)
  plan.decisions.push({ receiver, key, decision: outcome.decision, muted: mutedNow })
  if (outcome.message !== undefined) plan.messages.push(outcome.message)
  const goesOn = firing.size > 0 || Object.keys(outcome.entry.firing).length > 0
  // Without a route nothing fires: an end that is held back is told as soon as nothing holds it, not by a timer.
  const next = goesOn && group.route !== undefined ? now + group.route.groupInterval : undefined
  if (next !== undefined) plan.nextAt = Math.min(plan.nextAt, next)
  if (entry !== undefined || outcome.decision !== 'nothing' || goesOn) plan.entries.push(withFlush({ ...outcome.entry, muted: [...muted.keys()] }, next))
}

/** What the receiver was told as firing and is owed the end of. An episode that ended and came back while muted has ended for it. */
function endedOf({ entry, firing, muted }: Group, { alerts, resolveThroughMute, muted: mutedNow }: PlanInput): string[] {
  const ended = Object.entries(entry?.firing ?? {}).flatMap(([fingerprint, told]) => {
    const now = firing.get(fingerprint)
    if (now !== undefined && !(muted.has(fingerprint) && now.state.episode?.id !== told.episodeId)) return []
    const record = alerts.get(fingerprint)
    // An end that flapping will soon take back is told when it is steady.
    if (record?.state.flapping && record.state.episode?.endReason !== 'resourceGone' && record.state.episode?.endReason !== 'ruleRemoved') return []
    if (!resolveThroughMute && record !== undefined && mutedNow(record, undefined) !== undefined) return []
    return [fingerprint]
  })
  return ended.toSorted()
}

/**
 * When a group is looked at: a new one after `groupWait`, at once when one of its alerts is older than that; a known one at its
 * interval; at once when a level rose or all is over since; after `groupWait` when something was unmuted that is news.
 */
function dueAt({ entry, route, firing }: Group, audible: ReadonlyMap<string, AlertRecord>, ended: readonly string[], now: number): number | undefined {
  const told = (fingerprint: string): Level => entry?.firing[fingerprint]?.level ?? 'none'
  const wait = route?.groupWait ?? 0
  if (entry?.flushAt === undefined) {
    if (audible.size === 0) return ended.length > 0 ? now : undefined
    const oldest = Math.min(...[...audible.values()].map(({ state }) => state.episode?.startedAt ?? now))
    return now - oldest >= wait ? now : now + wait
  }
  const rose = [...audible].some(([fingerprint, { state }]) => told(fingerprint) !== 'none' && rank(state.level) > rank(told(fingerprint)))
  if (rose) return now
  // Nothing fires and nothing was told: there is nothing to wait for.
  if (firing.size === 0 && Object.keys(entry.firing).length === 0) return undefined
  const unmuted = entry.muted.some((fingerprint) => audible.has(fingerprint) && rank(audible.get(fingerprint)?.state.level ?? 'none') > rank(told(fingerprint)))
  return unmuted ? Math.min(entry.flushAt, now + wait) : entry.flushAt
}

function flush(group: Group, audible: ReadonlyMap<string, AlertRecord>, ended: readonly string[], input: LookInput): { readonly decision: Decision; readonly entry: GroupEntry; readonly message?: PlannedMessage } {
  const { receiver, key, firing, route } = group
  const entry = group.entry ?? newEntry(input.monitor, group)
  const { now } = input
  const sendResolved = input.sendResolved[receiver] ?? true
  const decided = decide({
    entry: entry.at === undefined ? undefined : { ...entry, at: entry.at },
    firing: new Map([...audible].map(([fingerprint, { state }]) => [fingerprint, state.level])),
    firingInAll: [...new Set([...firing.keys(), ...Object.keys(entry.firing)])].filter((fingerprint) => !ended.includes(fingerprint)).length,
    resolved: new Set(ended),
    now,
    repeatInterval: route?.repeatInterval ?? Infinity,
    sendResolved,
    repeatLate: input.repeatLate ?? false,
  })
  const quiet = decided === 'repeat' && [...audible.keys()].every((fingerprint) => input.acknowledged(fingerprint)) ? 'nothing' : decided
  const decision = quiet === 'nothing' && group.due.size > 0 ? 'step' : quiet
  if (decision === 'nothing') return { decision, entry }

  const sequence = entry.sequence + 1
  const begins = Object.keys(entry.firing).length === 0
  // What was told and is not told now is still owed its end: it is muted, or its end is held back.
  const kept = Object.entries(entry.firing).filter(([fingerprint]) => !ended.includes(fingerprint))
  const next: GroupEntry = {
    ...entry,
    // In one order, whatever that of the series: the idempotency key is made of it.
    firing: Object.fromEntries([...kept, ...[...audible].map(([fingerprint, { state }]) => [fingerprint, { level: state.level, episodeId: state.episode?.id ?? '', fires: state.episode?.fires ?? 0 }] as const)].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    resolved: ended,
    at: now,
    thread: begins ? `${input.monitor}${key}#${sequence}@${now}` : entry.thread,
    sequence,
  }
  const notification = notificationOf({ receiver, key, audible, ended, entry, next, decision, sendResolved }, input, input.firingInAll)
  // Nothing is left to say where only ends are new and the receiver does not want to hear them.
  return notification.alerts.length === 0 ? { decision, entry: next } : { decision, entry: next, message: { id: idempotencyKey(next, entry.firing), notification } }
}

function newEntry(monitor: string, { receiver, key }: Pick<Group, 'receiver' | 'key'>): GroupEntry {
  return { id: entryId(receiver, key), monitor, receiver, key, firing: {}, resolved: [], muted: [], thread: '', sequence: 0 }
}

function withFlush({ flushAt: _before, ...entry }: GroupEntry, flushAt: number | undefined): GroupEntry {
  return flushAt === undefined ? entry : { ...entry, flushAt }
}

function sameWait(a: GroupEntry, b: GroupEntry | undefined): boolean {
  return b !== undefined && a.flushAt === b.flushAt && a.muted.length === b.muted.length && a.muted.every((fingerprint) => b.muted.includes(fingerprint))
}
