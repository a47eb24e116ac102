import type { Metric, Series } from '@tocsin/core'
import { aSeries } from '@tocsin/core/testing'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** A Monday, 0:00 UTC. */
export const MONDAY = Date.parse('2026-01-05T00:00:00Z')
export const PERCENT = { name: 'cpu', unit: 'percent', worse: 'high', help: 'CPU' } as const satisfies Metric & { name: string }

/** Numbers in [0, 1), the same ones for a seed. */
export function chance(seed: number): () => number {
  let state = seed * 2 + 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** About normal: mean 0, deviation 1. */
export function noise(seed: number): () => number {
  const next = chance(seed)
  return () => (Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, 0) - 6)
}

/** A series of one point each five minutes from that Monday on. */
export function everyFiveMinutes(values: readonly number[], from = MONDAY): Series {
  return aSeries(values, { period: 5 * MINUTE, timestamps: Float64Array.from(values, (_, index) => from + index * 5 * MINUTE) })
}

/** Office hours: about 20, and about 45 from 8:00 to 18:00, for so many days. */
export function officeDays(days: number, seed = 1): number[] {
  const next = noise(seed)
  return Array.from({ length: days * 288 }, (_, index) => {
    const hour = Math.floor(index / 12) % 24
    return (hour >= 8 && hour < 18 ? 45 : 20) + 2 * next()
  })
}
