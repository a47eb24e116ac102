import { covers } from './mute-window-calendar.ts'
import { openZones, type Zone } from './zoned-time.ts'

/**
 * Recurring times at which nobody is told. It holds at an instant when one of its intervals does; without intervals it never holds.
 * Plain data, made from people's text by the schema `muteWindow`.
 */
export interface MuteWindow {
  readonly name: string
  readonly intervals: readonly MuteInterval[]
}

/**
 * Conditions on what a wall clock and a calendar show. All that are given must hold; a list holds when one of its entries does, so an
 * empty one never does. What is left out holds always.
 *
 * Daylight saving: what counts is what the clock shows. An hour that is skipped never matches; one that is shown twice matches twice.
 */
export interface MuteInterval {
  readonly times?: readonly TimeRange[] | undefined
  /** 0 is Sunday, 6 is Saturday. */
  readonly weekdays?: readonly Span[] | undefined
  /** From 1, or from -1 for the last day backwards. A start after the end of the month does not match, an end after it is clamped. */
  readonly daysOfMonth?: readonly Span[] | undefined
  /** 1 is January, 12 is December. */
  readonly months?: readonly Span[] | undefined
  readonly years?: readonly Span[] | undefined
  /** IANA zone in which all of this is read. */
  readonly timeZone: string
}

/**
 * Minutes since midnight, half-open. An end above 1440 is on the next day. That part belongs to the date on which the range began: `22:00`
 * to `06:00` on Fridays ends on Saturday morning, and what follows the 31st of December counts as December.
 */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** Both ends belong to it. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** A window that is ready to be asked. It remembers what its zones said last, so it is cheap to ask and no data to store. */
export interface OpenMuteWindow {
  readonly name: string
  readonly parts: readonly MuteWindowPart[]
}

/** The intervals of a window that are read in one zone. */
export interface MuteWindowPart {
  readonly zone: Zone
  readonly intervals: readonly MuteInterval[]
}

/**
 * Makes a window ready to be asked.
 *
 * @param zoneOf gives a zone by its name. Pass the same `openZones()` for all windows that live together. Default: zones of its own.
 * @throws RangeError when a zone is not known; the schema lets none such through.
 */
export function openMuteWindow(window: MuteWindow, zoneOf: (name: string) => Zone = openZones()): OpenMuteWindow {
  const parts = Map.groupBy(window.intervals, ({ timeZone }) => timeZone)
  return { name: window.name, parts: Array.from(parts, ([timeZone, intervals]) => ({ zone: zoneOf(timeZone), intervals })) }
}

/**
 * Whether a window holds.
 *
 * @param at milliseconds since 1970.
 * @throws RangeError when `at` is not a time that a `Date` can hold.
 */
export function inWindow(window: OpenMuteWindow, at: number): boolean {
  for (const { zone, intervals } of window.parts) if (covers(intervals, at + zone.stretchAt(at).offset)) return true
  return false
}
