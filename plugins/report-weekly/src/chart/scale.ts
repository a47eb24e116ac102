import type { Unit } from '@tocsin/core'
import type { CoursePoint, Row } from '../figures.ts'

/** The values that a drawing spans. */
export interface Scale {
  readonly low: number
  readonly high: number
  /** Where it is labelled, from low to high. */
  readonly ticks: readonly number[]
}

/** Lines further from the values than this many times their spread would press the curve flat, so they are left out. */
const FARTHEST_LINE = 2

/** A scale that holds every value, and the lines of the rule that are near them. Without a finite value it spans 0 to 1. */
export function scaleOf(points: readonly CoursePoint[], lines: Row['lines'], unit: Unit): Scale {
  const values = points.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite)
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)]
  const reach = FARTHEST_LINE * (most - least || Math.abs(most) || 1)
  const near = [lines.warning, lines.critical].filter((line): line is number => line !== undefined && line >= least - reach && line <= most + reach)
  const [low, high] = [Math.min(least, ...near), Math.max(most, ...near)]
  if (unit === 'percent' && low >= 0 && high <= 100 && high > 20) return { low: 0, high: 100, ticks: [0, 50, 100] }
  return rounded(low >= 0 && low < high / 2 ? 0 : low, high)
}

/** Widened to multiples of 1, 2 or 5 times a power of ten, with two to five of them inside. */
function rounded(low: number, high: number): Scale {
  const span = high - low || Math.abs(high) || 1
  const power = 10 ** Math.floor(Math.log10(span / 3))
  const step = ([1, 2, 5, 10].find((factor) => (factor * power) >= span / 3) ?? 10) * power
  const from = Math.floor(low / step)
  const to = Math.max(Math.ceil(high / step), from + 1)
  // Multiplied each time: adding up would leave 0.30000000000000004.
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => Number(((from + index) * step).toPrecision(12)))
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks }
}

/** Where a value stands between low (0) and high (1) of a scale. What lies beyond, an infinite waiting time too, stands at its edge. */
export function shareOf(value: number, { low, high }: Scale): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}
