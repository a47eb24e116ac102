const SIX_DAYS = 6 * 86_400_000
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const formats = new Map<string, Intl.DateTimeFormat>()

/** What a clock in a zone shows: `2026-03-01 18:00`. */
export function wallClock(at: number, timeZone: string): string {
  return shown(at, timeZone).slice(0, 16)
}

/** What a clock in a zone will show, short where that is plain: `sun 22:00` within six days, a date beyond. */
export function comingClock(at: number, now: number, timeZone: string): string {
  const [date = '', time = ''] = wallClock(at, timeZone).split(' ')
  return `${at - now < SIX_DAYS ? WEEKDAYS[new Date(date).getUTCDay()] : date} ${time}`
}

/**
 * The instant at which a clock in a zone shows `2026-03-01T18:00`. Of an hour that is shown twice it is one of the two; one that is skipped is
 * taken as if the clock had not been changed yet.
 */
export function readWallClock(text: string, timeZone: string): number {
  const wall = Date.parse(`${text}Z`)
  const offsetAt = (at: number): number => Date.parse(`${shown(at, timeZone).replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000
  const near = wall - offsetAt(wall)
  return wall - offsetAt(near)
}

/** What a clock in a zone shows, to the second: `2026-03-01 18:00:00`. */
export const wallSeconds = (at: number, timeZone: string): string => shown(at, timeZone)

/** To the second. Swedish, because Swedes write dates as ISO 8601 does. */
function shown(at: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(timeZone, format)
  return format.format(at)
}
