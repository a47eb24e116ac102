import type { AlertState, Episode, Phase, ResolveReason } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import { type Level, rank, type Severity, worse } from '../model/level.ts'
import type { TransitionKind } from '../model/transition.ts'
import { type LevelClocks, RESTING, stepLevel } from './clocks.ts'
import { isHot } from './hysteresis.ts'
import { episodeId } from './identity.ts'

/** How the alerts of one rule behave. */
export interface AlertPolicy {
  /** Levels the rule's evaluator can breach. */
  readonly levels: readonly Severity[]
  readonly warning: LevelClocks
  readonly critical: LevelClocks
  /** Which way the metric is bad, for the peak. */
  readonly worse: 'high' | 'low'
  /** Cycles in a row that the resource may be absent before its alert ends. */
  readonly staleAfter: number
}

/** What can happen to an alert. Times are milliseconds since the epoch. */
export type AlertEvent =
  /** A settled point was judged. */
  | { readonly type: 'judged'; readonly judgement: Judgement }
  /** A point was judged that its source may still change: it can start a pending clock and nothing else. */
  | { readonly type: 'provisional'; readonly judgement: Judgement }
  /** The source answered, and has no point where one was due. */
  | { readonly type: 'missing'; readonly at: number }
  /** The source could not be read: everything is held. */
  | { readonly type: 'sourceFailed' }
  /** The source answered, and what the alert is about is there, with a new point or without. */
  | { readonly type: 'present' }
  /** The source answered, and what the alert is about was not there. */
  | { readonly type: 'absent'; readonly at: number }
  /** What the alert was about is no longer watched. */
  | { readonly type: 'ended'; readonly at: number; readonly reason: ResolveReason }

/** A change worth recording. */
export interface AlertChange {
  readonly kind: TransitionKind
  readonly at: number
  readonly from: Level
  readonly to: Level
  readonly reason: string
}

export interface Reduction {
  readonly state: AlertState
  readonly changes: readonly AlertChange[]
}

const NOTHING: readonly AlertChange[] = []
const TREND = 8

/** An alert that nothing has happened to yet. */
export const newAlert: AlertState = {
  phase: 'inactive',
  level: 'none',
  health: 'warmingUp',
  warning: RESTING,
  critical: RESTING,
  lastAt: -Infinity,
  value: NaN,
  reason: '',
  absences: 0,
}

/**
 * The alert engine: what one event makes of one alert. Pure; the only place where an alert changes. `fingerprint` names the episodes
 * it starts.
 */
export function reduceAlert(state: AlertState, event: AlertEvent, policy: AlertPolicy, fingerprint: string): Reduction {
  switch (event.type) {
    case 'judged':
      return judged(state, event.judgement, policy, fingerprint)
    case 'provisional':
      return provisional(state, event.judgement, policy, fingerprint)
    case 'missing':
      return changeHealth(state, 'noData', event.at)
    case 'sourceFailed':
      return state.health === 'error' ? { state, changes: NOTHING } : { state: { ...state, health: 'error' }, changes: NOTHING }
    case 'present':
      return present(state)
    case 'absent':
      return absent(state, event.at, policy)
    case 'ended':
      return ended(state, event.at, event.reason)
  }
}

function judged(state: AlertState, judgement: Judgement, policy: AlertPolicy, fingerprint: string): Reduction {
  const { at } = judgement
  // The same instant twice, or a clock that went back: nothing new is known.
  if (at <= state.lastAt) return { state, changes: NOTHING }

  const { warning: warningHot, critical: criticalHot } = heat(state, judgement, policy)
  const critical = stepLevel(state.critical, criticalHot, at, policy.critical)
  const warning = stepLevel(state.warning, warningHot, at, policy.warning)
  const phase = phaseOf(warning.phase, critical.phase)
  const level = levelOf(warning.phase, critical.phase)
  const quiet = phase === 'inactive' && state.phase === 'inactive'
  const next: AlertState = {
    phase,
    level,
    health: 'ok',
    warning,
    critical,
    lastAt: at,
    absences: 0,
    value: judgement.value,
    // Reading the reason may cost a string: a resting alert has nobody to tell it to.
    reason: quiet ? '' : judgement.reason,
    ...(judgement.expected === undefined ? {} : { expected: judgement.expected }),
    ...(quiet ? (state.episode === undefined ? {} : { episode: state.episode }) : { episode: episodeOf(state, judgement, phase, level, policy, fingerprint) }),
  }
  if (quiet && state.health !== 'noData') return { state: next, changes: NOTHING }
  return { state: next, changes: changesOf(state, next, at) }
}

/** Which levels are hot. Critical implies warning, so leaving critical is judged against the warning level's own clear line. */
function heat(state: AlertState, judgement: Judgement, { levels }: AlertPolicy): Record<Severity, boolean> {
  const critical = levels.includes('critical') && isHot('critical', state.critical.latched, judgement)
  const warning = levels.includes('warning') && (critical || isHot('warning', state.warning.latched, judgement))
  return { warning, critical }
}

