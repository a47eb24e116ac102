import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry, ToldAlert } from '../model/group.ts'
import type { Level } from '../model/level.ts'
import { groupKey } from './group-key.ts'
import type { MuteReason } from './mute.ts'
import type { PlanInput } from './plan.ts'
import { escalationRoute, receiversOf } from './receivers.ts'
import type { MatchedRoute } from './route-tree.ts'

/** What one receiver and key hold at this moment. */
export interface Group {
  readonly receiver: string
  readonly key: string
  /** The ledger as it is stored. */
  readonly stored: GroupEntry | undefined
  /** The ledger as it holds now: without what another group of the receiver has taken over. */
  entry: GroupEntry | undefined
  /** The route that gives the timers; absent for a group in which nothing fires any more. */
  route: MatchedRoute | undefined
  /** Alerts that fire, and those that flap whatever their level is. */
  readonly firing: Map<string, AlertRecord>
  readonly muted: Map<string, MuteReason>
  /** Alerts that a step of their escalation tells this receiver now. */
  readonly due: Set<string>
}

const NO_ESCALATIONS: NonNullable<PlanInput['escalations']> = { reached: () => [], due: () => [] }

/** The ledger's id of a receiver and group of a monitor. Monitors of one store may have receivers and groups of the same names. */
const entryId = (monitor: string, receiver: string, key: string): string => `${monitor}/${receiver}${key}`

export function newEntry(monitor: string, { receiver, key }: Pick<Group, 'receiver' | 'key'>): GroupEntry {
  return { id: entryId(monitor, receiver, key), monitor, receiver, key, firing: {}, resolved: [], muted: [], thread: '', sequence: 0 }
}

/** All groups that there are: those in the ledger, and those that the routes make of what fires. */
export function groupsOf(input: PlanInput): readonly Group[] {
  const { match, sendResolved, alerts, entries, monitor } = input
  const all = Object.keys(sendResolved)
  const { reached, due } = input.escalations ?? NO_ESCALATIONS
  const groups = new Map<string, Group>()
  for (const entry of entries) groups.set(entry.id, { ...emptyGroup(entry.receiver, entry.key), stored: entry, entry })
  for (const [fingerprint, record] of alerts) {
    const level = routedLevel(record)
    if (level === 'none') continue
    const matched = match(record.subject.labels, level)
    const climbed = escalationRoute(matched) ?? matched[0]
    const dueTo = due(fingerprint)
    for (const { route, receivers } of receiversOf(record.subject, matched, all, reached(fingerprint))) {
      const key = groupKey(route.path, route.groupBy, record.subject.labels)
      for (const receiver of receivers) {
        const id = entryId(monitor, receiver, key)
        const group = groups.get(id) ?? emptyGroup(receiver, key)
        groups.set(id, group)
        group.route = route
        group.firing.set(fingerprint, record)
        const reason = input.muted(record, route)
        // That an alert flaps is told once.
        if (reason !== undefined && !(reason.by === 'flapping' && group.entry?.firing[fingerprint]?.flapping !== true)) group.muted.set(fingerprint, reason)
        else if (route === climbed && dueTo.includes(receiver)) group.due.add(fingerprint)
      }
    }
  }
  takeOver([...groups.values()], monitor)
  return [...groups.values()]
}

const emptyGroup = (receiver: string, key: string): Group => ({ receiver, key, stored: undefined, entry: undefined, route: undefined, firing: new Map(), muted: new Map(), due: new Set() })

/** An alert that flaps stays with those who hear of its episode, also while it is well. */
function routedLevel({ state }: AlertRecord): Level {
  if (state.level !== 'none' || !state.flapping) return state.level
  const worst = state.episode?.worstLevel ?? 'none'
  return worst === 'none' ? 'warning' : worst
}

/**
 * An alert that a receiver goes on to hear of in another of its groups, because a label or the level led it there, has not ended for anybody:
 * what was told of it moves along.
 */
function takeOver(groups: readonly Group[], monitor: string): void {
  const homes = new Map<string, Group>()
  for (const group of groups) for (const fingerprint of group.firing.keys()) homes.set(`${group.receiver} ${fingerprint}`, group)
  for (const group of groups) {
    const left: Record<string, ToldAlert> = {}
    let moved = false
    for (const [fingerprint, told] of Object.entries(group.entry?.firing ?? {})) {
      const home = group.firing.has(fingerprint) ? undefined : homes.get(`${group.receiver} ${fingerprint}`)
      if (home === undefined) left[fingerprint] = told
      else {
        moved = true
        const there = home.entry ?? { ...newEntry(monitor, home), ...(group.entry?.at === undefined ? {} : { at: group.entry.at }), thread: group.entry?.thread ?? '' }
        home.entry = fingerprint in there.firing ? there : { ...there, firing: { ...there.firing, [fingerprint]: told } }
      }
    }
    if (moved && group.entry !== undefined) group.entry = { ...group.entry, firing: left }
  }
}
