/** How many points must be hot of how many, and how far back the points are looked for. */
export interface Occurrences {
  /** M: this many hot points make a level hot. */
  readonly hot: number
  /** N: the newest points that are present and count. */
  readonly of: number
  /** E: the evaluation range in points. Points that are older count for nothing, missing ones within it are filled up from farther back. */
  readonly range: number
}

/**
 * What missing points mean when fewer than N are present. `missing`: nothing is known, and the alert is held with health `noData`.
 * `ignore`: the alert is held as if nothing were amiss. `breaching`: they count as hot, `notBreaching`: as cold.
 */
export type MissingMode = 'missing' | 'ignore' | 'breaching' | 'notBreaching'

export const MISSING_MODES = ['missing', 'ignore', 'breaching', 'notBreaching'] as const satisfies readonly MissingMode[]

/** The largest evaluation range: it bounds what is stored for each alert. */
export const LONGEST_RANGE = 200

/** The evaluation range when none is given, as wide as that of CloudWatch for N = 3: 5. */
export const defaultRange = (of: number): number => of + Math.max(2, Math.floor(of / 3))

/** One point decides. */
export const EVERY_POINT: Occurrences = { hot: 1, of: 1, range: defaultRange(1) }
