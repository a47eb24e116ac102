import type { Memory } from './memory.ts'

/** Mean and variance of the last so many numbers. */
export class RollingWindow {
  readonly #ring: Float64Array
  /** [0] numbers added, [1] mean, [2] sum of squared distances from it. */
  readonly #moments: Float64Array

  constructor(memory: Memory, length: number) {
    this.#ring = memory.numbers(length)
    this.#moments = memory.numbers(3)
  }

  get mean(): number {
    return this.#moments[1] ?? 0
  }

  get variance(): number {
    const added = this.#moments[0] ?? 0
    return added === 0 ? 0 : Math.max(0, this.#moments[2] ?? 0) / Math.min(added, this.#ring.length)
  }

  add(number: number): void {
    const added = this.#moments[0] ?? 0
    const mean = this.#moments[1] ?? 0
    const squares = this.#moments[2] ?? 0
    const slot = added % this.#ring.length
    const full = added >= this.#ring.length
    const leaving = full ? (this.#ring[slot] ?? 0) : mean
    this.#ring[slot] = number
    this.#moments[0] = added + 1
    const moved = full ? mean + (number - leaving) / this.#ring.length : mean + (number - mean) / (added + 1)
    this.#moments[1] = moved
    this.#moments[2] = full ? squares + (number - leaving) * (number - moved + leaving - mean) : squares + (number - mean) * (number - moved)
    // What is added and taken away by turns gathers errors; once a round it is summed up anew.
    if (full && slot === 0) this.#recompute()
  }

  #recompute(): void {
    const mean = this.#ring.reduce((sum, number) => sum + number, 0) / this.#ring.length
    this.#moments[1] = mean
    this.#moments[2] = this.#ring.reduce((sum, number) => sum + (number - mean) ** 2, 0)
  }
}
