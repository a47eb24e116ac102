import { formatDuration } from '../model/duration.ts'
import { levelWord } from '../model/level.ts'
import type { Notification, NotifiedAlert } from '../model/notification.ts'
import type { Fact } from '../model/fact.ts'
import { oneLine } from '../one-line.ts'
import type { Message } from './message.ts'
import { alertLine, amount, firingCount, instant, placeName, subjectName, trend, worstFirst } from './words.ts'

/** The first line of `composeMessage`, without the work of the others. */
export function composeTitle(notification: Notification): string {
  const alerts = worstFirst(notification.alerts)
  const [first] = alerts
  if (first === undefined) throw new RangeError(`notification ${notification.key} is about nothing`)
  return titleOf(notification, alerts, first)
}

/** Puts a notification into words. Pure: the same notification always gives the same message. */
export function composeMessage(notification: Notification): Message {
  const alerts = worstFirst(notification.alerts)
  const [first] = alerts
  if (first === undefined) throw new RangeError(`notification ${notification.key} is about nothing`)
  const { summary, runbook } = first.subject.annotations
  const test = notification.reason === 'test'
  return {
    title: titleOf(notification, alerts, first),
    topic: withPlace(alerts.length === 1 ? subjectName(first) : oneLine(first.subject.rule), commonPlace(alerts)),
    level: notification.level,
    status: notification.level === 'none' ? 'resolved' : 'firing',
    ...(summary === undefined ? {} : { summary: oneLine(summary) }),
    facts: [...(alerts.length === 1 ? alertFacts(first, notification) : groupFacts(notification, alerts)), ...commonFacts(notification)],
    lines: alerts.length === 1 ? [] : alerts.map((alert) => withPlace(alertLine(alert, notification.at), commonPlace(alerts) === '' ? placeName(alert) : '')),
    ...(runbook === undefined ? {} : { runbook: oneLine(runbook) }),
    test,
  }
}

function titleOf(notification: Notification, alerts: readonly NotifiedAlert[], first: NotifiedAlert): string {
  return `${notification.reason === 'test' ? 'TEST ' : ''}${title(notification, alerts, first)}`
}

function title(notification: Notification, alerts: readonly NotifiedAlert[], first: NotifiedAlert): string {
  if (alerts.length === 1) return withPlace(alertLine(first, notification.at), placeName(first))
  const firing = firingCount(notification)
  const rule = oneLine(first.subject.rule)
  if (firing === 0) return withPlace(`OK ${rule} · all ${alerts.length} have ended`, commonPlace(alerts))
  const since = formatDuration(notification.at - Math.min(...alerts.map(({ firedAt }) => firedAt)))
  const word = notification.reason === 'repeat' || notification.reason === 'step' ? `STILL ${levelWord(notification.level)} ${since}` : levelWord(notification.level)
  return withPlace(`${word} ${rule} ${firing} of ${notification.watched} · worst ${subjectName(first)} ${amount(first.value, first)} (${oneLine(first.reason)})`, commonPlace(alerts))
}

function alertFacts(alert: NotifiedAlert, { timeZone, watched }: Notification): Fact[] {
  const { resource } = alert.subject
  const range = alert.expected && `${amount(alert.expected[0], alert)} to ${amount(alert.expected[1], alert)}`
  return facts([
    ['Since', instant(alert.firedAt, timeZone)],
    ['Lasted', alert.resolvedAt === undefined ? undefined : formatDuration(alert.resolvedAt - alert.firedAt)],
    ['Value', alert.resolvedAt === undefined ? undefined : `${amount(alert.firedValue, alert)} when it fired, ${amount(alert.recoveredValue ?? alert.value, alert)} at the end`],
    ['Peak', amount(alert.peak, alert)],
    ['Fired again', alert.refired === undefined ? undefined : `${alert.refired} ${alert.refired === 1 ? 'time' : 'times'} since the last message`],
    ['Trend', alert.resolvedAt === undefined ? trend(alert) : undefined],
    ['Normal', range],
    ['Group', watched > 1 ? `1 of ${watched} watched by ${oneLine(alert.subject.rule)}` : undefined],
    ['Resource', oneLine(resource.id)],
    ['Tags', Object.entries(resource.tags).map(([key, value]) => oneLine(`${key}=${value}`)).join(', ') || undefined],
  ])
}

function groupFacts({ timeZone, watched }: Notification, alerts: readonly NotifiedAlert[]): Fact[] {
  const firing = alerts.filter(({ resolvedAt }) => resolvedAt === undefined).length
  return facts([
    ['Since', instant(Math.min(...alerts.map(({ firedAt }) => firedAt)), timeZone)],
    ['Group', `${firing} of ${watched} fire`],
  ])
}

function commonFacts({ alsoFiring }: Notification): Fact[] {
  const shown = alsoFiring.lines.map(oneLine)
  const rest = alsoFiring.count - shown.length
  return facts([['Also firing', shown.length === 0 ? undefined : [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')]])
}

function facts(pairs: readonly (readonly [name: string, value: string | undefined])[]): Fact[] {
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

/** The place of all alerts where it is one, else nothing. */
function commonPlace(alerts: readonly NotifiedAlert[]): string {
  const places = new Set(alerts.map(placeName))
  return places.size === 1 ? ([...places][0] as string) : ''
}

const withPlace = (text: string, place: string): string => (place === '' ? text : `${text} · ${place}`)
