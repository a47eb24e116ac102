import type { LevelState } from '../model/alert.ts'

/** How long a level waits, in milliseconds. */
export interface LevelClocks {
  /** A breach must last this long before it fires; 0 fires at once. */
  readonly for: number
  /** It must stay well this long before it ends; 0 ends at the first cold evaluation. */
  readonly keepFiringFor: number
}

export const RESTING: LevelState = { phase: 'inactive', latched: false, since: 0 }

/**
 * One evaluation of one level at time `at`. Pending fires at the first evaluation with `at - since >= for` and is lost at the first
 * cold one; firing recovers at the first cold one and ends at the first with `at - since >= keepFiringFor`.
 */
export function stepLevel(state: LevelState, hot: boolean, at: number, clocks: LevelClocks): LevelState {
  const { phase, since } = state
  switch (phase) {
    case 'inactive':
      if (!hot) return state.latched ? { ...state, latched: false } : state
      return { phase: clocks.for <= 0 ? 'firing' : 'pending', latched: true, since: at }
    case 'pending':
      if (!hot) return { phase: 'inactive', latched: false, since: at }
      return at - since >= clocks.for ? { phase: 'firing', latched: true, since: at } : state
    case 'firing':
      if (hot) return state
      return { phase: clocks.keepFiringFor <= 0 ? 'inactive' : 'recovering', latched: false, since: at }
    case 'recovering':
      if (hot) return { phase: 'firing', latched: true, since: at }
      return at - since >= clocks.keepFiringFor ? { phase: 'inactive', latched: false, since: at } : state
  }
}
