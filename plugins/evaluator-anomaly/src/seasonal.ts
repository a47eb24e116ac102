import { type Detector, type Finding, type FindingBuffer, LARGEST, LEARNED, newFinding, USUAL } from './detector.ts'
import { Deviation } from './deviation.ts'
import { HourlyMean } from './hourly-mean.ts'
import type { Memory } from './memory.ts'

/** Compares a point with what is usual at its hour of the day and day of the week. */
export class Seasonal implements Detector {
  readonly #mean: HourlyMean
  readonly #deviation: Deviation
  readonly #hourOfWeek: (at: number) => number
  readonly #finding: FindingBuffer

  constructor(memory: Memory, hourOfWeek: (at: number) => number, finding = newFinding()) {
    this.#mean = new HourlyMean(memory)
    this.#deviation = new Deviation(memory)
    this.#hourOfWeek = hourOfWeek
    this.#finding = finding
  }

  observe(at: number, value: number): Finding {
    const hour = this.#hourOfWeek(at)
    const expected = this.#mean.expected(hour)
    const distance = value - expected
    const deviation = this.#deviation.of(distance, value)
    const finding = this.#finding
    finding.departure = distance / deviation
    finding.sigmas = Math.abs(finding.departure)
    finding.expected = expected
    finding.deviation = deviation
    finding.high = expected + USUAL * this.#deviation.of(1, expected)
    finding.low = expected - USUAL * this.#deviation.of(-1, expected)
    if (Math.abs(value) < LARGEST) this.#learn(hour, value, distance, expected, deviation)
    return finding
  }

  #learn(hour: number, value: number, distance: number, expected: number, deviation: number): void {
    const limit = LEARNED * deviation
    const learned = Math.max(-limit, Math.min(limit, distance))
    // What was expected of a new hour is a guess: it must not make the others' deviations look larger.
    if (this.#mean.knows(hour)) this.#deviation.learn(learned, value)
    this.#mean.learn(hour, this.#mean.started ? expected + learned : value)
  }
}
