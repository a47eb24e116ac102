import { isDeepStrictEqual } from 'node:util'
import type { AlertRecord, AlertState, ResolveReason } from '../model/alert.ts'
import type { GroupEntry, ToldAlert } from '../model/group.ts'
import type { Notification } from '../model/notification.ts'
import { type Decision, decide } from './decide.ts'
import { dueAt } from './due.ts'
import { type Group, groupsOf, newEntry } from './group.ts'
import { groupKey } from './group-key.ts'
import type { MuteReason } from './mute.ts'
import { idempotencyKey, notificationOf } from './notify-group.ts'
import type { MatchedRoute, RouteMatch } from './route-tree.ts'
import { type AlertStanding, standingsOf } from './standing.ts'

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
  /** What was decided about every group in which there is anything to tell, for `explain`. */
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
  /**
   * `waiting`: it is looked at later, by the timers of its route. `acknowledged`: a repeat was due, and somebody has taken every alert on.
   * `receiverRemoved`: nobody is left to tell.
   */
  readonly decision: Decision | 'waiting' | 'acknowledged' | 'receiverRemoved'
  /** Alerts that fire and are not told, with the reason. */
  readonly muted: readonly { readonly fingerprint: string; readonly reason: MuteReason }[]
  /** Where each alert of the group stands now. */
  readonly alerts: readonly AlertStanding[]
  /** The idempotency key of what is told. */
  readonly message?: string
  /** When the group is looked at next, milliseconds since the epoch. */
  readonly nextAt?: number
  /** The timer that a group waits for. */
  readonly waitsFor?: 'groupWait' | 'groupInterval'
  /** The route that took the alerts, with its timers; absent where nothing fires any more. */
  readonly route?: Pick<MatchedRoute, 'path' | 'reason' | 'groupWait' | 'groupInterval' | 'repeatInterval'>
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

interface LookInput extends PlanInput {
  /** How many alerts of the monitor fire. */
  readonly firingInAll: number
}

function look(group: Group, input: LookInput, plan: { messages: PlannedMessage[]; entries: GroupEntry[]; decisions: GroupDecision[]; nextAt: number }): void {
  const { receiver, key, entry, stored, firing, muted } = group
  const { now, sendResolved } = input
  /** An entry that is as it was needs no writing. */
  const keep = (next: GroupEntry | undefined): void => {
    if (next !== undefined && next !== stored && !isDeepStrictEqual(next, stored)) plan.entries.push(next)
  }
  // A receiver that was taken out of the configuration cannot be told any more.
  if (!(receiver in sendResolved)) {
    if (entry === undefined || (Object.keys(entry.firing).length === 0 && entry.flushAt === undefined)) return
    keep(withFlush({ ...entry, firing: {}, muted: [] }, undefined))
    plan.decisions.push({ receiver, key, decision: 'receiverRemoved', muted: [], alerts: Object.keys(entry.firing).map((fingerprint) => ({ fingerprint, standing: { is: 'left' } })) })
    return
  }
  const audible = new Map([...firing].filter(([fingerprint]) => !muted.has(fingerprint)))
  const ends = endsOf(group, input)
  const ended = new Set([...ends].flatMap(([fingerprint, heldBy]) => (heldBy === undefined ? [fingerprint] : [])))
  const due = group.due.size > 0 ? now : dueAt(group, audible, ended, now)
  const flushAt = input.final && (due !== undefined || firing.size > 0 || ended.size > 0) ? now : due
  const mutedNow = [...muted].map(([fingerprint, reason]) => ({ fingerprint, reason }))
  // What flaps is told again when it is steady, not when it is unmuted.
  const mutedIds = [...muted].flatMap(([fingerprint, { by }]) => (by === 'flapping' ? [] : [fingerprint])).toSorted()
  const decided = (decision: GroupDecision['decision'], next: GroupEntry | undefined, nextAt: number | undefined, message?: string): void => {
    const told = { ends, told: next?.firing ?? {}, endsTold: !QUIET.has(decision), sendResolved: sendResolved[receiver] ?? true }
    const alerts = standingsOf(group, input.alerts, told)
    if (alerts.length === 0) return
    const waitsFor = decision !== 'waiting' ? undefined : entry?.at === undefined || (nextAt ?? 0) < (entry.flushAt ?? 0) ? ('groupWait' as const) : ('groupInterval' as const)
    const more = { ...(message === undefined ? {} : { message }), ...(waitsFor === undefined ? {} : { waitsFor }), ...(nextAt === undefined ? {} : { nextAt }), ...(group.route === undefined ? {} : { route: timersOf(group.route) }) }
    plan.decisions.push({ receiver, key, decision, muted: mutedNow, alerts, ...more })
  }
  if (flushAt === undefined) {
    decided('nothing', entry, undefined)
    keep(entry && withFlush({ ...entry, muted: mutedIds }, undefined))
    return
  }
  if (flushAt > now) {
    decided('waiting', entry, flushAt)
    plan.nextAt = Math.min(plan.nextAt, flushAt)
    keep(withFlush({ ...(entry ?? newEntry(input.monitor, group)), muted: mutedIds }, flushAt))
    return
  }
  const outcome = flush(group, audible, ended, input)
  if (outcome.message !== undefined) plan.messages.push(outcome.message)
  const goesOn = firing.size > 0 || Object.keys(outcome.entry.firing).length > 0
  // Without a route nothing fires: an end that is held back is told as soon as nothing holds it, not by a timer.
  const next = goesOn && group.route !== undefined ? now + group.route.groupInterval : undefined
  decided(outcome.decision, outcome.entry, next, outcome.message?.id)
  if (next !== undefined) plan.nextAt = Math.min(plan.nextAt, next)
  if (entry !== undefined || !QUIET.has(outcome.decision) || goesOn) keep(withFlush({ ...outcome.entry, muted: mutedIds }, next))
}

