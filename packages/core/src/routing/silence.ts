import type { Labels } from '../model/labels.ts'
import { compileMatcherSets, type LabelTest, type MatcherSets } from './matcher.ts'
import { inWindow, type MuteInterval, openMuteWindow, type OpenMuteWindow } from './mute-window.ts'
import type { Zone } from './zoned-time.ts'

/**
 * A person's wish not to be told of some alerts for a while. It hides alerts from delivery and never changes them. Plain data, as it is
 * stored; made by `createSilence`. Times are milliseconds since 1970.
 */
export interface Silence {
  readonly id: string
  /** Alerts for which one of the sets holds are hidden. Never empty, and no set is. */
  readonly matcherSets: MatcherSets
  /** The first instant at which it hides anything. */
  readonly startsAt: number
  /** The first instant at which it no longer does. Absent only beside `untilResolved` or `recurring`. */
  readonly endsAt?: number
  /** It ends by itself when the last alert that it hides has ended, and at `endsAt` at the latest. */
  readonly untilResolved?: true
  /** It hides only while one of these holds, between `startsAt` and `endsAt`. */
  readonly recurring?: readonly MuteInterval[]
  readonly createdBy: string
  /** Why. */
  readonly comment: string
  /** 1 when new, one more after each change: a writer names the version it read. */
  readonly version: number
  /** Why it ended before its time. */
  readonly endReason?: SilenceEndReason
  /** The silence whose edit made this one. */
  readonly replaces?: string
}

/** `expired`: somebody ended it. `replaced`: an edit made another of it. `resolved`: nothing was left to hide. */
export type SilenceEndReason = 'expired' | 'replaced' | 'resolved'

/** Whether a silence hides alerts at an instant, and why. */
export type SilenceStatus =
  | { readonly state: 'pending'; readonly reason: 'notStarted' | 'betweenWindows' }
  | { readonly state: 'active'; readonly reason: 'started' | 'inWindow' | 'untilResolved' }
  | { readonly state: 'expired'; readonly reason: 'ended' | SilenceEndReason }

/** A silence that is ready to be asked: its patterns are compiled, its time zone is open. */
export interface OpenSilence {
  readonly silence: Silence
  /** Whether its matchers hold, whatever the time. */
  readonly matches: LabelTest
  readonly window?: OpenMuteWindow
}

/**
 * Makes a silence ready to be asked. Do it once for each version of a silence.
 *
 * @param zoneOf pass the same `openZones()` for all silences. Default: zones of its own.
 * @throws TocsinError E103 for a pattern that RE2 does not take, RangeError for an unknown time zone. What `createSilence` made has neither.
 */
export function openSilence(silence: Silence, zoneOf?: (name: string) => Zone): OpenSilence {
  const matches = compileMatcherSets(silence.matcherSets)
  return silence.recurring === undefined ? { silence, matches } : { silence, matches, window: windowOf(silence.id, silence.recurring, zoneOf) }
}

/** The state at an instant. It starts at `startsAt` and is over at `endsAt` itself. */
export function silenceStatus({ silence, window }: Pick<OpenSilence, 'silence' | 'window'>, at: number): SilenceStatus {
  if (at < silence.startsAt) return { state: 'pending', reason: 'notStarted' }
  if (silence.endsAt !== undefined && at >= silence.endsAt) return { state: 'expired', reason: silence.endReason ?? 'ended' }
  if (silence.recurring !== undefined) {
    const opened = window ?? windowOf(silence.id, silence.recurring)
    return inWindow(opened, at) ? { state: 'active', reason: 'inWindow' } : { state: 'pending', reason: 'betweenWindows' }
  }
  return { state: 'active', reason: silence.untilResolved ? 'untilResolved' : 'started' }
}

/** Whether a silence hides an alert with these labels at an instant. */
export const hides = (open: OpenSilence, labels: Labels, at: number): boolean => silenceStatus(open, at).state === 'active' && open.matches(labels)

/** The silences that hide an alert at an instant: ask for the instant once and then for each alert. */
export function silencesAt(silences: Iterable<OpenSilence>, at: number): (labels: Labels) => readonly Silence[] {
  const active = Array.from(silences).filter((open) => silenceStatus(open, at).state === 'active')
  return (labels) => active.filter(({ matches }) => matches(labels)).map(({ silence }) => silence)
}

/** What to look for. All that is given must hold. */
export interface SilenceQuery {
  /** Silences whose matchers hold for these labels, whatever their state. */
  readonly labels?: Labels
  readonly states?: readonly SilenceStatus['state'][]
  readonly ids?: readonly string[]
}

/** Silences that a query selects, in the order in which they were given. */
export function findSilences(silences: Iterable<OpenSilence>, { labels, states, ids }: SilenceQuery, at: number): Silence[] {
  return Array.from(silences)
    .filter((open) => ids?.includes(open.silence.id) ?? true)
    .filter((open) => states?.includes(silenceStatus(open, at).state) ?? true)
    .filter((open) => labels === undefined || open.matches(labels))
    .map(({ silence }) => silence)
}

/** The silence over at an instant, with the reason. One that had not started never will have. One that is over stays as it is. */
export function endSilence(silence: Silence, at: number, endReason: SilenceEndReason): Silence {
  if (silence.endsAt !== undefined && at >= silence.endsAt) return silence
  return { ...silence, startsAt: Math.min(silence.startsAt, at), endsAt: at, endReason, version: silence.version + 1 }
}

function windowOf(name: string, intervals: readonly MuteInterval[], zoneOf?: (name: string) => Zone): OpenMuteWindow {
  return openMuteWindow({ name, intervals }, zoneOf)
}
