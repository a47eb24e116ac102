import { formatDuration, oneLine } from '@tocsin/core'
import type { Figures, Period, Row } from '../figures.ts'

/** Text from outside in one line of at most `most` UTF-16 units. Never cuts a character in half. */
export function clean(text: string, most = 80): string {
  const line = oneLine(text)
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** `web-3`, with its account and region where they tell it from another resource of the same name. */
export function placeName({ account, region }: Row['resource']): string {
  return [account, region].filter((part) => part !== undefined).map((part) => clean(part, 40)).join(' ')
}

/** `cpu`, `disk /var`. */
export function metricName({ metric, dimensions }: Pick<Row, 'metric' | 'dimensions'>): string {
  return clean([metric, ...Object.values(dimensions)].join(' '))
}

/** `1 resource`, `14 resources`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function enumerated(names: readonly string[], most: number): string {
  const rest = names.length - most
  if (rest > 0) return `${names.slice(0, most).join(', ')} and ${rest.toLocaleString('en-US')} more`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** `18h`, `6h 35m`. */
export const minutesLong = (minutes: number): string => formatDuration(Math.max(1, Math.round(minutes)) * 60_000)

const WHEN: Readonly<Record<Period['kind'], Intl.DateTimeFormatOptions>> = {
  hour: {},
  day: {},
  week: { weekday: 'short' },
  month: { day: 'numeric', month: 'short' },
}

/** When something was, as precisely as a reader of the period needs: `14:05` within a day, `Wed 14:05` in a week, `19 Aug 14:05` in a month. */
export function whenIn({ period, timeZone }: Pick<Figures, 'period' | 'timeZone'>): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...WHEN[period.kind], hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return (at) => format.format(at).replaceAll(',', '')
}

/** What the period spans: `17–23 August 2026`, `August 2026`, `Thursday 20 August 2026`, `Thursday 20 August 2026, 14:00–15:00`. */
export function spanOf({ period: { kind, from, until }, timeZone }: Pick<Figures, 'period' | 'timeZone'>): string {
  const date: Intl.DateTimeFormatOptions = { timeZone, day: 'numeric', month: 'long', year: 'numeric' }
  const last = Math.max(from, until - 1)
  switch (kind) {
    case 'month':
      return new Intl.DateTimeFormat('en-GB', { timeZone, month: 'long', year: 'numeric' }).format(from)
    case 'week':
      return new Intl.DateTimeFormat('en-GB', date).formatRange(from, last)
    case 'day':
      return new Intl.DateTimeFormat('en-GB', { ...date, weekday: 'long' }).format(from).replace(',', '')
    case 'hour': {
      const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
      return `${new Intl.DateTimeFormat('en-GB', { ...date, weekday: 'long' }).format(from).replace(',', '')}, ${time.format(from)}–${time.format(until)}`
    }
  }
}
