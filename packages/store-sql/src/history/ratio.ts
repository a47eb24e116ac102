import { INTEGER_LIMIT } from './integer-column.ts'

/**
 * Measured values are seldom arbitrary: `41.362` is 41,362 thousandths, a CPU share is 100 times the busy ticks over all ticks, a
 * rate is bytes over milliseconds. Each of 52 bits of such a value looks random, though the two whole numbers behind it carry half as
 * many or less. This is the value as the program that measured it computed it: `factor * numerator / denominator`, rounded to a double
 * once or twice; `nudge` is how far that rounding left it, in halves of the last bit.
 */
export interface Ratio {
  readonly numerator: number
  readonly denominator: number
  readonly nudge: number
}

/** The largest nudge: a byte with its sign. */
const MOST_NUDGE = 127
/** Half of the last bit of a double, as a share of its value. */
const HALF_BIT = 2 ** -53
/**
 * How near a fraction that is searched for must be, and how large numerator times denominator may be: with a wide net, or with numbers
 * that have as many bits as the value itself, everything is a fraction.
 */
export interface Net {
  readonly nudge: number
  readonly product: number
}

/** The value that a ratio stands for. */
export function valueOf({ numerator, denominator, nudge }: Ratio, factor: number): number {
  const quotient = (factor * numerator) / denominator
  return quotient + nudge * HALF_BIT * Math.abs(quotient)
}

/** The value as so many parts of `denominator`, or `undefined` when it is not near a whole number of them. */
export function partsOf(value: number, factor: number, denominator: number): Ratio | undefined {
  const numerator = Math.round((value / factor) * denominator)
  if (Math.abs(numerator) * factor >= INTEGER_LIMIT) return undefined
  return nudged(value, factor, numerator, denominator)
}

/**
 * The value as a fraction in lowest terms: the first convergent of its continued fraction that is as near as rounding can leave it.
 * `undefined` when that takes numbers as long as the value itself.
 */
export function fractionOf(value: number, factor: number, net: Net): Ratio | undefined {
  let rest = Math.abs(value) / factor
  if (!(rest < INTEGER_LIMIT / factor)) return undefined
  let [numerator, denominator, lastNumerator, lastDenominator] = [1, 0, 0, 1]
  for (;;) {
    const whole = Math.floor(rest)
    ;[numerator, lastNumerator] = [whole * numerator + lastNumerator, numerator]
    ;[denominator, lastDenominator] = [whole * denominator + lastDenominator, denominator]
    if (numerator * denominator > net.product) return undefined
    const near = Math.abs((factor * numerator) / denominator - Math.abs(value)) <= net.nudge * HALF_BIT * Math.abs(value)
    if (near) return nudged(value, factor, value < 0 ? -numerator : numerator, denominator)
    if (rest === whole) return undefined
    rest = 1 / (rest - whole)
  }
}

function nudged(value: number, factor: number, numerator: number, denominator: number): Ratio | undefined {
  const quotient = (factor * numerator) / denominator
  const nudge = quotient === 0 ? 0 : Math.round((value - quotient) / (HALF_BIT * Math.abs(quotient)))
  const ratio = { numerator, denominator, nudge }
  return Math.abs(nudge) <= MOST_NUDGE && Object.is(valueOf(ratio, factor), value) ? ratio : undefined
}
