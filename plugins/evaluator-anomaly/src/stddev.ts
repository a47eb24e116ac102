import { type Detector, type Finding, floorOf, LARGEST, LEARNED, newFinding, USUAL } from './detector.ts'
import type { Memory } from './memory.ts'
import { RollingWindow } from './rolling-window.ts'

/** Points of the rolling window, and how many points the exponentially weighted mean remembers. */
const WINDOW = 200
const LONG_RUN = 2_000

/**
 * Compares a point with the mean and standard deviation of the points before it: of a rolling window, and exponentially weighted over
 * a longer time. It is as unusual as the less surprised of the two finds it, so it must be unusual for lately and for ever.
 */
export class Stddev implements Detector {
  readonly #window: RollingWindow
  /** Points, exponentially weighted mean, variance and size of the values. */
  readonly #numbers: Float64Array
  readonly #finding = newFinding()

  constructor(memory: Memory) {
    this.#window = new RollingWindow(memory, WINDOW)
    this.#numbers = memory.numbers(4)
  }

  observe(_at: number, value: number): Finding {
    const points = this.#numbers[0] ?? 0
    const mean = this.#numbers[1] ?? 0
    const variance = this.#numbers[2] ?? 0
    const size = this.#numbers[3] ?? 0
    const floor = floorOf(Math.max(size, Math.abs(value)))
    const longRun = Math.sqrt(variance)
    const rolling = Math.sqrt(this.#window.variance)
    const long = (value - mean) / (longRun + floor)
    const recent = (value - this.#window.mean) / (rolling + floor)
    const finding = this.#finding
    finding.departure = Math.abs(long) < Math.abs(recent) ? long : recent
    finding.sigmas = Math.abs(finding.departure)
    finding.expected = mean
    finding.deviation = longRun + floor
    finding.high = Math.max(mean + USUAL * longRun, this.#window.mean + USUAL * rolling) + USUAL * floorOf(size)
    finding.low = Math.min(mean - USUAL * longRun, this.#window.mean - USUAL * rolling) - USUAL * floorOf(size)
    if (Math.abs(value) < LARGEST) this.#learn(value, points, mean, variance, points < WINDOW / 10 ? Infinity : LEARNED * (longRun + floor))
    return finding
  }

  #learn(value: number, points: number, mean: number, variance: number, limit: number): void {
    const learned = Math.max(-limit, Math.min(limit, value - mean))
    this.#window.add(mean + learned)
    const rate = Math.max(1 / (points + 1), 1 / LONG_RUN)
    this.#numbers[0] = points + 1
    this.#numbers[1] = mean + rate * learned
    this.#numbers[2] = (1 - rate) * (variance + rate * learned * learned)
    this.#numbers[3] = (this.#numbers[3] ?? 0) + rate * (Math.abs(value) - (this.#numbers[3] ?? 0))
  }
}
