import { formatDuration, formatQuantity, levelWord, type ShortLetter } from '@tocsin/core'
import type { Figures, Row } from '../figures.ts'
import { unseen } from './row-view.ts'
import { topAction } from './top-action.ts'
import { troubled } from './view.ts'
import { clean, counted, metricName, minutesLong, whenIn } from './words.ts'

/** What fits into a message of a chat without scrolling. */
const MOST_LINES = 8

/** @param title the subject of the mail. */
export function shortLetter(figures: Figures, title: string): ShortLetter {
  const bad = troubled(figures)
  const lines = bad.slice(0, MOST_LINES).map((row) => rowLine(row, figures))
  return {
    title,
    summary: topAction(figures),
    facts: factsOf(figures),
    lines: bad.length > MOST_LINES ? [...lines, `and ${(bad.length - MOST_LINES).toLocaleString('en-US')} more`] : lines,
  }
}

/** `RED web-3 cpu: average 47%, high 97% (Wed 14:05) · 18h red, 6h 35m amber`. */
function rowLine(row: Row, figures: Figures): string {
  const { values, unit, minutes, worse } = row
  const when = whenIn(figures)
  const extreme = values && (worse === 'high' ? `high ${formatQuantity(values.high, unit)} (${when(values.highAt)})` : `low ${formatQuantity(values.low, unit)} (${when(values.lowAt)})`)
  const course = values === undefined ? unseen(row) : `average ${formatQuantity(values.average, unit)}, ${extreme}`
  const bad = [minutes.red > 0 ? `${minutesLong(minutes.red)} red` : '', minutes.amber > 0 ? `${minutesLong(minutes.amber)} amber` : ''].filter(Boolean).join(', ')
  return `${levelWord(row.worst)} ${clean(row.resource.name)} ${metricName(row)}: ${course}${bad === '' ? '' : ` · ${bad}`}`
}

function factsOf({ response, coverage, channels, failures, noise, cost }: Figures): ShortLetter['facts'] {
  const failing = channels.filter(({ failed }) => failed > 0)
  return [
    ...(response.now.toAcknowledge === undefined ? [] : [{ name: 'To acknowledge', value: `${formatDuration(response.now.toAcknowledge)} (median of ${response.now.acknowledged})` }]),
    ...(response.now.toResolve === undefined ? [] : [{ name: 'To resolve', value: `${formatDuration(response.now.toResolve)} (median of ${response.now.resolved})` }]),
    ...(coverage.silent.length === 0 ? [] : [{ name: 'No data', value: counted(coverage.silent.length, 'resource') }]),
    ...(failures.length === 0 ? [] : [{ name: 'Unreadable', value: counted(failures.length, 'source') }]),
    ...(failing.length === 0 ? [] : [{ name: 'Failing', value: counted(failing.length, 'channel') }]),
    ...(noise.length === 0 ? [] : [{ name: 'Noisy', value: counted(noise.length, 'rule') }]),
    ...(cost === undefined ? [] : [{ name: 'API cost', value: `$${cost.usd.toFixed(2)}` }]),
  ]
}
