import type { AlertState, Health, ResolveReason } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Level, Severity } from '../model/level.ts'
import type { Occurrences } from '../model/occurrences.ts'
import { because, changesOf } from './changes.ts'
import { clockOf, RESTING } from './clocks.ts'
import { episodeAfter } from './episode.ts'
import { decide, evaluate, NOTHING, type Reduction } from './evaluate.ts'
import { thaw } from './freeze.ts'
import { hotLevel } from './hysteresis.ts'
import { type AlertPolicy, occurrencesOf } from './policy.ts'
import { type Outage, resume } from './restart.ts'
import { setBack } from './set-back.ts'
import { holdsHot, slotOf, withMissing, withPoint } from './window.ts'

export type { AlertChange } from './changes.ts'
export type { Reduction } from './evaluate.ts'
export type { AlertPolicy } from './policy.ts'

/**
 * What can happen to an alert. Times are milliseconds since the epoch; those of points and missing points are the times of their slots.
 * `period` is the time between two slots of a regular series: points that are farther apart have missing ones between them. Without it
 * no point is ever missed between two others, and a `missing` event says that the whole evaluation range is empty.
 */
export type AlertEvent =
  /** A settled point was judged. NaN is a missing point. */
  | { readonly type: 'judged'; readonly judgement: Judgement; readonly period?: number }
  /** A point was judged that its source may still change: it can start a pending clock and nothing else. */
  | { readonly type: 'provisional'; readonly judgement: Judgement; readonly period?: number }
  /** The source answered, and has no point in the slot at `at`, nor in any between it and the newest point. */
  | { readonly type: 'missing'; readonly at: number; readonly period?: number }
  /** The source could not be read: everything is held, and the clocks stand still until the next evaluation. */
  | { readonly type: 'sourceFailed' }
  /** Nobody wants it evaluated for now: everything is held, as when the source fails. */
  | { readonly type: 'paused' }
  /** A new process goes on after nobody watched for a while. */
  | { readonly type: 'resumed'; readonly outage: Outage }
  /** The clock that times its points was set back, by so many milliseconds. */
  | { readonly type: 'clockSetBack'; readonly by: number }
  /** The source answered, and what the alert is about is there, with a new point or without. */
  | { readonly type: 'present' }
  /** The source answered, and what the alert is about was not there. */
  | { readonly type: 'absent'; readonly at: number }
  /** What the alert was about is no longer watched. */
  | { readonly type: 'ended'; readonly at: number; readonly reason: EndReason }

type EndReason = Exclude<ResolveReason, 'recovered' | 'rerouted'>

/** An alert that nothing has happened to yet. */
export const newAlert: AlertState = {
  phase: 'inactive',
  level: 'none',
  health: 'warmingUp',
  warning: RESTING,
  critical: RESTING,
  reached: 'none',
  slots: '',
  lastAt: -Infinity,
  frozen: 0,
  value: NaN,
  reason: '',
  absences: 0,
  changed: 0,
  flapping: false,
}

/**
 * The alert engine: what one event makes of one alert. Pure; the only place where an alert changes. `fingerprint` names the episodes
 * it starts.
 */
export function reduceAlert(state: AlertState, event: AlertEvent, policy: AlertPolicy, fingerprint: string): Reduction {
  switch (event.type) {
    case 'judged':
      return Number.isNaN(event.judgement.value)
        ? missing(state, event.judgement.at, event.period ?? 0, policy, fingerprint)
        : judged(state, event.judgement, event.period ?? 0, policy, fingerprint)
    case 'provisional':
      return provisional(state, event.judgement, event.period ?? 0, policy, fingerprint)
    case 'missing':
      return missing(state, event.at, event.period ?? 0, policy, fingerprint)
    case 'sourceFailed':
      return hold(state, 'error')
    case 'paused':
      return hold(state, 'paused')
    case 'resumed':
      return resume(state, event.outage)
    case 'clockSetBack':
      return setBack(state, event.by)
    case 'present':
      return present(state)
    case 'absent':
      return absent(state, event.at, policy)
    case 'ended':
      return ended(state, event.at, event.reason)
  }
}

/**
 * Whether a resting alert knows something that its series would not tell again, so that its row must be kept: hot points that are not
 * yet M of N, and since when points are missing.
 */
export function remembers({ slots, missedAt, health }: AlertState): boolean {
  return holdsHot(slots) || (missedAt !== undefined && health !== 'noData')
}

