import type { Severity } from '../model/level.ts'
import { EVERY_POINT, type MissingMode, type Occurrences } from '../model/occurrences.ts'
import type { LevelClocks } from './clocks.ts'
import { type FlapLines, STANDARD_FLAP_LINES } from './flapping.ts'

/** How the alerts of one rule behave. Durations are milliseconds. */
export interface AlertPolicy {
  /** Levels the rule's evaluator can breach. */
  readonly levels: readonly Severity[]
  readonly warning: LevelClocks
  readonly critical: LevelClocks
  /** Which way the metric is bad, for the peak. */
  readonly worse: 'high' | 'low'
  /** Cycles in a row that the resource may be absent before its alert ends. */
  readonly staleAfter: number
  /** M of N, the same for both levels: with different ones critical could be hot where warning is not. Default: one point decides. */
  readonly occurrences?: Occurrences
  /** What missing points mean. Default `missing`. */
  readonly missing?: MissingMode
  /**
   * No transition until the evaluation range was watched to its full length or this long has passed since the first evaluation,
   * whichever is first. Default 0: off, so a breach that is there at the first look is told at once.
   */
  readonly warmUp?: number
  /** When an alert flaps; `false` never. Default: above 30 %, until at or below 25 %. */
  readonly flapping?: boolean | FlapLines
  /** An alert that fires so soon after its last end has `refired`. Default five minutes, the usual interval between two messages of a group. */
  readonly refireWithin?: number
}

const REFIRE_WITHIN = 5 * 60_000

export const occurrencesOf = ({ occurrences = EVERY_POINT }: AlertPolicy): Occurrences => occurrences

export const refireWithin = (policy: AlertPolicy): number => policy.refireWithin ?? REFIRE_WITHIN

/** The lines of flap detection, or `undefined` where it is off. */
export function flapLinesOf({ flapping = true }: AlertPolicy): FlapLines | undefined {
  return flapping === true ? STANDARD_FLAP_LINES : flapping === false ? undefined : flapping
}