function provisional(state: AlertState, judgement: Judgement, policy: AlertPolicy, fingerprint: string): Reduction {
  if (judgement.at <= state.lastAt || state.phase !== 'inactive') return { state, changes: NOTHING }
  const hot = heat(state, judgement, policy)
  if (!hot.warning && !hot.critical) return { state, changes: NOTHING }
  const begin = (severity: Severity) => (hot[severity] ? ({ phase: 'pending', latched: true, since: judgement.at } as const) : state[severity])
  const next: AlertState = {
    ...state,
    phase: 'pending',
    warning: begin('warning'),
    critical: begin('critical'),
    value: judgement.value,
    reason: judgement.reason,
    episode: episodeOf(state, judgement, 'pending', 'none', policy, fingerprint),
  }
  return { state: next, changes: changesOf(state, next, judgement.at) }
}

function changeHealth(state: AlertState, health: 'noData', at: number): Reduction {
  if (state.health === health) return { state, changes: NOTHING }
  const change: AlertChange = { kind: 'noData', at, from: state.level, to: state.level, reason: 'no point where one was due' }
  return { state: { ...state, health }, changes: [change] }
}

function present(state: AlertState): Reduction {
  if (state.absences === 0 && state.health !== 'error') return { state, changes: NOTHING }
  const health = state.health !== 'error' ? state.health : state.lastAt === -Infinity ? 'warmingUp' : 'ok'
  return { state: { ...state, absences: 0, health }, changes: NOTHING }
}

function absent(state: AlertState, at: number, { staleAfter }: AlertPolicy): Reduction {
  const counted = { ...state, absences: state.absences + 1 }
  return counted.absences < staleAfter ? { state: counted, changes: NOTHING } : ended(counted, at, 'resourceGone')
}

function ended(state: AlertState, at: number, reason: ResolveReason): Reduction {
  if (state.phase === 'inactive') return { state, changes: NOTHING }
  const when = Math.max(at, state.lastAt)
  const { episode, ...rest } = state
  const next: AlertState = {
    ...rest,
    phase: 'inactive',
    level: 'none',
    warning: { ...RESTING, since: when },
    critical: { ...RESTING, since: when },
    ...(episode === undefined ? {} : { episode: { ...episode, endedAt: when, endReason: reason } }),
  }
  return { state: next, changes: changesOf(state, next, when, reason) }
}

function phaseOf(warning: Phase, critical: Phase): Phase {
  for (const phase of ['firing', 'recovering', 'pending'] as const) if (warning === phase || critical === phase) return phase
  return 'inactive'
}

/** The highest level that is firing or recovering. */
function levelOf(warning: Phase, critical: Phase): Level {
  if (critical === 'firing' || critical === 'recovering') return 'critical'
  return warning === 'firing' || warning === 'recovering' ? 'warning' : 'none'
}

function episodeOf(state: AlertState, judgement: Judgement, phase: Phase, level: Level, policy: AlertPolicy, fingerprint: string): Episode {
  const { at, value } = judgement
  const running = state.phase === 'inactive' ? undefined : state.episode
  const begun: Episode = running ?? {
    id: episodeId(fingerprint, at),
    startedAt: at,
    peak: value,
    worstLevel: 'none',
    recent: Number.isNaN(state.value) ? [] : [state.value],
  }
  const fires = begun.firedAt === undefined && level !== 'none'
  return {
    ...begun,
    ...(fires ? { firedAt: at, firedValue: value } : {}),
    ...(phase === 'recovering' && state.phase !== 'recovering' ? { recoveredValue: value } : {}),
    ...(phase === 'inactive' ? { endedAt: at, endReason: 'recovered', recoveredValue: state.phase === 'recovering' ? (begun.recoveredValue ?? value) : value } : {}),
    peak: policy.worse === 'high' ? Math.max(begun.peak, value) : Math.min(begun.peak, value),
    worstLevel: worse(begun.worstLevel, level),
    recent: [...begun.recent.slice(1 - TREND), value],
  }
}

function changesOf(before: AlertState, after: AlertState, at: number, reason = after.reason): AlertChange[] {
  const change = (kind: TransitionKind): AlertChange => ({ kind, at, from: before.level, to: after.level, reason })
  const changes: AlertChange[] = []
  if (before.health === 'noData' && after.health === 'ok') changes.push({ ...change('dataBack'), from: before.level, to: before.level })
  const [was, is] = [rank(before.level), rank(after.level)]
  if (was === 0 && is > 0) changes.push(change('fired'))
  else if (was > 0 && is > was) changes.push(change('escalated'))
  else if (is > 0 && is < was) changes.push(change('deescalated'))
  else if (was > 0 && is === 0) changes.push(change('resolved'))
  else if (before.phase === 'inactive' && after.phase === 'pending') changes.push(change('pending'))
  else if (before.phase === 'pending' && after.phase === 'inactive') changes.push(change('dropped'))
  else if (before.phase === 'firing' && after.phase === 'recovering') changes.push(change('recovering'))
  else if (before.phase === 'recovering' && after.phase === 'firing') changes.push(change('relapsed'))
  return changes
}
