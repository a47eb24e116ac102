import type { AlertState, LevelState } from '../model/alert.ts'
import { because, changesOf } from './changes.ts'
import { clockOf, isTold, RESTING } from './clocks.ts'
import { NOTHING, phaseOf, type Reduction } from './evaluate.ts'
import { freeze } from './freeze.ts'

/** A time in which nobody watched. Milliseconds since the epoch. */
export interface Outage {
  /** When the last process committed last. */
  readonly stoppedAt: number
  readonly startedAt: number
  /** The longest outage, in milliseconds, over which clocks go on as if it had not been. */
  readonly outageTolerance: number
}

/**
 * An alert after an outage. Up to `outageTolerance` it is restored as it was, and the clocks of `for` and `keepFiringFor` are moved on by
 * the outage: what nobody saw lasted for nothing. After a longer one a pending alert is dropped, and one that somebody was told of is
 * kept with health `noData` until it is evaluated. A start before the stop is no outage.
 */
export function resume(state: AlertState, { stoppedAt, startedAt, outageTolerance }: Outage): Reduction {
  const duration = Math.max(0, startedAt - stoppedAt)
  const tolerated = duration <= outageTolerance
  // What is held already is moved on at its next evaluation, by the whole time since the one before.
  if (tolerated) return { state: state.held ? state : freeze(state, duration, startedAt, Infinity), changes: NOTHING }
  const { held, ...frozen } = freeze(state, duration, startedAt, 0)
  const at = Math.max(startedAt, clockOf(state))
  // Latches and the clock of `for` are from another time where nobody was told of anything. Of an alert that is told both latches are kept: RED includes AMBER.
  const told = isTold(frozen.warning.phase) || isTold(frozen.critical.phase)
  const kept = (level: LevelState): LevelState => (isTold(level.phase) ? level : { ...RESTING, latched: told && level.latched, since: at })
  const [warning, critical] = [kept(frozen.warning), kept(frozen.critical)]
  const phase = phaseOf(warning.phase, critical.phase)
  const { episode } = state
  const next: AlertState = {
    ...frozen,
    phase,
    health: phase !== 'inactive' ? 'noData' : held ? 'warmingUp' : frozen.health,
    warning,
    critical,
    reached: critical.phase === 'firing' ? 'critical' : warning.phase === 'firing' ? 'warning' : 'none',
    ...(phase === 'inactive' && state.phase !== 'inactive' && episode !== undefined ? { episode: { ...episode, endedAt: at } } : {}),
  }
  return { state: next, changes: changesOf(state, next, because('outage', at, 'nobody watched for longer than an outage may last')) }
}
