import { type Level, rank, type Severity } from '../model/level.ts'

/** One step of an escalation. Times are milliseconds. */
export interface EscalationStep {
  /** Counted time from the start of the escalation. 0 is at once. */
  readonly after: number
  /** Names of receivers. */
  readonly notify: readonly string[]
  /** The only level the step belongs to. Default: both. */
  readonly level?: Severity
  /** The step is told again each time this much counted time has passed, from one telling to the next. Default: once. */
  readonly repeat?: number
}

/** Why time does not count. `muted` covers silences, mute windows and inhibition. */
export type EscalationHold = 'muted' | 'snoozed' | 'maintenance'

/** What made the steps begin at the first one. */
export type EscalationStart = 'fired' | 'levelRose' | 'unacknowledged' | 'acknowledgementExpired' | 'snoozeEnded'

/** What happens to an episode, as far as its escalation is concerned. */
export type EscalationEvent =
  /** An episode fires. Known already: ignored. The steps are kept as they are now, however the policy is edited later. */
  | { readonly type: 'fired'; readonly episodeId: string; readonly level: Severity; readonly firedAt: number; readonly steps: readonly EscalationStep[]; readonly heldBy?: readonly EscalationHold[] }
  /** A rise begins the new level's steps at the first one and un-acknowledges unless `sticky`; a fall goes on counting. */
  | { readonly type: 'levelChanged'; readonly level: Severity; readonly sticky?: boolean }
  /** Time stops, or goes on, for one of several reasons that may overlap. */
  | { readonly type: 'held' | 'released'; readonly by: EscalationHold }
  | { readonly type: 'acknowledged' }
  /** Ignored where there was no acknowledgement, or no snooze, to end. */
  | { readonly type: 'unacknowledged' | 'acknowledgementExpired' | 'snoozeEnded' }
  | { readonly type: 'resolved' }

/** The escalation of one episode. Plain JSON; as large as the policy. Times are milliseconds. */
export interface EscalationState {
  readonly episodeId: string
  /** The policy as it was when the episode fired, earliest step first. */
  readonly steps: readonly EscalationStep[]
  readonly level: Severity
  readonly startedBy: EscalationStart
  /** Since when time is counted. */
  readonly startedAt: number
  /** Time since then that does not count, without the hold that is on. */
  readonly uncounted: number
  readonly heldBy: readonly EscalationHold[]
  readonly heldSince: number
  readonly acknowledged: boolean
  /** Position in `steps` from which none has been told. */
  readonly next: number
  /** Time saved by steps that had nobody to tell. */
  readonly saved: number
  /** Steps that are told again, and the counted time at which. */
  readonly repeats: readonly { readonly position: number; readonly at: number }[]
  /** Time of the last call, and who was told at that instant. */
  readonly at: number
  readonly toldNow: readonly string[]
}

/** A step to tell now. */
export interface DueStep {
  /** Counted from 1 among the steps of the level. */
  readonly step: number
  /** Whom; nobody twice at one instant. Never empty. */
  readonly notify: readonly string[]
  /** `afterEmptyStep`: it comes early because the step before it had nobody to tell. */
  readonly reason: 'due' | 'afterEmptyStep' | 'repeat'
  readonly startedBy: EscalationStart
}

export interface Escalation {
  /** Absent when no episode runs. */
  readonly state?: EscalationState
  readonly due: readonly DueStep[]
  /** When the next step is due if nothing happens until then. Absent while held or acknowledged, and after the last step. */
  readonly nextAt?: number
}

/**
 * Applies the events of one instant together, then says which steps are due. Without events it only looks at the time. Time counts from
 * the episode's first firing, without what was muted, snoozed or under maintenance; a step that was missed is due at the next
 * call. A step with nobody to tell is skipped at once: those after it come that much earlier. A clock that goes backwards stands still.
 *
 * @param now milliseconds since the epoch.
 * @param onCall who stands behind a name right now; the name itself by default, nobody makes a step empty.
 */
export function escalate(before: EscalationState | undefined, events: readonly EscalationEvent[], now: number, onCall: (name: string) => readonly string[] = (name) => [name]): Escalation {
  const at = Math.max(now, before?.at ?? now)
  const clocked = before && { ...before, at, toldNow: now === before.at ? before.toldNow : [] }
  const state = events.reduce<EscalationState | undefined>((current, event) => apply(current, event, at), clocked)
  return state === undefined ? { due: [] } : tell(state, onCall)
}

