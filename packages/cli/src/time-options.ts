import { parseDuration } from '@tocsin/core'
import { z } from 'zod'
import { readWallClock, wallClock } from './text/wall-clock.ts'
import { usageError } from './usage-error.ts'

const DAY = 86_400_000

/**
 * Milliseconds of `2h`.
 *
 * @throws TocsinError E600 for anything else, and for nothing at all.
 */
export function lengthOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0) throw usageError(`${flag} cannot be "${text}"`, 'write a duration: 30m, 2h or 1d')
  return ms
}

const withOffset = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })])
const local = z.iso.datetime({ local: true })
const timeOfDay = z.iso.time({ precision: -1 })

interface Clock {
  readonly now: number
  /** IANA zone of the monitor. */
  readonly timeZone: string
  /** Whether a time of day is the last in place of the next. Default false. */
  readonly past?: boolean
  /** Whether the flag takes a duration, too, which the caller has looked for. Default false. */
  readonly orLength?: boolean
}

/**
 * The instant of `2026-03-01T18:00+01:00`, of `2026-03-01 18:00` on the monitor's clock, or of the next `18:00` on it.
 *
 * @throws TocsinError E600 for anything else.
 */
export function instantOf(flag: string, text: string, { now, timeZone, past = false, orLength = false }: Clock): number {
  const written = text.replace(/^(\S+) (\S+)$/, '$1T$2')
  if (withOffset.safeParse(written).success) return Date.parse(written)
  if (local.safeParse(written).success) return readWallClock(written, timeZone)
  if (!timeOfDay.safeParse(written).success) throw usageError(`${flag} cannot be "${text}"`, `write a ${orLength ? 'duration, such as 14d, or a ' : ''}time: 18:00, "2026-03-01 18:00" or 2026-03-01T18:00+01:00`)
  const onDay = (days: number): number => {
    const date = Date.parse(wallClock(now, timeZone).slice(0, 10)) + days * DAY
    return readWallClock(`${new Date(date).toISOString().slice(0, 10)}T${written}`, timeZone)
  }
  const today = onDay(0)
  if (past) return today <= now ? today : onDay(-1)
  return today > now ? today : onDay(1)
}
