import { type AlertSubject, formatQuantity, levelWord, type Transition, oneLine } from '@tocsin/core'
import { metricOf, placeOf } from './cycle-rows.ts'

/**
 * A change as one line: `RED web-3 cpu 91% (> 80%) · was AMBER · prod us-west-2`. Nothing for what changes no level: pending alerts, and
 * recoveries that are still watched.
 */
export function changeLine(transition: Transition, subject: AlertSubject | undefined): string | undefined {
  const { kind, from, to, reason } = transition
  const who = subject === undefined ? `alert ${shortId(transition.fingerprint)}` : `${oneLine(subject.resource.name)} ${metricOf(subject)}`
  const value = subject === undefined ? String(transition.value) : formatQuantity(transition.value, subject.unit)
  const why = reason === '' ? '' : ` (${oneLine(reason)})`
  const by = transition.by === undefined ? '' : ` by ${oneLine(transition.by)}`
  const line = ((): string | undefined => {
    switch (kind) {
      case 'fired':
      case 'refired':
        return `${levelWord(to)} ${who} ${value}${why}`
      case 'escalated':
      case 'deescalated':
        return `${levelWord(to)} ${who} ${value}${why} · was ${levelWord(from)}`
      case 'resolved':
        return `OK ${who} ${value}${why} · was ${levelWord(from)}`
      case 'noData':
        return `NO DATA ${who} · ${to === 'none' ? 'no alert' : `still ${levelWord(to)}`}`
      case 'dataBack':
        return `DATA BACK ${who} ${value}`
      case 'flapStart':
        return `FLAPPING ${who} · held back until it is steady`
      case 'flapEnd':
        return `STEADY ${who} · ${to === 'none' ? 'OK' : levelWord(to)}`
      case 'acknowledged':
        return `TAKEN ON ${who}${by}`
      case 'unacknowledged':
        return `GIVEN BACK ${who}${by}${why}`
      case 'snoozed':
        return `SNOOZED ${who}${by}${why}`
      case 'unsnoozed':
        return `NO LONGER SNOOZED ${who}${by}${why}`
      case 'pending':
      case 'recovering':
      case 'relapsed':
      case 'dropped':
        return undefined
    }
  })()
  const place = subject === undefined ? '' : placeOf(subject.resource)
  return line === undefined || place === '' ? line : `${line} · ${place}`
}

/** The first eight characters of a fingerprint: enough to tell alerts apart on a screen. */
export const shortId = (fingerprint: string): string => fingerprint.slice(0, 8)
