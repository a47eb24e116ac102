import { openZone, type Zone } from '@tocsin/core'
import type { Period } from '../figures.ts'
import { instantOf } from '../instant-of.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY
/** The epoch was a Thursday. */
const MONDAY = -3 * DAY

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** The last period of its kind that was over at `at`. Days, weeks (ISO, from Monday) and months begin at midnight of the zone, or at the jump over it. */
export function periodBefore(kind: Period['kind'], at: number, timeZone: string): Period {
  const zone = openZone(timeZone)
  const until = startOf(kind, at, zone)
  return named(kind, startOf(kind, until - 1, zone), until, zone)
}

/** The period that holds `at`, as far as it has come. */
export function periodSoFar(kind: Period['kind'], at: number, timeZone: string): Period {
  const zone = openZone(timeZone)
  return named(kind, startOf(kind, at, zone), at, zone)
}

function named(kind: Period['kind'], from: number, until: number, zone: Zone): Period {
  return { kind, from, until, name: nameOf(kind, wallOf(from, zone)) }
}

const wallOf = (at: number, zone: Zone): number => at + zone.stretchAt(at).offset

function startOf(kind: Period['kind'], at: number, zone: Zone): number {
  const wall = wallOf(at, zone)
  switch (kind) {
    case 'hour': {
      // An hour that the clocks show twice is two, and one in which they change by half an hour has two parts.
      const start = at - (((wall % HOUR) + HOUR) % HOUR)
      const { from, offset } = zone.stretchAt(at)
      return zone.stretchAt(start).offset === offset ? start : from
    }
    case 'day':
      return instantOf(Math.floor(wall / DAY) * DAY, zone)
    case 'week':
      return instantOf(MONDAY + Math.floor((wall - MONDAY) / WEEK) * WEEK, zone)
    case 'month': {
      const date = new Date(wall)
      return instantOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), zone)
    }
  }
}

function nameOf(kind: Period['kind'], wall: number): string {
  const date = new Date(wall)
  const text = date.toISOString()
  if (kind === 'week') return `Week ${isoWeek(wall)}`
  if (kind === 'month') return `${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`
  return kind === 'day' ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(monday: number): number {
  const thursday = monday + 3 * DAY
  return Math.floor((thursday - Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)) / WEEK) + 1
}
