import { type AlertRecord, formatQuantity, oneLine } from '@tocsin/core'
import { metricOf, noteOf, placeOf, stateWord } from './cycle-rows.ts'
import { shortId } from './change-line.ts'

/** An alert as it is, on one line: `RED web-3 cpu 91% (> 80%) · us-west-2 · d9685cf4`. */
export function alertText(alert: AlertRecord): string {
  const { subject, state } = alert
  const note = noteOf(state, alert)
  const what = `${stateWord(state)} ${oneLine(subject.resource.name)} ${metricOf(subject)} ${formatQuantity(state.value, subject.unit)}${note === '' ? '' : ` (${note})`}`
  return [what, placeOf(subject.resource), shortId(subject.fingerprint)].filter((part) => part !== '').join(' · ')
}
