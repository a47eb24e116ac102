import type { Memory } from './memory.ts'

const HOURS = 24
const WEEK = 7 * HOURS
/** Days, and weeks, over which an hour's mean forgets. */
const VISITS = 10
/** Weeks that a weekday's own hour must have been seen until its difference from the other days counts half. */
const HALF_TRUST = 4
/** Points over which the mean of all hours forgets. */
const LONG = 1_000

/**
 * What to expect at each hour of the day, and by how much each hour of the week differs from that. A weekday's difference is used
 * from its second week on, and more with each further one. An hour that was never seen is expected to be as the others are.
 */
export class HourlyMean {
  readonly #means: Float64Array
  /** Points, then visits, of each of the hours in `#means`: a visit is a run of points in the same hour. */
  readonly #points: Float32Array
  readonly #visits: Float32Array
  /** [0] points in all, [1] their mean, [2] the hour of the week of the last point, plus one. */
  readonly #overall: Float64Array

  constructor(memory: Memory) {
    this.#means = memory.numbers(HOURS + WEEK)
    this.#points = memory.counts(HOURS + WEEK)
    this.#visits = memory.counts(HOURS + WEEK)
    this.#overall = memory.numbers(3)
  }

  /** Whether this hour of the day was seen before. */
  knows(hourOfWeek: number): boolean {
    return (this.#points[hourOfWeek % HOURS] ?? 0) > 0
  }

  /** Whether any point was learned. */
  get started(): boolean {
    return (this.#overall[0] ?? 0) > 0
  }

  expected(hourOfWeek: number): number {
    if (!this.knows(hourOfWeek)) return this.#overall[1] ?? 0
    return (this.#means[hourOfWeek % HOURS] ?? 0) + this.#ofWeekday(hourOfWeek)
  }

  learn(hourOfWeek: number, value: number): void {
    const points = (this.#overall[0] ?? 0) + 1
    const mean = this.#overall[1] ?? 0
    const visit = this.#overall[2] !== hourOfWeek + 1
    this.#overall[0] = points
    this.#overall[1] = mean + (value - mean) * Math.max(1 / points, 1 / LONG)
    this.#overall[2] = hourOfWeek + 1
    const ofWeekday = this.#ofWeekday(hourOfWeek)
    this.#move(hourOfWeek % HOURS, value - ofWeekday, visit)
    this.#move(HOURS + hourOfWeek, value - (this.#means[hourOfWeek % HOURS] ?? 0), visit)
  }

  #ofWeekday(hourOfWeek: number): number {
    const weeks = this.#visits[HOURS + hourOfWeek] ?? 0
    return weeks < 2 ? 0 : ((this.#means[HOURS + hourOfWeek] ?? 0) * (weeks - 1)) / (weeks - 1 + HALF_TRUST)
  }

  /** A plain mean for the first visits; then each visit weighs the same, however many points it has. */
  #move(index: number, value: number, visit: boolean): void {
    const points = (this.#points[index] ?? 0) + 1
    const visits = (this.#visits[index] ?? 0) + (visit ? 1 : 0)
    const mean = this.#means[index] ?? 0
    this.#points[index] = points
    this.#visits[index] = visits
    this.#means[index] = mean + (value - mean) * Math.max(1 / points, visits / points / VISITS)
  }
}
