import type { Judgement, Level, Series } from '@tocsin/core'
import type { Scale } from './scale.ts'

/**
 * Judges each present point. Runs once per point of every backtest: a point costs comparisons and one object, and a long series
 * is never held as an array, which costs several times more.
 */
export function judge(series: Series, scale: Scale): Iterable<Judgement> {
  return { [Symbol.iterator]: () => judgements(series, scale) }
}

function* judgements({ timestamps, values }: Series, scale: Scale): Generator<Judgement, void> {
  for (let index = 0; index < values.length; index++) {
    const at = timestamps[index]
    const value = values[index]
    if (at === undefined || value === undefined || Number.isNaN(value)) continue
    const breaches = breachOf(scale, value)
    yield new LineJudgement(scale, at, value, breaches, scale.hysteresis ? clearOf(scale, value, breaches) : undefined)
  }
}

function breachOf({ sign, onLine, warning, critical }: Scale, value: number): Level {
  const badness = sign * value
  if (badness > critical || (onLine && badness === critical)) return 'critical'
  return badness > warning || (onLine && badness === warning) ? 'warning' : 'none'
}

/**
 * The lowest level that is cleared. A level without a clear line is cleared when it is not breached, and warning never before
 * critical.
 */
function clearOf({ sign, clearWarning, clearCritical }: Scale, value: number, breaches: Level): Level {
  const badness = sign * value
  const criticalCleared = Number.isNaN(clearCritical) ? breaches !== 'critical' : badness < clearCritical
  if (!criticalCleared) return 'none'
  const warningCleared = Number.isNaN(clearWarning) ? breaches === 'none' : badness < clearWarning
  return warningCleared ? 'warning' : 'critical'
}

class LineJudgement implements Judgement {
  declare readonly at: number
  declare readonly value: number
  declare readonly breaches: Level
  declare readonly clears?: Level
  readonly #scale: Scale

  constructor(scale: Scale, at: number, value: number, breaches: Level, clears: Level | undefined) {
    this.at = at
    this.value = value
    this.breaches = breaches
    if (clears !== undefined) this.clears = clears
    this.#scale = scale
  }

  get reason(): string {
    const { reasons } = this.#scale
    if (this.breaches !== 'none') return reasons[this.breaches]
    return this.clears === undefined || this.clears === 'warning' ? reasons.none : reasons.held
  }
}
