import type { AlertState } from '../model/alert.ts'
import { type Level, rank, type Severity } from '../model/level.ts'
import type { DecisionReason, TransitionKind } from '../model/transition.ts'
import { FLAP_MEMORY, flapPercent } from './flapping.ts'

/** A change worth recording. */
export interface AlertChange {
  readonly kind: TransitionKind
  readonly at: number
  readonly from: Level
  readonly to: Level
  /** Which rule decided. */
  readonly code: DecisionReason
  /** Why, in words. */
  readonly reason: string
}

/** Why a state became another: the rule that decided for each level, and words for people. */
export interface Cause extends Readonly<Record<Severity, DecisionReason>> {
  readonly at: number
  readonly text: string
  /** An alert that fires so soon after its last end has `refired`, milliseconds. */
  readonly refireWithin: number
  /** Why it flaps no longer. */
  readonly flapEnd: DecisionReason
}

/** One cause for both levels. */
export const because = (code: DecisionReason, at: number, text: string): Cause => ({ warning: code, critical: code, at, text, refireWithin: 0, flapEnd: code })

/** What is worth recording between two states of an alert. */
export function changesOf(before: AlertState, after: AlertState, cause: Cause): AlertChange[] {
  const changes: AlertChange[] = []
  const add = (kind: TransitionKind, code: DecisionReason, reason = cause.text, from = before.level): void => void changes.push({ kind, at: cause.at, from, to: after.level, code, reason })

  // What never had data has lost none.
  const hadData = before.lastAt > -Infinity
  if (hadData && before.health === 'noData' && after.health === 'ok' && after.lastAt > before.lastAt) changes.push({ kind: 'dataBack', at: cause.at, from: before.level, to: before.level, code: 'pointArrived', reason: 'a point arrived' })
  const kind = kindOf(before, after, cause)
  if (kind !== undefined) add(kind, cause[deciding(kind, before, after)])
  // The fall of the level does not say whether what is left of it is still hot.
  const beside = kind === 'deescalated' ? phaseChange(before, after) : undefined
  if (beside !== undefined) add(beside, cause.warning, cause.text, after.level)
  if (hadData && after.health === 'noData' && before.health !== 'noData') add('noData', cause.warning, 'no point where one was due', after.level)
  if (after.flapping && !before.flapping) add('flapStart', 'changesTooOften', `its level changed at ${flapPercent(after.changed)}% of the last ${FLAP_MEMORY} evaluations, newer ones weighing more`, after.level)
  if (before.flapping && !after.flapping) add('flapEnd', cause.flapEnd, 'its level changes seldom again', after.level)
  return changes
}

function kindOf(before: AlertState, after: AlertState, cause: Cause): TransitionKind | undefined {
  const [was, is] = [rank(before.level), rank(after.level)]
  if (was === 0 && is > 0) return isRefire(after, cause) ? 'refired' : 'fired'
  if (is > was) return 'escalated'
  if (is < was) return is > 0 ? 'deescalated' : 'resolved'
  return phaseChange(before, after)
}

function phaseChange(before: AlertState, after: AlertState): TransitionKind | undefined {
  switch (`${before.phase} ${after.phase}`) {
    case 'inactive pending':
      return 'pending'
    case 'pending inactive':
      return 'dropped'
    case 'firing recovering':
      return 'recovering'
    case 'recovering firing':
      return 'relapsed'
    default:
      return undefined
  }
}

function isRefire({ episode }: AlertState, { at, refireWithin }: Cause): boolean {
  return episode?.quietSince !== undefined && at - episode.quietSince <= refireWithin
}

/** The level whose own step made the change. */
function deciding(kind: TransitionKind, before: AlertState, after: AlertState): Severity {
  if (kind === 'pending') return after.critical.phase === 'pending' ? 'critical' : 'warning'
  if (kind === 'dropped') return before.critical.phase === 'pending' ? 'critical' : 'warning'
  if (kind === 'relapsed') return after.critical.phase === 'firing' ? 'critical' : 'warning'
  return before.level === 'critical' || after.level === 'critical' ? 'critical' : 'warning'
}
