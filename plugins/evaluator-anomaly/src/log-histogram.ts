import type { Memory } from './memory.ts'

/** Powers of two between the largest size that is told apart and the smallest: 20 are a range of 1 to a million. */
const OCTAVES = 20
/** How many octaves beyond the largest one size may stretch the range, so that one absurd value does not push all others out. */
const STRETCH = 8

/**
 * Counts of sizes (positive numbers) in bins of equal ratio. A size is shared between the two bins it lies between, so that it does
 * not matter where their borders are. The range ends at the largest size so far; what falls out below is counted as smallest.
 */
export class LogHistogram {
  readonly #perOctave: number
  readonly #bins: Float32Array
  /** [0] is 1 once there is a size; [1] is the place of the last bin on the scale of logarithms. */
  readonly #range: Float64Array

  constructor(memory: Memory, perOctave: number) {
    this.#perOctave = perOctave
    this.#bins = memory.counts(OCTAVES * perOctave)
    this.#range = memory.numbers(2)
  }

  /** How many sizes are at least this one. */
  atLeast(size: number): number {
    const position = this.#position(this.#logarithm(size))
    const bin = Math.floor(position)
    const bins = this.#bins
    let above = 0
    for (let index = bin + 1; index < bins.length; index++) above += bins[index] as number
    return above + this.#at(bin) * (1 - position + bin)
  }

  /** How many sizes are about this one: within a bin's width, those farther off counting half. */
  near(size: number): number {
    const position = this.#position(this.#logarithm(size))
    const bin = Math.floor(position)
    const share = position - bin
    return (1 - share) * (this.#at(bin) + this.#at(bin - 1) / 2) + share * (this.#at(bin + 1) + this.#at(bin + 2) / 2)
  }

  add(size: number): void {
    const logarithm = this.#logarithm(size)
    this.#makeRoom(logarithm)
    const position = Math.min(this.#position(logarithm), this.#bins.length - 1)
    const bin = Math.floor(position)
    this.#bins[bin] = this.#at(bin) + 1 - position + bin
    if (bin + 1 < this.#bins.length) this.#bins[bin + 1] = this.#at(bin + 1) + position - bin
  }

  halve(): void {
    for (let index = 0; index < this.#bins.length; index++) this.#bins[index] = (this.#bins[index] as number) / 2
  }

  #at(bin: number): number {
    return this.#bins[bin] ?? 0
  }

  #logarithm(size: number): number {
    return Math.log2(size) * this.#perOctave
  }

  /** Where a size lies among the bins: below 0 never, beyond the last one when it is larger than all before. */
  #position(logarithm: number): number {
    return Math.max(0, logarithm - (this.#range[1] ?? 0) + this.#bins.length - 1)
  }

  #makeRoom(logarithm: number): void {
    const last = this.#range[1] ?? 0
    if (this.#range[0] === 0) {
      // The first size lies in the middle of a bin, so that the same series in another unit is counted the same.
      this.#range[0] = 1
      this.#range[1] = logarithm
      return
    }
    const shift = Math.min(Math.ceil(logarithm - last), STRETCH * this.#perOctave)
    if (shift <= 0) return
    let dropped = 0
    for (let index = 0; index <= shift; index++) dropped += this.#at(index)
    this.#bins.copyWithin(0, shift)
    this.#bins.fill(0, this.#bins.length - shift)
    this.#bins[0] = dropped
    this.#range[1] = last + shift
  }
}