/** Decisions by which nobody is told. */
const QUIET: ReadonlySet<GroupDecision['decision']> = new Set(['nothing', 'acknowledged', 'waiting'])

const timersOf = ({ path, reason, groupWait, groupInterval, repeatInterval }: MatchedRoute): NonNullable<GroupDecision['route']> => ({ path, reason, groupWait, groupInterval, repeatInterval })

const GONE: ReadonlySet<ResolveReason> = new Set(['resourceGone', 'ruleRemoved', 'monitorRenamed'])

/**
 * What the receiver was told as firing and is owed the end of, with what keeps that back. An episode that ended and came back while muted has ended
 * for it.
 */
function endsOf({ key, entry, firing, muted }: Group, { alerts, resolveThroughMute, muted: mutedNow, match }: PlanInput): ReadonlyMap<string, MuteReason | undefined> {
  const ends = Object.entries(entry?.firing ?? {}).flatMap(([fingerprint, told]): [string, MuteReason | undefined][] => {
    const now = firing.get(fingerprint)
    if (now !== undefined && !(muted.has(fingerprint) && now.state.episode?.id !== told.episodeId)) return []
    const record = alerts.get(fingerprint)
    // An end that flapping will soon take back is told when it is steady.
    if (record?.state.flapping && !GONE.has(record.state.episode?.endReason ?? 'recovered')) return [[fingerprint, { by: 'flapping' }]]
    // The route that it was told on, whose windows may be shut: nothing of it fires, so it is found by its key.
    const route = (): MatchedRoute | undefined => record && match(record.subject.labels, told.level).find(({ path, groupBy }) => groupKey(path, groupBy, record.subject.labels) === key)
    return [[fingerprint, resolveThroughMute || record === undefined ? undefined : mutedNow(record, route())]]
  })
  return new Map(ends.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function flush(group: Group, audible: ReadonlyMap<string, AlertRecord>, ended: ReadonlySet<string>, input: LookInput): { readonly decision: Decision | 'acknowledged'; readonly entry: GroupEntry; readonly message?: PlannedMessage } {
  const { receiver, key, firing, route } = group
  const entry = group.entry ?? newEntry(input.monitor, group)
  const { now } = input
  const sendResolved = input.sendResolved[receiver] ?? true
  const decided = decide({
    entry: entry.at === undefined ? undefined : { ...entry, at: entry.at },
    firing: new Map([...audible].map(([fingerprint, { state }]) => [fingerprint, state.level])),
    firingInAll: [...new Set([...firing.keys(), ...Object.keys(entry.firing)])].filter((fingerprint) => !ended.has(fingerprint)).length,
    resolved: ended,
    flap: flapOf(audible, entry),
    now,
    repeatInterval: route?.repeatInterval ?? Infinity,
    sendResolved,
    repeatLate: input.repeatLate ?? false,
  })
  const quiet = decided === 'repeat' && [...audible.keys()].every((fingerprint) => input.acknowledged(fingerprint)) ? 'acknowledged' : decided
  const decision = (quiet === 'nothing' || quiet === 'acknowledged') && group.due.size > 0 ? 'step' : quiet
  if (decision === 'nothing' || decision === 'acknowledged') return { decision, entry }

  const sequence = entry.sequence + 1
  const begins = Object.keys(entry.firing).length === 0
  // What was told and is not told now is still owed its end: it is muted, or its end is held back.
  const kept = Object.entries(entry.firing).filter(([fingerprint]) => !ended.has(fingerprint))
  const next: GroupEntry = {
    ...entry,
    // In one order, whatever that of the series: the idempotency key is made of it.
    firing: Object.fromEntries([...kept, ...[...audible].map(([fingerprint, { state }]) => [fingerprint, toldNow(state)] as const)].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    resolved: [...ended],
    at: now,
    thread: begins ? `${input.monitor}${key}#${sequence}@${now}` : entry.thread,
    sequence,
  }
  const notification = notificationOf({ receiver, key, audible, ended: [...ended], entry, next, decision, sendResolved }, input, input.firingInAll)
  // Nothing is left to say where only ends are new and the receiver does not want to hear them.
  return notification.alerts.length === 0 ? { decision, entry: next } : { decision, entry: next, message: { id: idempotencyKey(next, entry.firing), notification } }
}

/** Whether an alert that the receiver knows of began to flap, or ceased to. */
function flapOf(audible: ReadonlyMap<string, AlertRecord>, { firing }: GroupEntry): 'started' | 'ended' | undefined {
  let ended = false
  for (const [fingerprint, { state }] of audible) {
    const told = firing[fingerprint]
    if (told === undefined || (told.flapping ?? false) === state.flapping) continue
    if (state.flapping) return 'started'
    ended = true
  }
  return ended ? 'ended' : undefined
}

function toldNow({ level, flapping, episode }: AlertState): ToldAlert {
  return { level, episodeId: episode?.id ?? '', fires: episode?.fires ?? 0, ...(flapping ? { flapping } : {}) }
}

function withFlush({ flushAt: _before, ...entry }: GroupEntry, flushAt: number | undefined): GroupEntry {
  return flushAt === undefined ? entry : { ...entry, flushAt }
}