function apply(state: EscalationState | undefined, event: EscalationEvent, at: number): EscalationState | undefined {
  if (event.type === 'fired') return state?.episodeId === event.episodeId ? state : begin(event, at)
  if (state === undefined) return undefined
  switch (event.type) {
    case 'resolved':
      return undefined
    case 'acknowledged':
      return { ...state, acknowledged: true }
    case 'unacknowledged':
    case 'acknowledgementExpired':
      return state.acknowledged ? restart({ ...state, acknowledged: false }, event.type) : state
    case 'snoozeEnded':
      return state.heldBy.includes('snoozed') ? restart({ ...release(state, 'snoozed'), acknowledged: false }, event.type) : state
    case 'held':
      return state.heldBy.includes(event.by) ? state : { ...state, heldBy: [...state.heldBy, event.by], heldSince: state.heldBy.length === 0 ? at : state.heldSince }
    case 'released':
      return release(state, event.by)
    case 'levelChanged':
      if (rank(event.level) > rank(state.level)) return restart({ ...state, level: event.level, acknowledged: state.acknowledged && event.sticky === true }, 'levelRose')
      return event.level === state.level ? state : fall(state, event.level)
  }
}

function begin({ episodeId, level, firedAt, steps, heldBy = [] }: Extract<EscalationEvent, { type: 'fired' }>, at: number): EscalationState {
  const startedAt = Math.min(firedAt, at)
  const snapshot = [...steps].sort((a, b) => a.after - b.after)
  const rest = { uncounted: 0, acknowledged: false, next: 0, saved: 0, repeats: [], toldNow: [] }
  return { episodeId, steps: snapshot, level, startedBy: 'fired', startedAt, heldBy: [...new Set(heldBy)], heldSince: startedAt, at, ...rest }
}

function restart(state: EscalationState, startedBy: EscalationStart): EscalationState {
  return { ...state, startedBy, startedAt: state.at, uncounted: 0, heldSince: state.at, next: 0, saved: 0, repeats: [] }
}

function release(state: EscalationState, by: EscalationHold): EscalationState {
  if (!state.heldBy.includes(by)) return state
  const heldBy = state.heldBy.filter((hold) => hold !== by)
  return heldBy.length > 0 ? { ...state, heldBy } : { ...state, heldBy, uncounted: state.uncounted + state.at - state.heldSince }
}

/** A fall tells nobody by itself: steps of the lower level alone whose time has passed are left out, unless nobody was told anything then. */
function fall(state: EscalationState, level: Severity): EscalationState {
  const passed = ({ after, level: only }: EscalationStep): boolean => only !== undefined && after <= counted(state) + state.saved
  const from = isStopped(state) ? -1 : state.steps.findIndex((step, position) => position >= state.next && !passed(step))
  const next = isStopped(state) ? state.next : from === -1 ? state.steps.length : from
  return { ...state, level, next, repeats: state.repeats.filter(({ position }) => belongs(state.steps[position], level)) }
}

const isStopped = ({ acknowledged, heldBy }: EscalationState): boolean => acknowledged || heldBy.length > 0

const belongs = (step: EscalationStep | undefined, level: Level): boolean => step !== undefined && (step.level ?? level) === level

/** Counted time up to now. */
const counted = ({ at, startedAt, uncounted, heldBy, heldSince }: EscalationState): number => (heldBy.length > 0 ? heldSince : at) - startedAt - uncounted

function tell(state: EscalationState, onCall: (name: string) => readonly string[]): Escalation {
  if (isStopped(state)) return { state, due: [] }
  const { steps, level } = state
  const elapsed = counted(state)
  const told = new Set(state.toldNow)
  const due: DueStep[] = []
  const add = (position: number, reason: DueStep['reason']): boolean => {
    const names = (steps[position]?.notify ?? []).flatMap(onCall)
    const notify = [...new Set(names)].filter((name) => !told.has(name))
    for (const name of notify) told.add(name)
    const step = steps.slice(0, position + 1).filter((one) => belongs(one, level)).length
    if (notify.length > 0) due.push({ step, notify, reason, startedBy: state.startedBy })
    return names.length > 0
  }
  const repeats = state.repeats.map(({ position, at }) => {
    if (at > elapsed) return { position, at }
    add(position, 'repeat')
    return { position, at: elapsed + (steps[position]?.repeat ?? Infinity) }
  })
  let { next, saved } = state
  let afterEmpty = false
  const own = steps.flatMap((step, position) => (position >= next && belongs(step, level) ? [{ step, position }] : []))
  let upcoming: number | undefined
  for (const [index, { step, position }] of own.entries()) {
    if (step.after > elapsed + saved) {
      upcoming = step.after - saved
      break
    }
    const reached = add(position, afterEmpty ? 'afterEmptyStep' : 'due')
    afterEmpty = !reached
    if (!reached) saved += (own[index + 1]?.step.after ?? step.after) - step.after
    if (step.notify.length > 0 && step.repeat !== undefined && step.repeat > 0) repeats.push({ position, at: elapsed + step.repeat })
    next = position + 1
  }
  const soonest = Math.min(upcoming ?? Infinity, ...repeats.map(({ at }) => at))
  return {
    state: { ...state, next, saved, repeats, toldNow: [...told] },
    due,
    ...(soonest === Infinity ? {} : { nextAt: state.at + soonest - elapsed }),
  }
}
