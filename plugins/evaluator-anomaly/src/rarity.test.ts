import { describe, expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { Rarity } from './rarity.ts'

const learned = (numbers: Iterable<number>): Rarity => {
  const made = new Rarity(new Memory(), 8)
  for (const one of numbers) made.add(one)
  return made
}
const times = (length: number, number: number): number[] => Array.from({ length }, () => number)

describe('rarity', () => {
  it('is in proportion to how many numbers there were', () => {
    for (const length of [100, 10_000]) {
      const made = learned(times(length, 5))
      expect(made.ofCount(0)).toBeGreaterThan(0.97)
      expect(made.ofCount(0)).toBeLessThan(1)
      expect(made.ofCount(Math.sqrt(length))).toBeCloseTo(0.5, 1)
      expect(made.ofCount(length)).toBe(0)
    }
    expect(learned([]).ofCount(0)).toBe(0)
  })

  it('counts zeros, and the signs by themselves', () => {
    const made = learned([...times(10, 0), ...times(20, 4), ...times(30, -4)])
    expect([made.near(0), made.near(4), made.near(-4)]).toEqual([10, expect.closeTo(20), expect.closeTo(30)])
    expect([made.asFar(4, 0.5), made.asFar(-4, 0.5), made.asFar(9, 0.5), made.asFar(0, 1)]).toEqual([expect.closeTo(20), expect.closeTo(30), expect.closeTo(0), 60])
  })

  it('lets what was usual long ago fade', () => {
    const made = learned([...times(16_384, 100), ...times(16_384, 1)])
    expect(made.total).toBeLessThanOrEqual(16_384)
    expect(made.near(100)).toBeLessThan(5_000)
    expect(learned([...times(16_384, -100), ...times(16_384, 1)]).near(-100)).toBeLessThan(5_000)
    expect(learned(times(40_000, 0)).near(0)).toBeLessThanOrEqual(16_384)
  })
})