function judged(before: AlertState, judgement: Judgement, period: number, policy: AlertPolicy, fingerprint: string): Reduction {
  // The same instant twice, or a clock that went back: nothing new is known.
  if (judgement.at <= before.lastAt) return { state: before, changes: NOTHING }
  // A point may come after its slot was found empty: its place in the window is its own, the clock does not go back for it.
  const at = Math.max(judgement.at, clockOf(before))
  const occurrences = occurrencesOf(policy)
  const state = thaw(before, at, period, occurrences.range)
  const hot = hotLevel(state, judgement, policy.levels)
  const slots = slotsWith(state, judgement.at, period, hot, occurrences)
  return evaluate(state, { at, period, slots, judgement, hot }, policy, fingerprint)
}

function missing(before: AlertState, at: number, period: number, policy: AlertPolicy, fingerprint: string): Reduction {
  if (at <= clockOf(before)) return { state: before, changes: NOTHING }
  const { range } = occurrencesOf(policy)
  const state = thaw(before, at, period, range)
  const slots = withMissing(state.slots, period > 0 ? Math.max(1, slotsSince(state, at, period)) : range, range)
  return evaluate(state, { at, period, slots, judgement: undefined, hot: 'none' }, policy, fingerprint)
}

function slotsWith(state: AlertState, at: number, period: number, hot: Level, occurrences: Occurrences): string {
  // Where one point decides, those before it are never looked at.
  return occurrences.of === 1 ? slotOf(hot) : withPoint(state.slots, slotsSince(state, at, period) - 1, hot, occurrences.range)
}

/** How many slots after the newest point, or after the last slot before the first evaluation, a time lies. */
function slotsSince({ lastAt, begunAt, frozen }: AlertState, at: number, period: number): number {
  if (!(period > 0)) return 1
  if (lastAt > -Infinity) return Math.round((at - lastAt - frozen) / period)
  return begunAt === undefined ? 1 : Math.round((at - begunAt) / period) + 1
}

/** A point that may still change starts a pending clock where it would make a level hot. It leaves no trace in latches and window. */
function provisional(state: AlertState, judgement: Judgement, period: number, policy: AlertPolicy, fingerprint: string): Reduction {
  const { value } = judgement
  if (judgement.at <= state.lastAt || state.phase !== 'inactive' || state.held || Number.isNaN(value)) return { state, changes: NOTHING }
  const at = Math.max(judgement.at, clockOf(state))
  const hot = hotLevel(state, judgement, policy.levels)
  const slots = slotsWith(state, judgement.at, period, hot, occurrencesOf(policy))
  const seen = { at, period, slots, judgement, hot }
  const begin = (severity: Severity) => (decide(severity, state, seen, policy).verdict === 'hot' ? ({ ...state[severity], phase: 'pending', since: at } as const) : state[severity])
  const [warning, critical] = [begin('warning'), begin('critical')]
  if (warning === state.warning && critical === state.critical) return { state, changes: NOTHING }
  const next: AlertState = {
    ...state,
    phase: 'pending',
    warning,
    critical,
    value,
    reason: judgement.reason,
    episode: episodeAfter(state, { at, value, isNew: false, phase: 'pending', level: 'none', worse: policy.worse }, fingerprint),
  }
  return { state: next, changes: changesOf(state, next, because('provisionalBreach', at, judgement.reason)) }
}

function hold(state: AlertState, health: Health): Reduction {
  return { state: state.held && state.health === health ? state : { ...state, health, held: true }, changes: NOTHING }
}

/** It is there again, so it is no longer unreadable. It stays held until an evaluation cuts out the time in which it was. */
function present(state: AlertState): Reduction {
  if (state.absences === 0 && state.health !== 'error') return { state, changes: NOTHING }
  const health = state.health !== 'error' ? state.health : state.lastAt === -Infinity ? 'warmingUp' : 'ok'
  return { state: { ...state, absences: 0, health }, changes: NOTHING }
}

function absent(state: AlertState, at: number, { staleAfter }: AlertPolicy): Reduction {
  const counted = { ...state, absences: state.absences + 1 }
  return counted.absences < staleAfter ? { state: counted, changes: NOTHING } : ended(counted, at, 'resourceGone')
}

/** Ends an alert and forgets all that its points left in it. */
function ended(state: AlertState, at: number, reason: EndReason): Reduction {
  if (state.phase === 'inactive' && !state.flapping && !holdsHot(state.slots)) return { state, changes: NOTHING }
  const when = Math.max(at, clockOf(state))
  const { episode } = state
  const next: AlertState = {
    ...state,
    phase: 'inactive',
    level: 'none',
    warning: { ...RESTING, since: when },
    critical: { ...RESTING, since: when },
    reached: 'none',
    slots: '',
    changed: 0,
    flapping: false,
    ...(episode === undefined || state.phase === 'inactive' ? {} : { episode: { ...episode, endedAt: when, endReason: reason } }),
  }
  return { state: next, changes: changesOf(state, next, because(reason, when, reason)) }
}
