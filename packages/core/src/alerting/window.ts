import type { Level, Severity } from '../model/level.ts'
import type { MissingMode, Occurrences } from '../model/occurrences.ts'
import type { WindowReason } from '../model/transition.ts'

/** What M of N points say of a level. `keep`: it stays as it was. `noData`: it stays as it was, and nothing is known of it. */
export type Verdict = 'hot' | 'cold' | 'keep' | 'noData'

/** A verdict and the rule that gave it. */
export interface WindowDecision {
  readonly verdict: Verdict
  readonly reason: WindowReason
}

const decision = (verdict: Verdict, reason: WindowReason): WindowDecision => ({ verdict, reason })
// Made once: one of them is given for every point of every series.
const ENOUGH_HOT = decision('hot', 'enoughHot')
const TOO_FEW_HOT = decision('cold', 'tooFewHot')
const PRESENT_HOT = decision('hot', 'presentHot')
const HOT_SINCE_LONG = decision('hot', 'hotSinceLong')
const HOT_TOO_YOUNG = decision('keep', 'hotTooYoung')
const ALL_MISSING = decision('noData', 'allMissing')
const MISSING_IGNORED = decision('keep', 'missingIgnored')
const MISSING_BREACHES = decision('hot', 'missingBreaches')
const MISSING_DOES_NOT_BREACH = decision('cold', 'missingDoesNotBreach')
/** The range was not yet watched long enough to say anything. */
export const NOT_YET = decision('keep', 'rangeNotFull')

/** What one point decides where M = N = 1. */
export const onePoint = (hot: boolean): WindowDecision => (hot ? ENOUGH_HOT : TOO_FEW_HOT)

/** The slot of a point that is hot up to `level`. */
export const slotOf = (level: Level): string => (level === 'none' ? '0' : level === 'warning' ? 'w' : 'c')

/** The slots of the evaluation range up to one more point, with `missing` empty ones before it. */
export function withPoint(slots: string, missing: number, level: Level, range: number): string {
  const before = missing > 0 ? withMissing(slots, missing, range) : slots
  return before.slice(Math.max(0, before.length + 1 - range)) + slotOf(level)
}

/** The slots of the evaluation range when the newest `missing` of them hold no point. */
export function withMissing(slots: string, missing: number, range: number): string {
  return missing <= 0 ? slots.slice(-range) : (slots + '-'.repeat(Math.min(missing, range))).slice(-range)
}

/** Whether a slot is worth keeping when its alert is at rest: it counts towards M. */
export const holdsHot = (slots: string): boolean => slots.includes('w') || slots.includes('c')

/**
 * What the slots say of one level, oldest first as `AlertState.slots` writes them. The newest N points that are present decide; when
 * fewer than N are present, the mode says what the missing ones are.
 *
 * Fewer slots than the range mean that it was not yet watched to its full length. Slots nobody looked at are no missing points: they
 * fill nothing up, and without a single present point they decide nothing.
 */
export function decideWindow(slots: string, severity: Severity, { hot: needed, of, range }: Occurrences, mode: MissingMode): WindowDecision {
  const watched = Math.min(slots.length, range)
  let present = 0
  let hot = 0
  let oldestAge = 0
  for (let age = 1; age <= watched; age++) {
    const slot = slots.charAt(slots.length - age)
    if (slot === '-') continue
    present++
    oldestAge = age
    if (slot === 'c' || (slot === 'w' && severity === 'warning')) hot++
    if (present === of) return hot >= needed ? ENOUGH_HOT : TOO_FEW_HOT
  }
  if (present === 0) return watched < range ? NOT_YET : nothingPresent(mode)
  if (hot >= needed) return PRESENT_HOT
  switch (mode) {
    case 'breaching':
      return hot + Math.min(of, watched) - present >= needed ? MISSING_BREACHES : TOO_FEW_HOT
    case 'notBreaching':
      return MISSING_DOES_NOT_BREACH
    case 'missing':
    case 'ignore':
      if (hot < present) return TOO_FEW_HOT
      if (oldestAge < needed) return HOT_TOO_YOUNG
      return mode === 'missing' ? HOT_SINCE_LONG : MISSING_IGNORED
  }
}

function nothingPresent(mode: MissingMode): WindowDecision {
  switch (mode) {
    case 'missing':
      return ALL_MISSING
    case 'ignore':
      return MISSING_IGNORED
    case 'breaching':
      return MISSING_BREACHES
    case 'notBreaching':
      return MISSING_DOES_NOT_BREACH
  }
}
