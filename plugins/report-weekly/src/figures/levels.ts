import { type Level, rank, type Transition, worse } from '@tocsin/core'

/** What an alert went through in a period. */
export interface LevelCourse {
  readonly worst: Level
  /** Milliseconds at each level. */
  readonly amber: number
  readonly red: number
  /** Times it turned amber or red. */
  readonly fired: number
}

const CALM: LevelCourse = { worst: 'none', amber: 0, red: 0, fired: 0 }

/**
 * What an alert went through from `from` to `until`.
 *
 * @param events all of its events at or after `from`, those after `until` too: the first says at which level the period began.
 * @param now its level now: that of the whole period where nothing has happened since.
 */
export function levelCourse(events: readonly Transition[], { from, until }: { readonly from: number; readonly until: number }, now: Level): LevelCourse {
  let level = events[0]?.from ?? now
  if (events.length === 0 && level === 'none') return CALM
  let [worst, amber, red, fired, since] = [level, 0, 0, 0, from]
  const spend = (end: number): void => {
    const spent = Math.max(0, end - since)
    if (level === 'warning') amber += spent
    if (level === 'critical') red += spent
    since = Math.max(since, end)
  }
  for (const event of events) {
    if (event.at >= until) break
    spend(event.at)
    if (rises(event)) fired += 1
    level = event.to
    worst = worse(worst, level)
  }
  spend(until)
  return { worst, amber, red, fired }
}

/** Whether an event is the beginning of a message: it turned amber or red, or red after amber. */
export const rises = ({ from, to }: Transition): boolean => rank(to) > rank(from)

/** Events by alert, each in the order in which they were written. */
export const byAlert = (events: readonly Transition[]): ReadonlyMap<string, readonly Transition[]> => Map.groupBy(events, ({ fingerprint }) => fingerprint)
