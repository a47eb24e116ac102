import { floorOf } from './detector.ts'
import type { Memory } from './memory.ts'

/** Points that the recent and the long-run deviation remember. */
const RECENT = 1_000
const LONG_RUN = 10_000

/**
 * The deviation of a series from what was expected of it: the root of the mean square, for each side by itself, because many metrics
 * reach farther up than down. The larger of a recent and a long-run one holds: a calm hour must not make the next ripple
 * look large.
 */
export class Deviation {
  /** Mean squares: recent and long-run above, then below; points learned; mean size of the values. */
  readonly #numbers: Float64Array

  constructor(memory: Memory) {
    this.#numbers = memory.numbers(6)
  }

  /** @param side which side of what was expected: not negative is above. */
  of(side: number, value: number): number {
    const numbers = this.#numbers
    const first = side >= 0 ? 0 : 2
    const square = Math.max(numbers[first] ?? 0, numbers[first + 1] ?? 0)
    // One side holds half of a symmetrical series' squares.
    return Math.sqrt(2 * square) + floorOf(Math.max(numbers[5] ?? 0, Math.abs(value)))
  }

  learn(departure: number, value: number): void {
    const numbers = this.#numbers
    const points = (numbers[4] ?? 0) + 1
    numbers[4] = points
    const square = departure * departure
    for (let index = 0; index < 4; index++) {
      const ofThisSide = index < 2 === departure >= 0
      const rate = Math.max(1 / points, 1 / (index % 2 === 0 ? RECENT : LONG_RUN))
      numbers[index] = (numbers[index] ?? 0) + rate * ((ofThisSide ? square : 0) - (numbers[index] ?? 0))
    }
    numbers[5] = (numbers[5] ?? 0) + Math.max(1 / points, 1 / RECENT) * (Math.abs(value) - (numbers[5] ?? 0))
  }
}
