import { formatQuantity } from '@tocsin/core'
import type { Figures, Row } from '../figures.ts'
import { clean, counted, enumerated, metricName, minutesLong } from './words.ts'

/** What to do first, in one sentence. What is red now comes before what hides alerts, and that before what has passed. */
export function topAction(figures: Figures): string {
  for (const find of FINDERS) {
    const found = find(figures)
    if (found !== undefined) return found
  }
  return figures.coverage.expected === 0 ? 'Nothing was watched: no source gave a resource.' : `Nothing to do: ${figures.coverage.expected === 1 ? 'the one resource' : `all ${counted(figures.coverage.expected, 'resource')}`} stayed green.`
}

type Finder = (figures: Figures) => string | undefined

const FINDERS: readonly Finder[] = [
  ({ rows }) => {
    const red = rows.filter(({ level }) => level === 'critical')
    const [first] = red
    return first && `Start with ${nameOf(first)}: red now${first.minutes.red > 0 ? `, ${minutesLong(first.minutes.red)} in all` : ''}${red.length > 1 ? `. ${red.length - 1} more ${red.length === 2 ? 'is' : 'are'} red now` : ''}.`
  },
  ({ channels }) => {
    const dead = channels.find(({ delivered, failed }) => failed > 0 && delivered === 0)
    return dead && `Repair the channel ${clean(dead.receiver)}: nothing got through, ${counted(dead.failed, 'message')} failed${because(dead.reason)}.`
  },
  ({ failures }) => {
    const [longest] = failures.toSorted((a, b) => b.minutes - a.minutes)
    return longest && longest.minutes >= 60 ? `Find out why ${clean(longest.source)} could not be read for ${minutesLong(longest.minutes)}${because(longest.reason)}.` : undefined
  },
  ({ coverage: { silent } }) => (silent.length === 0 ? undefined : `Find out why ${enumerated(silent.map(({ name }) => clean(name)), 2)} sent no data at all.`),
  ({ rows }) => {
    const [first] = rows.filter(({ worst }) => worst === 'critical').toSorted((a, b) => b.minutes.red - a.minutes.red)
    return first && `Look into ${nameOf(first)}: it was red for ${minutesLong(first.minutes.red)}, and is ${first.wentAt !== undefined ? 'gone' : first.level === 'warning' ? 'amber' : 'green'} now.`
  },
  ({ rows }) => {
    const first = rows.find(({ level }) => level === 'warning')
    return first && `Keep an eye on ${nameOf(first)}: amber now, ${minutesLong(first.minutes.amber)} in all.`
  },
  ({ noise }) => {
    const [first] = noise
    return first && `Quieten ${clean(first.rule)}: it fired ${counted(first.fired, 'time')} and ${first.ignored} went unanswered${first.suggestion ? `; ${formatQuantity(first.suggestion.to, first.suggestion.unit)} instead of ${formatQuantity(first.suggestion.from, first.suggestion.unit)} would have fired ${counted(first.suggestion.fires, 'time')}` : ''}.`
  },
  ({ channels }) => {
    const lame = channels.find(({ failed }) => failed > 0)
    return lame && `Look at the channel ${clean(lame.receiver)}: ${lame.failed} of ${counted(lame.delivered + lame.failed, 'message')} failed${because(lame.reason)}.`
  },
  ({ coverage: { gaps } }) => {
    const [first] = gaps
    return first && `Find out why ${clean(first.resource.name)} ${clean(first.metric)} lacks ${missing(first.coverage)} of its points.`
  },
  ({ rows }) => {
    const first = rows.find(({ worst }) => worst === 'warning')
    return first && `Nothing is urgent: ${nameOf(first)} was amber for ${minutesLong(first.minutes.amber)}, and is ${first.wentAt === undefined ? 'green' : 'gone'} now.`
  },
]

/** `12%`, and never `0%` of what is missing. */
export const missing = (coverage: number): string => `${Math.max(1, Math.round((1 - coverage) * 100))}%`

const nameOf = (row: Row): string => `${clean(row.resource.name)} ${metricName(row)}`

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${clean(reason, 120)})`)
