import type { AlertState, Health, LevelState, Phase } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import { type Level, rank, type Severity } from '../model/level.ts'
import type { DecisionReason } from '../model/transition.ts'
import { type AlertChange, changesOf } from './changes.ts'
import { clockOf, isTold, type LevelClocks, stepLevel } from './clocks.ts'
import { episodeAfter } from './episode.ts'
import { isFlapping, noteChange } from './flapping.ts'
import { type AlertPolicy, flapLinesOf, occurrencesOf, refireWithin } from './policy.ts'
import { decideWindow, NOT_YET, onePoint, type WindowDecision } from './window.ts'

export interface Reduction {
  readonly state: AlertState
  readonly changes: readonly AlertChange[]
}

/** What one evaluation sees: a point, or that there is none. */
export interface Seen {
  /** The time of the evaluation. */
  readonly at: number
  /** Milliseconds between two slots, 0 where the series has none. */
  readonly period: number
  /** The evaluation range up to this slot. */
  readonly slots: string
  /** The point in this slot; `undefined` when it is missing. */
  readonly judgement: Judgement | undefined
  /** The highest level at which the point is hot. */
  readonly hot: Level
}

export const NOTHING: readonly AlertChange[] = []
const COUNTED = 'no data, which counts as a breach'

/** One evaluation: the window decides for each level, flap detection looks at what it decides, and the clocks make phases of it. */
export function evaluate(before: AlertState, seen: Seen, policy: AlertPolicy, fingerprint: string): Reduction {
  const { at, judgement } = seen
  const warningIs = decide('warning', before, seen, policy)
  const criticalIs = decide('critical', before, seen, policy)

  const critical = stepLevel(before.critical, criticalIs.verdict, isLatched('critical', before, seen, policy), at, policy.critical)
  // Who was told RED must not be told OK while it is still AMBER: warning does not wait for its own `for` then.
  const wait = isTold(critical.phase) || isTold(before.critical.phase) ? { ...policy.warning, for: 0 } : policy.warning
  const warning = stepLevel(before.warning, warningIs.verdict, isLatched('warning', before, seen, policy), at, wait)
  const phase = phaseOf(warning.phase, critical.phase)
  const level = levelOf(warning.phase, critical.phase)

  const reached = reachedLevel(before.reached, warningIs, criticalIs)
  const lines = flapLinesOf(policy)
  const isFirst = clockOf(before) === -Infinity
  const decided = (!keeps(warningIs) && watches('warning', policy)) || (!keeps(criticalIs) && watches('critical', policy))
  const changed = lines === undefined ? 0 : decided ? noteChange(before.changed, isFirst || reached !== before.reached) : before.changed

  const resting = phase === 'inactive' && before.phase === 'inactive'
  const missingCounts = judgement === undefined && (warningIs.reason === 'missingBreaches' || criticalIs.reason === 'missingBreaches')
  const value = judgement === undefined ? (missingCounts ? NaN : before.value) : judgement.value
  const moved = phase !== before.phase || level !== before.level
  const expected = judgement === undefined ? before.expected : judgement.expected
  const episode =
    resting || (judgement === undefined && !moved)
      ? before.episode
      : episodeAfter(before, { at, value, isNew: judgement !== undefined, phase, level, worse: policy.worse }, fingerprint)
  const state: Mutable<AlertState> = {
    phase,
    level,
    health: healthAfter(before, seen, watches('warning', policy) ? warningIs : criticalIs),
    warning,
    critical,
    reached,
    slots: judgement === undefined ? before.slots : seen.slots,
    lastAt: judgement === undefined ? before.lastAt : judgement.at,
    frozen: judgement === undefined ? before.frozen : 0,
    value,
    // Reading the reason may cost a string: a resting alert has nobody to tell it to.
    reason: resting ? '' : judgement === undefined ? (missingCounts ? COUNTED : before.reason) : judgement.reason,
    absences: judgement === undefined ? before.absences : 0,
    changed,
    flapping: lines !== undefined && (decided ? isFlapping(before.flapping, changed, lines) : before.flapping),
  }
  if (at > state.lastAt) state.missedAt = at
  if (state.lastAt === -Infinity || warningIs === NOT_YET || criticalIs === NOT_YET) state.begunAt = before.begunAt ?? at
  if (expected !== undefined) state.expected = expected
  if (episode !== undefined) state.episode = episode
  if (!moved && state.health === before.health && state.flapping === before.flapping) return { state, changes: NOTHING }
  const changes = changesOf(before, state, {
    at,
    warning: codeOf(before.warning, warning, warningIs, policy.warning),
    critical: codeOf(before.critical, critical, criticalIs, policy.critical),
    text: judgement === undefined ? (missingCounts ? COUNTED : 'judged again, no new point') : state.reason,
    refireWithin: refireWithin(policy),
    flapEnd: lines === undefined ? 'flappingOff' : 'changesSeldom',
  })
  return { state, changes }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What the evaluation range says of one level. */
export function decide(severity: Severity, before: AlertState, seen: Seen, policy: AlertPolicy): WindowDecision {
  if (!watches(severity, policy)) return onePoint(false)
  const occurrences = occurrencesOf(policy)
  if ((policy.warmUp ?? 0) > 0 && isWarmingUp(before, seen, policy.warmUp ?? 0, occurrences.range)) return NOT_YET
  if (occurrences.of === 1 && seen.judgement !== undefined) return onePoint(rank(seen.hot) >= rank(severity))
  return decideWindow(seen.slots, severity, occurrences, policy.missing ?? 'missing')
}

function isWarmingUp({ begunAt, lastAt }: AlertState, { at, period, slots }: Seen, warmUp: number, range: number): boolean {
  if (begunAt === undefined && lastAt > -Infinity) return false
  const age = begunAt === undefined ? 0 : at - begunAt
  const watched = period > 0 ? Math.round(age / period) + 1 : slots.length
  return age < warmUp && watched < range
}

/** The latch follows each point, and holds where there is none. */
function isLatched(severity: Severity, before: AlertState, { judgement, hot }: Seen, policy: AlertPolicy): boolean {
  return judgement === undefined ? before[severity].latched : watches(severity, policy) && rank(hot) >= rank(severity)
}

const watches = (severity: Severity, { levels }: AlertPolicy): boolean => levels.includes(severity)
const keeps = ({ verdict }: WindowDecision): boolean => verdict === 'keep' || verdict === 'noData'

function reachedLevel(before: Level, warningIs: WindowDecision, criticalIs: WindowDecision): Level {
  if (keeps(criticalIs) ? before === 'critical' : criticalIs.verdict === 'hot') return 'critical'
  return (keeps(warningIs) ? before !== 'none' : warningIs.verdict === 'hot') ? 'warning' : 'none'
}

const isHeld = (health: Health): boolean => health === 'error' || health === 'paused'

function healthAfter({ health, lastAt }: AlertState, { judgement }: Seen, lowest: WindowDecision): Health {
  if (lowest === NOT_YET) return judgement === undefined && lastAt > -Infinity && !isHeld(health) ? health : 'warmingUp'
  if (judgement !== undefined) return 'ok'
  if (lowest.verdict === 'noData') return 'noData'
  return lowest.verdict === 'keep' && !isHeld(health) ? health : 'ok'
}

export function phaseOf(warning: Phase, critical: Phase): Phase {
  if (warning === 'firing' || critical === 'firing') return 'firing'
  if (warning === 'recovering' || critical === 'recovering') return 'recovering'
  return warning === 'pending' || critical === 'pending' ? 'pending' : 'inactive'
}

/** The highest level that is firing or recovering. */
function levelOf(warning: Phase, critical: Phase): Level {
  if (isTold(critical)) return 'critical'
  return isTold(warning) ? 'warning' : 'none'
}

/** Why a level moved: the clock that ran out, or what the window said. */
function codeOf(before: LevelState, after: LevelState, { reason }: WindowDecision, clocks: LevelClocks): DecisionReason {
  if (before.phase === 'pending' && after.phase === 'firing' && clocks.for > 0) return 'forElapsed'
  return before.phase === 'recovering' && after.phase === 'inactive' ? 'keepFiringForElapsed' : reason
}
