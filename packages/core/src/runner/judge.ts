import type { AlertPolicy } from '../alerting/reducer.ts'
import { asTocsinError, TocsinError } from '../errors.ts'
import type { AlertSubject } from '../model/alert.ts'
import { SEVERITIES } from '../model/level.ts'
import type { Series } from '../model/series.ts'
import type { Evaluation } from '../plugin/evaluator.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import type { AlertBook } from './alert-book.ts'
import type { Remembered } from './evaluator-memory.ts'
import { followClock } from './follow-clock.ts'

/** How the alerts of a rule behave. */
export function policyOf({ evaluator, options, metric }: WatchedRule, staleAfter: number): AlertPolicy {
  const clocks = (severity: 'warning' | 'critical') => ({ for: options.for[severity], keepFiringFor: options.keepFiringFor[severity] })
  const { occurrences, missing, warmUp, flapping } = options
  return { levels: evaluator.levels ?? SEVERITIES, warning: clocks('warning'), critical: clocks('critical'), worse: metric.worse, staleAfter, occurrences, missing, warmUp, flapping }
}

/**
 * Judges the new points of one series and applies them to its alert. Settled points move the alert and the evaluator's state;
 * provisional ones are judged from a copy of that state and can only start a pending clock.
 *
 * @param now milliseconds since the epoch.
 * @returns what the evaluator is to remember.
 * @throws TocsinError E400 when the evaluator throws.
 */
export function judgeSeries(series: Series, subject: AlertSubject, rule: WatchedRule, policy: AlertPolicy, memory: Remembered | undefined, book: AlertBook, now: number): Remembered {
  const { timestamps, settledUntil, period, status } = series
  // What is settled up to now is timed by this clock. A source that is behind goes by its own, and its newest points are not later than it.
  const isOwnClock = settledUntil > now
  let alert = status === 'error' ? book.get(subject.fingerprint)?.state : book.apply(subject, { type: 'present' }, policy)
  if (isOwnClock && alert !== undefined) alert = followClock(alert, book, subject, policy, now, period)
  // An alert at rest has no row of its own, so the evaluator's memory may know of later points.
  const remembered = memory === undefined ? -Infinity : isOwnClock && memory.at > now ? now - period : memory.at
  const lastAt = Math.max(alert?.lastAt ?? -Infinity, remembered)
  const from = firstAfter(timestamps, lastAt)
  const settled = Math.max(from, firstAfter(timestamps, settledUntil - 1))

  let state = memory?.state
  if (settled > from) {
    const evaluation = evaluate(slice(series, from, settled), rule, state)
    for (const judgement of evaluation.judgements) alert = book.apply(subject, { type: 'judged', judgement, period }, policy)
    state = evaluation.state
  }
  if (settled < timestamps.length) {
    for (const judgement of evaluate(slice(series, settled, timestamps.length), rule, state).judgements) book.apply(subject, { type: 'provisional', judgement, period }, policy)
  }
  if (status === 'error') book.apply(subject, { type: 'sourceFailed' }, policy)
  else if (status === 'complete') {
    const at = newestMissing(alert?.lastAt ?? -Infinity, settledUntil, period)
    if (at !== undefined) book.apply(subject, { type: 'missing', at, period }, policy)
  }
  return { at: settled > from ? (timestamps[settled - 1] as number) : lastAt, state }
}

function evaluate(part: Series, { evaluator, metric, name }: WatchedRule, state: unknown): Evaluation {
  try {
    return evaluator.evaluate(part, { metric, state })
  } catch (error) {
    throw asTocsinError(error, 'E400', { where: name, fix: 'this is a mistake in the evaluator; its alerts are held' })
  }
}

/** The newest settled slot, if it holds no point. Slots follow from the newest point, or are multiples of the period before there is one. */
function newestMissing(lastAt: number, settledUntil: number, period: number): number | undefined {
  if (lastAt === -Infinity) return (Math.ceil(settledUntil / period) - 1) * period
  const slots = Math.ceil((settledUntil - lastAt) / period) - 1
  return slots < 1 ? undefined : lastAt + slots * period
}

/** The first index whose time is later than `at`. */
function firstAfter(timestamps: Float64Array, at: number): number {
  let low = 0
  let high = timestamps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timestamps[middle] as number) <= at) low = middle + 1
    else high = middle
  }
  return low
}

function slice(series: Series, from: number, to: number): Series {
  if (from === 0 && to === series.timestamps.length) return series
  return { ...series, timestamps: series.timestamps.subarray(from, to), values: series.values.subarray(from, to) }
}

/** @throws TocsinError E401 for a series that cannot be judged. */
export function expectWellFormed({ metric, timestamps, values, period, resource }: Series, collector: string): void {
  const what =
    timestamps.length !== values.length
      ? `has ${timestamps.length} times and ${values.length} values`
      : !(period > 0)
        ? `has the period ${period}`
        : timestamps.some((at, index) => !Number.isFinite(at) || (index > 0 && at <= (timestamps[index - 1] as number)))
          ? 'has times that do not ascend'
          : undefined
  if (what !== undefined) throw new TocsinError('E401', `the series ${metric} of ${resource.name} ${what}`, { where: collector, fix: 'this is a mistake in the collector; report it to its author' })
}
