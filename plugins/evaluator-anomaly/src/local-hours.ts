const QUARTER = 15 * 60_000
const HOUR = 60 * 60_000
const DAY = 24 * HOUR

/**
 * The hour of the week of an instant by the wall clocks of a zone: 0 is Sunday 0:00 to 1:00, 167 the last hour of Saturday. Asking
 * the calendar costs more than all the rest of judging a point, so an answer is kept for the day, or for the quarter of an hour on
 * days on which the clocks change.
 */
export function localHours(zone: string): (at: number) => number {
  const offsetAt = zone === 'UTC' ? () => 0 : rememberOffset(calendarOffset(zone))
  return (at) => {
    const local = at + offsetAt(at)
    // 1 January 1970 was a Thursday.
    const hour = Math.floor(local / HOUR) + 4 * 24
    return ((hour % 168) + 168) % 168
  }
}

function rememberOffset(offsetAt: (at: number) => number): (at: number) => number {
  let day = NaN
  let ofDay: number | undefined
  let quarter = NaN
  let ofQuarter = 0
  return (at) => {
    if (Math.floor(at / DAY) !== day) {
      day = Math.floor(at / DAY)
      const first = offsetAt(day * DAY)
      ofDay = first === offsetAt((day + 1) * DAY) ? first : undefined
    }
    if (ofDay !== undefined) return ofDay
    if (Math.floor(at / QUARTER) !== quarter) {
      quarter = Math.floor(at / QUARTER)
      ofQuarter = offsetAt(quarter * QUARTER)
    }
    return ofQuarter
  }
}

/** How far the zone's wall clocks are ahead of UTC, milliseconds. */
function calendarOffset(zone: string): (at: number) => number {
  const calendar = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
  return (at) => {
    const read: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of calendar.formatToParts(at)) read[type] = Number(value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = read
    return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000
  }
}
