import { type Judgement, type Level, type Metric, rank, type Series, SEVERITIES } from '@tocsin/core'
import type { Finding } from './detector.ts'
import type { Settings } from './options.ts'
import { reasonFor } from './reason.ts'
import type { Watcher } from './watcher.ts'

/** A level ends when the departure is below this part of its line. */
const CLEAR = 0.75

/** Judges each present point of a series, learning it afterwards. */
export function* judge({ timestamps, values }: Series, metric: Metric, watcher: Watcher, settings: Settings): Generator<Judgement, void> {
  for (let index = 0; index < values.length; index++) {
    const at = timestamps[index]
    const value = values[index]
    if (at === undefined || value === undefined || Number.isNaN(value)) continue
    const { toLearn } = watcher
    const breaches = breachOf(watcher.observe(at, value), settings)
    yield new AnomalyJudgement(at, value, breaches, toLearn, watcher, metric, settings)
  }
}

function breachOf(news: number, { sigmas: { warning = Infinity, critical = Infinity } }: Settings): Level {
  // What is infinitely far breaches the lines there are, and no other.
  const reaches = (line: number): boolean => line !== Infinity && news >= line
  return reaches(critical) ? 'critical' : reaches(warning) ? 'warning' : 'none'
}

/** The lowest level above the breach that the point is well below. */
function clearOf(breaches: Level, { departure }: Finding, { sigmas, direction }: Settings): Level {
  const distance = direction === 'both' ? Math.abs(departure) : direction === 'high' ? departure : -departure
  return SEVERITIES.find((level) => rank(level) > rank(breaches) && distance < CLEAR * (sigmas[level] ?? Infinity)) ?? 'none'
}

class AnomalyJudgement implements Judgement {
  declare readonly at: number
  declare readonly value: number
  declare readonly breaches: Level
  declare readonly clears: Level
  declare readonly expected?: readonly [number, number]
  readonly #finding: Finding
  readonly #toLearn: number
  readonly #metric: Metric
  readonly #settings: Settings

  constructor(at: number, value: number, breaches: Level, toLearn: number, watcher: Watcher, metric: Metric, settings: Settings) {
    // The next point overwrites the watcher's own.
    const finding = { ...watcher.finding }
    this.at = at
    this.value = value
    this.breaches = breaches
    this.clears = toLearn > 0 ? 'warning' : clearOf(breaches, finding, settings)
    if (!watcher.goesNegative) finding.low = Math.max(0, finding.low)
    if (toLearn === 0) this.expected = [finding.low, finding.high]
    this.#finding = finding
    this.#toLearn = toLearn
    this.#metric = metric
    this.#settings = settings
  }

  get reason(): string {
    return reasonFor(this.#finding, this.#toLearn, this.breaches !== 'none', this.#metric, this.#settings)
  }
}
