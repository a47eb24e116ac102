import { inWindow, type MuteWindowPart, type OpenMuteWindow } from './mute-window.ts'
import { covers, nextWallChange } from './mute-window-calendar.ts'

const DAY = 86_400_000
/** More than the distance between any two clocks of one zone: 24 hours, where it crossed the date line. */
const LARGEST_JUMP = 2 * DAY

/** How far `nextChange` looks ahead: ten years. The rarest date without a year, the 29th of February, comes within eight. */
const HORIZON = 3_653 * DAY

/** When a window next begins or ends. */
export interface WindowChange {
  /** Milliseconds since 1970, after the instant that was asked for. */
  readonly at: number
  readonly change: 'begins' | 'ends'
}

/**
 * When a window next begins or ends, for words such as "muted until 06:00". `undefined` when that is not within ten years, as with a window
 * that holds always, or never again. Overlapping and adjoining intervals are one.
 *
 * Bounded work: for each zone of the window it looks at each date of those ten years at most a few times, by plain arithmetic, and asks for
 * the zone's clock only around the dates at which something may change. The costliest window, one that intervals of several zones keep up
 * without a gap, makes it follow each of those intervals once.
 *
 * @param at milliseconds since 1970.
 * @throws RangeError when `at` is not a time that a `Date` can hold.
 */
export function nextChange(window: OpenMuteWindow, at: number): WindowChange | undefined {
  const limit = at + HORIZON
  if (!inWindow(window, at)) {
    const begins = Math.min(...window.parts.map((part) => partChange(part, at, limit)))
    return begins === Infinity ? undefined : { at: begins, change: 'begins' }
  }
  let held = at
  do {
    held = Math.max(...window.parts.filter((part) => partCovers(part, held)).map((part) => partChange(part, held, limit)))
    if (held === Infinity) return undefined
  } while (inWindow(window, held))
  return { at: held, change: 'ends' }
}

function partCovers({ zone, intervals }: MuteWindowPart, at: number): boolean {
  return covers(intervals, at + zone.stretchAt(at).offset)
}

/**
 * When the intervals of one zone next begin or end together; `Infinity` when not before `limit`.
 *
 * They are constant while the clock shows a time from `low` to before `high`. A jump of the clock can leave those bounds only near them: so
 * it goes stretch by stretch for as long as a jump could lead back before `low`, leaps, and does so again before `high`. Where a jump sets
 * new bounds no second one follows within days.
 */
function partChange({ zone, intervals }: MuteWindowPart, at: number, limit: number): number {
  const state = partCovers({ zone, intervals }, at)
  let low = 0
  let high = 0
  for (let time = at; time < limit;) {
    const { offset, until } = zone.stretchAt(time)
    const wall = time + offset
    if (wall < low || wall >= high) {
      if (covers(intervals, wall) !== state) return time
      low = wall
      high = nextWallChange(intervals, wall, limit + LARGEST_JUMP)
    }
    const next = high - offset
    if (next < until) return next < limit ? next : Infinity
    time = time - at < LARGEST_JUMP ? until : Math.max(until, next - LARGEST_JUMP)
  }
  return Infinity
}
