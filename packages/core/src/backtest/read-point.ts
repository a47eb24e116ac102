const CALENDAR = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|z| ?UTC|[+-]\d\d(?::?\d\d)?)?$/
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** Below it a number counts seconds, from it on milliseconds: it is the year 5138 in seconds and March 1973 in milliseconds. */
const MILLISECONDS_FROM = 1e11
/** Times before the year 5138 are believed: beyond it stand microseconds. */
const LATEST = 1e14
const MISSING = new Set(['', 'nan', 'null', 'na', 'n/a', '-'])
const INFINITE: Readonly<Record<string, number>> = { inf: Infinity, '+inf': Infinity, infinity: Infinity, '-inf': -Infinity, '-infinity': -Infinity }

/**
 * Makes a reader of times for one file. It gives milliseconds since the epoch, or NaN when a text is no time: ISO 8601,
 * `2014-04-10 07:15:00` and a date (all UTC unless they say otherwise), or seconds or milliseconds since the epoch.
 */
export function timeReader(): (text: string) => number {
  let date = ''
  let midnight = NaN
  return (text) => {
    // A file has many times of one day, almost always to the second and without a zone.
    if (text.length === 19 && text.startsWith(date) && date !== '') {
      const seconds = secondsOf(text)
      if (seconds >= 0) return midnight + seconds * 1_000
    }
    if (NUMBER.test(text)) return readEpoch(Number(text))
    const match = CALENDAR.exec(text)
    if (match === null) return NaN
    const [, day = '', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
    const at = midnightOf(day) + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number.isNaN(at)) return NaN
    date = day
    midnight = midnightOf(day)
    return at + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetOf(zone)
  }
}

/** A time from a number of seconds or milliseconds since the epoch, in whole milliseconds; NaN when it is neither. */
export function readEpoch(count: number): number {
  const at = Math.abs(count) < MILLISECONDS_FROM ? count * 1_000 : count
  return Math.abs(at) < LATEST ? Math.round(at) : NaN
}

/** A value; `undefined` when the text is none. Nothing, `NaN`, `null`, `NA` and `-` are a missing point: NaN. */
export function readValue(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text)
  const word = text.trim().toLowerCase()
  return MISSING.has(word) ? NaN : (INFINITE[word] ?? (NUMBER.test(word) ? Number(word) : undefined))
}

/** The seconds of the day in `2014-04-10 07:15:00`, below zero when there are none. */
function secondsOf(text: string): number {
  const two = (index: number): number => {
    const [tens, ones] = [text.charCodeAt(index) - 48, text.charCodeAt(index + 1) - 48]
    return tens >= 0 && tens < 6 && ones >= 0 && ones < 10 ? tens * 10 + ones : NaN
  }
  const gap = text[10]
  const hour = two(11)
  const seconds = (hour * 60 + two(14)) * 60 + two(17)
  return (gap === ' ' || gap === 'T') && text[13] === ':' && text[16] === ':' && hour < 24 && seconds >= 0 ? seconds : -1
}

/** NaN for a day that the calendar does not have: 30 February would be taken for 2 March. */
function midnightOf(date: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date) ? midnight : NaN
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
