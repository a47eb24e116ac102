/** Zones to read cases in that name none: far east and far west, offsets in quarters of an hour, daylight saving on both halves of the globe. */
export const ZONES: readonly string[] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'America/New_York']

const QUARTER = 15 * 60_000
const OFFSETS = Array.from({ length: 2 * 15 * 4 + 1 }, (_, index) => (index - 15 * 4) * QUARTER)

const formatOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })

/** What the clocks of a zone show at an instant, as if it were UTC. Asked of the platform, not of what is tested. */
export function shownIn(at: number, timeZone: string, format = formatOf(timeZone)): number {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts['year'] ?? NaN, (parts['month'] ?? NaN) - 1, parts['day'], parts['hour'], parts['minute'], parts['second'])
}

/** When the clocks of a zone show something, given as if it were UTC; `undefined` where they skip it. */
export function whenItShows(shown: number, timeZone: string): number | undefined {
  const format = formatOf(timeZone)
  return OFFSETS.map((offset) => shown - offset).find((instant) => shownIn(instant, timeZone, format) === shown)
}
