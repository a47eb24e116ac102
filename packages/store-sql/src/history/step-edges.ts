import { type HistorySteps, openZone, type Zone } from '@tocsin/core'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Weeks are counted from a Monday, three days before the epoch. */
const MONDAY = -3 * DAY
const WEEK = 7 * DAY

/**
 * Where the steps of a range begin, and last of all where it ends.
 *
 * @throws RangeError for a time zone that does not exist.
 */
export function stepEdges(from: number, until: number, { step, timeZone = 'UTC' }: HistorySteps): number[] {
  const zone = openZone(timeZone)
  const edges: number[] = []
  for (let edge = from; edge < until; edge = step === 'all' ? until : nextEdge(edge, step, zone)) edges.push(edge)
  return [...edges, Math.max(from, until)]
}

/** When the step that holds `at` ends. */
function nextEdge(at: number, step: Exclude<HistorySteps['step'], 'all'>, zone: Zone): number {
  const first = zone.stretchAt(at)
  const wanted = nextOnClock(at + first.offset, step)
  let [cursor, stretch] = [at, first]
  for (;;) {
    // Clocks may jump over the instant that is waited for: then it is the jump.
    const edge = Math.max(cursor, wanted - stretch.offset)
    if (edge < stretch.until) return edge
    cursor = stretch.until
    stretch = zone.stretchAt(cursor)
    // An hour that the clocks show twice is two hours; a day stays one.
    if (step === 'hour' && stretch.offset !== first.offset) return cursor
  }
}

function nextOnClock(wall: number, step: Exclude<HistorySteps['step'], 'all'>): number {
  switch (step) {
    case 'hour':
      return (Math.floor(wall / HOUR) + 1) * HOUR
    case 'day':
      return (Math.floor(wall / DAY) + 1) * DAY
    case 'week':
      return MONDAY + (Math.floor((wall - MONDAY) / WEEK) + 1) * WEEK
  }
}
