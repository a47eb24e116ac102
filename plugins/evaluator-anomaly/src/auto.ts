import { type Detector, type Finding, LARGEST, newFinding, type View } from './detector.ts'
import type { Memory } from './memory.ts'
import { Rarity } from './rarity.ts'
import { Seasonal } from './seasonal.ts'

/** Points over which departures from the usual hour are averaged to a drift, and the deviations at which each of them is cut off. */
const SUSTAINED = 12
const ONE_POINT = 5
/** Departures of this part of a departure's size are counted as its like. */
const ALIKE = 0.75
/** The sigmas of a point that one view has never seen the like of. */
const NEVER_SEEN = 4

/**
 * Asks how rare a point is among all before it, in three views: its value, how far it departs from what is usual at its hour, and how far
 * the last points together have drifted from that, no matter how far a single one of them went. Views that agree add up, in the
 * fourth power: so one view that has never seen the like is worth more than three that find it somewhat rare.
 */
export class Auto implements Detector {
  readonly #seasonal: Seasonal
  readonly #values: Rarity
  readonly #departures: Rarity
  readonly #drifts: Rarity
  /** [0] 1 once there was a point, [1] mean departure of the last points. */
  readonly #drift: Float64Array
  readonly #finding = newFinding()
  #rarest = 0

  constructor(memory: Memory, hourOfWeek: (at: number) => number) {
    this.#seasonal = new Seasonal(memory, hourOfWeek, this.#finding)
    this.#values = new Rarity(memory, 8)
    this.#departures = new Rarity(memory, 4)
    this.#drifts = new Rarity(memory, 8)
    this.#drift = memory.numbers(2)
  }

  observe(at: number, value: number): Finding {
    const finding = this.#finding
    finding.view = 'range'
    this.#seasonal.observe(at, value)
    if (Math.abs(value) >= LARGEST) return finding
    // Nothing was expected of the first point.
    const departure = this.#drift[0] === 0 ? 0 : value - finding.expected
    const limit = ONE_POINT * finding.deviation
    const before = this.#drift[1] ?? 0
    const drift = before + (Math.max(-limit, Math.min(limit, departure)) - before) / SUSTAINED
    this.#drift[0] = 1
    this.#drift[1] = drift

    finding.sigmas = 0
    this.#rarest = 0
    this.#look('value', this.#values, value, this.#values.near(value))
    this.#look('departure', this.#departures, departure, this.#departures.asFar(departure, ALIKE))
    this.#look('drift', this.#drifts, drift, this.#drifts.near(drift))
    return finding
  }

  #look(view: View, among: Rarity, number: number, alike: number): void {
    const rarity = among.ofCount(alike)
    const finding = this.#finding
    finding.sigmas += NEVER_SEEN * rarity ** 4
    if (rarity > this.#rarest) {
      this.#rarest = rarity
      finding.view = view
      finding.known = among.total
      finding.alike = alike
    }
    among.add(number)
  }
}
