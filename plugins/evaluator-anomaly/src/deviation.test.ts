import { describe, expect, it } from 'vitest'
import { Deviation } from './deviation.ts'
import { Memory } from './memory.ts'

const learned = (departures: readonly number[]): Deviation => {
  const made = new Deviation(new Memory())
  for (const one of departures) made.learn(one, 0)
  return made
}
const alternating = (size: number, length: number): number[] => Array.from({ length }, (_, index) => (index % 2 === 0 ? size : -size))

describe('a deviation', () => {
  it('is that of a symmetrical series on both sides', () => {
    expect([learned(alternating(3, 100)).of(1, 0), learned(alternating(3, 100)).of(-1, 0)]).toEqual([expect.closeTo(3), expect.closeTo(3)])
  })

  it('is kept for each side by itself', () => {
    const made = learned(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 10 : -1)))
    expect([made.of(1, 0), made.of(0, 0), made.of(-1, 0)]).toEqual([expect.closeTo(10), expect.closeTo(10), expect.closeTo(1)])
  })

  it('is the larger of a recent and a long-run one', () => {
    expect(learned([...alternating(10, 20_000), ...alternating(1, 5_000)]).of(1, 0)).toBeGreaterThan(7)
    expect(learned([...alternating(1, 20_000), ...alternating(10, 2_000)]).of(1, 0)).toBeGreaterThan(9)
  })

  it('is at least a thousandth of the values, and never zero', () => {
    const made = new Deviation(new Memory())
    expect(made.of(1, 0)).toBeGreaterThan(0)
    expect(made.of(1, 50)).toBeCloseTo(0.05)
    for (let index = 0; index < 10; index++) made.learn(0, -200)
    expect(made.of(1, 50)).toBeCloseTo(0.2)
  })
})
