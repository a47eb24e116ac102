import type { AlertState, LevelState } from '../model/alert.ts'
import { clockOf } from './clocks.ts'

/**
 * The state after a time in which nothing could be evaluated: clocks that run are moved on by it, and no missing points are seen in it.
 * Points from before more than `forgetAfter` milliseconds count no longer, but for an alert that somebody is told of: what made it fire
 * holds until something is known again.
 *
 * @param until the end of that time: no clock is moved beyond it, though a provisional point may have started one within it.
 */
export function freeze(state: AlertState, duration: number, until: number, forgetAfter: number): AlertState {
  if (!(duration > 0)) return state
  return {
    ...state,
    warning: movedOn(state.warning, duration, until),
    critical: movedOn(state.critical, duration, until),
    frozen: state.frozen + duration,
    slots: duration > forgetAfter && state.level === 'none' ? '' : state.slots,
    ...(state.begunAt === undefined ? {} : { begunAt: state.begunAt + duration }),
  }
}

/**
 * The state at its first evaluation after it was held. The time since the evaluation before is cut out, but for the one period that lies
 * between any two. Points that were held back and come later, each at its own time, leave nothing to cut out.
 */
export function thaw(state: AlertState, at: number, period: number, range: number): AlertState {
  if (!state.held || clockOf(state) === -Infinity) return state
  return freeze(state, at - clockOf(state) - period, at, period > 0 ? range * period : Infinity)
}

function movedOn(level: LevelState, duration: number, until: number): LevelState {
  return level.phase === 'pending' || level.phase === 'recovering' ? { ...level, since: Math.min(level.since + duration, Math.max(level.since, until)) } : level
}
