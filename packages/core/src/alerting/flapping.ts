/** When an alert flaps, in percent of weighted changes. */
export interface FlapLines {
  /** It flaps above this. */
  readonly enter: number
  /** It flaps until it is at or below this. */
  readonly leave: number
}

/** Icinga's: 30 and 25 %. */
export const STANDARD_FLAP_LINES: FlapLines = { enter: 30, leave: 25 }

/** How many evaluations are remembered. */
export const FLAP_MEMORY = 20
const ALL = 2 ** FLAP_MEMORY - 1

/** Notes whether the level changed at one more evaluation. `changed` has one bit for each of the last 20, the newest lowest. */
export const noteChange = (changed: number, change: boolean): number => ((changed << 1) | Number(change)) & ALL

/**
 * How much an alert flaps, in percent: each change weighs from 0.80 for the oldest of the 20 evaluations to 1.18 for the newest, and the
 * sum is compared with 20.
 */
export function flapPercent(changed: number): number {
  // In units of 0.02 the weights are whole numbers, 59 for the newest down to 40, so sums are exact.
  let sum = 0
  for (let rest = changed; rest !== 0; rest &= rest - 1) sum += 59 - (31 - Math.clz32(rest & -rest))
  return sum / 10
}

/** Whether an alert flaps after an evaluation. */
export function isFlapping(was: boolean, changed: number, { enter, leave }: FlapLines): boolean {
  if (changed === 0) return false
  const percent = flapPercent(changed)
  return was ? percent > leave : percent > enter
}
