import { LogHistogram } from './log-histogram.ts'
import type { Memory } from './memory.ts'

/** When this many numbers have been counted all counts are halved, so that what was usual long ago fades. */
const CAPACITY = 16_384

/**
 * How rare a number is among those before it, from 0 (common) to almost 1 (never seen). It is the logarithm of how seldom the like of
 * it came, in proportion to the logarithm of how many numbers there were. So it needs no assumption of how they are distributed,
 * and it asks for more evidence the longer a series has been quiet: in a long series rare things happen by chance.
 */
export class Rarity {
  readonly #above: LogHistogram
  readonly #below: LogHistogram
  /** [0] numbers counted, [1] zeros among them. */
  readonly #totals: Float64Array

  constructor(memory: Memory, perOctave: number) {
    this.#above = new LogHistogram(memory, perOctave)
    this.#below = new LogHistogram(memory, perOctave)
    this.#totals = memory.numbers(2)
  }

  /** How many numbers were counted. Older ones count less. */
  get total(): number {
    return this.#totals[0] ?? 0
  }

  /** How many numbers came near this one. */
  near(number: number): number {
    return number === 0 ? (this.#totals[1] ?? 0) : this.#side(number).near(Math.abs(number))
  }

  /** How many numbers of the same sign went at least as far as this part of it. */
  asFar(number: number, part: number): number {
    return number === 0 ? this.total : this.#side(number).atLeast(Math.abs(number) * part)
  }

  ofCount(count: number): number {
    return Math.max(0, Math.log((this.total + 1) / (count + 1)) / Math.log(this.total + 10))
  }

  add(number: number): void {
    if (this.total >= CAPACITY) {
      for (let index = 0; index < this.#totals.length; index++) this.#totals[index] = (this.#totals[index] ?? 0) / 2
      this.#above.halve()
      this.#below.halve()
    }
    this.#totals[0] = this.total + 1
    if (number === 0) this.#totals[1] = (this.#totals[1] ?? 0) + 1
    else this.#side(number).add(Math.abs(number))
  }

  #side(number: number): LogHistogram {
    return number < 0 ? this.#below : this.#above
  }
}
