import type { AlertState, LevelState, Phase } from '../model/alert.ts'
import type { Verdict } from './window.ts'

/** How long a level waits, in milliseconds. */
export interface LevelClocks {
  /** A breach must last this long before it fires; 0 fires at once. */
  readonly for: number
  /** It must stay well this long before it ends; 0 ends at the first cold evaluation. */
  readonly keepFiringFor: number
}

export const RESTING: LevelState = { phase: 'inactive', latched: false, since: 0 }

/** Time of the newest evaluation, of a point or of its absence: the clock, which never goes back. `-Infinity` before the first. */
export const clockOf = ({ lastAt, missedAt }: Pick<AlertState, 'lastAt' | 'missedAt'>): number => missedAt ?? lastAt

/** Somebody is told of a level in this phase. */
export const isTold = (phase: Phase): boolean => phase === 'firing' || phase === 'recovering'

/**
 * One evaluation of one level at time `at`. Pending fires at the first hot evaluation with `at - since >= for` and is lost at the first
 * cold one; firing recovers at the first cold one and ends at the first cold one with `at - since >= keepFiringFor`. An evaluation that
 * keeps the level moves nothing: a clock that ran out meanwhile acts at the next one that decides.
 */
export function stepLevel(state: LevelState, verdict: Verdict, latched: boolean, at: number, clocks: LevelClocks): LevelState {
  const phase = verdict === 'hot' ? whenHot(state, at, clocks) : verdict === 'cold' ? whenCold(state, at, clocks) : state.phase
  if (phase !== state.phase) return { phase, latched, since: at }
  return latched === state.latched ? state : { phase, latched, since: state.since }
}

function whenHot({ phase, since }: LevelState, at: number, clocks: LevelClocks): Phase {
  switch (phase) {
    case 'inactive':
      return clocks.for <= 0 ? 'firing' : 'pending'
    case 'pending':
      return at - since >= clocks.for ? 'firing' : 'pending'
    case 'firing':
    case 'recovering':
      return 'firing'
  }
}

function whenCold({ phase, since }: LevelState, at: number, clocks: LevelClocks): Phase {
  switch (phase) {
    case 'inactive':
    case 'pending':
      return 'inactive'
    case 'firing':
      return clocks.keepFiringFor <= 0 ? 'inactive' : 'recovering'
    case 'recovering':
      return at - since >= clocks.keepFiringFor ? 'inactive' : 'recovering'
  }
}
