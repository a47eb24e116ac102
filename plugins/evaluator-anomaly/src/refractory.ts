import type { Memory } from './memory.ts'

/** How much stronger than the last news a point must be to be news in the refractory period. */
const STRONGER = 1.2

/**
 * Lets a burst of unusual points through once. After a point that was news, only one that is clearly stronger than it is news again,
 * until as many points have passed. It needs no line of its own, so it is the same for every sensitivity.
 */
export class Refractory {
  readonly #length: number
  /** [0] points until it is over, [1] sigmas of the last news. */
  readonly #state: Float64Array

  constructor(memory: Memory, length: number) {
    this.#length = length
    this.#state = memory.numbers(2)
  }

  /** The sigmas of a point that is news, 0 of one that is not. */
  filter(sigmas: number): number {
    const left = this.#state[0] ?? 0
    const last = this.#state[1] ?? 0
    if (sigmas <= (left > 0 ? STRONGER * last : 0)) {
      this.#state[0] = Math.max(0, left - 1)
      return 0
    }
    this.#state[0] = this.#length
    this.#state[1] = sigmas
    return sigmas
  }
}
