import { type Explanation, formatQuantity, oneLine } from '@tocsin/core'
import { type Column, columns } from '../text/columns.ts'
import { levelStyle, type Paint } from '../text/paint.ts'
import { wallSeconds } from '../text/wall-clock.ts'
import { alertText } from './alert-text.ts'
import { shortId } from './change-line.ts'
import { metricOf } from './cycle-rows.ts'
import { alertJson, isoTime } from './cycle-json.ts'

export interface ExplainedLayout {
  /** IANA zone of the monitor. */
  readonly timeZone: string
  readonly paint: Paint
}

const STYLES: Readonly<Record<Explanation['answer']['code'], Parameters<Paint>[0]>> = { told: 'green', onItsWay: 'yellow', undelivered: ['bold', 'red'], nobodyTold: ['bold', 'yellow'], nothingToTell: 'green', unknown: 'yellow' }

/** An explanation for people: the answer, the alert as it is now, and the chain. Lines are never cut: what is cut explains nothing. */
export function explainedLines({ answer, alert, subject, fingerprint, timeline, at }: Explanation, { timeZone, paint }: ExplainedLayout): string[] {
  const day = (time: number): string => wallSeconds(time, timeZone).slice(0, 10)
  const oneDay = timeline.every((step) => day(step.at) === day(at))
  const table: readonly Column[] = [{ title: `TIME (${oneDay ? `${day(at)} ` : ''}${timeZone})` }, { title: 'WHAT' }, { title: 'REASON' }, { title: 'IN WORDS' }]
  const rows = timeline.map((step) => [{ text: oneDay ? wallSeconds(step.at, timeZone).slice(11) : wallSeconds(step.at, timeZone) }, { text: step.link, style: 'dim' as const }, { text: step.code, style: 'cyan' as const }, { text: step.text }])
  const about = subject === undefined ? 'alert' : `${oneLine(subject.resource.name)} ${metricOf(subject)}${answer.reason === 'neverHot' ? '' : ', which has ended'} ·`
  const now = alert === undefined ? `${about} ${shortId(fingerprint)}` : paint(levelStyle(alert.state.level), alertText(alert))
  return [paint(STYLES[answer.code], answer.text), now, ...(rows.length === 0 ? [] : ['', ...columns(table, rows, { paint })])]
}

/** The same for programs. */
export function explainedJson({ monitor, fingerprint, at, alert, subject, episode, answer, timeline, points, gaps }: Explanation) {
  return {
    monitor,
    fingerprint,
    at: isoTime(at),
    alert: alert === undefined ? null : alertJson(alert),
    subject: subject === undefined ? null : { rule: subject.rule, metric: subject.metric, unit: subject.unit, resource: subject.resource, dimensions: subject.dimensions },
    episode: episode ?? null,
    answer: {
      code: answer.code,
      text: answer.text,
      reason: answer.reason ?? null,
      receivers: answer.receivers.map(({ by, messages, ...receiver }) => ({ ...receiver, by: by ?? null, messages: messages.map((message) => ({ ...message, at: isoTime(message.at) })) })),
    },
    timeline: timeline.map(({ at: time, link, code, text, receiver, group, message }) => ({ at: isoTime(time), link, code, text, receiver: receiver ?? null, group: group ?? null, message: message ?? null })),
    points: points.map(({ at: time, value }) => ({ at: isoTime(time), value: Number.isFinite(value) ? value : null, text: Number.isNaN(value) || subject === undefined ? 'missing' : formatQuantity(value, subject.unit) })),
    gaps,
  }
}
