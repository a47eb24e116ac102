import type { Level } from './level.ts'

/** What an evaluator says of one point. */
export interface Judgement {
  /** The point's time, milliseconds since the epoch. */
  readonly at: number
  readonly value: number
  /** The worst level whose breach line the point crosses. Critical implies warning. */
  readonly breaches: Level
  /**
   * The lowest level whose clear line the point satisfies; every level above it is cleared too, `none` clears nothing.
   * Leave it out where clear simply means "not breached": there is no hysteresis then.
   */
  readonly clears?: Level
  /** The range that was to be expected, for evaluators that know one. */
  readonly expected?: readonly [low: number, high: number]
  /** Why, in the words of the message: `> 80%`. May be a getter: it is read only when a message needs it. */
  readonly reason: string
}
