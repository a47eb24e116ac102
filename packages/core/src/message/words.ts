import { formatDuration } from '../model/duration.ts'
import { levelWord, rank } from '../model/level.ts'
import type { Notification, NotifiedAlert } from '../model/notification.ts'
import { formatQuantity } from '../model/quantity.ts'
import { oneLine } from '../one-line.ts'

/** `web-3 cpu`, `db-1 disk /var`. */
export function subjectName({ subject }: NotifiedAlert): string {
  return [subject.resource.name, subject.metric, ...Object.values(subject.dimensions)].map(oneLine).join(' ')
}

/** `prod us-west-2`; empty for what has neither account nor region. */
export function placeName({ subject }: NotifiedAlert): string {
  return [subject.resource.account, subject.resource.region].filter((part) => part !== undefined).map(oneLine).join(' ')
}

/** The value of an alert in its own unit. */
export function amount(value: number, { subject }: NotifiedAlert): string {
  return formatQuantity(value, subject.unit)
}

/** One alert in one line: `RED web-3 cpu 91% (> 80% for 5m)`, `OK web-3 cpu 47% · was RED for 12m`. */
export function alertLine(alert: NotifiedAlert, now: number): string {
  const name = subjectName(alert)
  if (alert.resolvedAt !== undefined && alert.resolveReason === 'rerouted') {
    return `${levelWord(alert.level)} ${name} ${amount(alert.value, alert)} · no longer ${levelWord(alert.toldLevel)}, not told here any more`
  }
  if (alert.resolvedAt !== undefined) {
    const end = alert.resolveReason === 'resourceGone' ? 'is gone' : alert.resolveReason === 'ruleRemoved' ? 'is no longer watched' : alert.resolveReason === 'monitorRenamed' ? 'is watched under another name now' : amount(alert.recoveredValue ?? alert.value, alert)
    return `OK ${name} ${end} · was ${levelWord(alert.worstLevel)} for ${formatDuration(alert.resolvedAt - alert.firedAt)}`
  }
  if (alert.flapping) return `FLAPPING ${name} ${amount(alert.value, alert)} · ${alert.level === 'none' ? 'OK' : levelWord(alert.level)} now, held back until it is steady`
  const still = alert.change === 'unchanged' ? `STILL ${levelWord(alert.level)} ${formatDuration(now - alert.firedAt)}` : levelWord(alert.level)
  const unknown = alert.health === 'noData' ? ', no data since' : alert.health === 'error' ? ', source unreadable since' : ''
  return `${still} ${name} ${amount(alert.value, alert)} (${why(alert)}${unknown})`
}

function why(alert: NotifiedAlert): string {
  const held = alert.level === 'none' ? 0 : alert.subject.for[alert.level]
  return held > 0 ? `${oneLine(alert.reason)} for ${formatDuration(held)}` : oneLine(alert.reason)
}

/** `▁▃▆█ 62% → 91%`, or nothing for fewer than two values. */
export function trend(alert: NotifiedAlert): string | undefined {
  const values = alert.recent.filter(Number.isFinite)
  const [first, last] = [values[0], values.at(-1)]
  if (values.length < 2 || first === undefined || last === undefined) return undefined
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const bars = values.map((value) => BARS[high === low ? 3 : Math.round(((value - low) / (high - low)) * (BARS.length - 1))])
  return `${bars.join('')} ${amount(first, alert)} → ${amount(last, alert)}`
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A date and time in the notification's zone: `2026-01-05 13:00 Europe/Berlin`. */
export function instant(at: number, timeZone: string): string {
  const parts = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  FORMATS.set(timeZone, parts)
  return `${parts.format(at).replace(', ', ' ')} ${timeZone}`
}

/** By zone. Making one takes a hundred times as long as using it, and some tens of kilobytes. */
const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** Worst first, then by name; what has ended comes last. */
export function worstFirst(alerts: readonly NotifiedAlert[]): readonly NotifiedAlert[] {
  if (alerts.length < 2) return alerts
  const named = alerts.map((alert) => ({ alert, name: subjectName(alert), ended: alert.resolvedAt !== undefined ? 1 : 0, rank: rank(alert.level) }))
  return named.sort((a, b) => a.ended - b.ended || b.rank - a.rank || a.name.localeCompare(b.name, 'en')).map(({ alert }) => alert)
}

/** How many alerts of a notification still fire. */
export const firingCount = (notification: Notification): number => notification.alerts.filter(({ resolvedAt }) => resolvedAt === undefined).length
