import { formatQuantity, parseQuantity, type Unit } from '@tocsin/core'
import type { Line } from './lines.ts'

const SUFFIX: Readonly<Record<Unit, string>> = { percent: '%', bytes: ' B', 'bytes/second': ' B/s', seconds: 's', count: '', 'count/second': '/s' }

/** A line for people, never rounded: a line of 99.95% that reads `100%` would make the reason a lie. */
export function lineText({ value, written }: Line, unit: Unit): string {
  const shown = formatQuantity(value, unit)
  if (parseQuantity(shown.replaceAll(/[ ,]|\/s$/g, ''), unit) === value) return shown
  if (typeof written === 'string' && /[^\d.]$/.test(written)) return unit === 'bytes/second' ? `${written}/s` : written
  return `${value}${SUFFIX[unit]}`
}
