import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogHistogram } from './log-histogram.ts'
import { Memory } from './memory.ts'

const histogram = (sizes: readonly number[], perOctave = 4): LogHistogram => {
  const made = new LogHistogram(new Memory(), perOctave)
  for (const size of sizes) made.add(size)
  return made
}
const size = fc.double({ min: 1e-3, max: 1e3, noNaN: true })

describe('a histogram of sizes', () => {
  it('counts what is at least a size, to within a bin', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 60 }), size, (sizes, asked) => {
        // The largest size comes first: one that comes later stretches the range only so far.
        const made = histogram([1e3, ...sizes])
        const bin = 2 ** (1 / 4)
        expect(made.atLeast(asked)).toBeGreaterThan([1e3, ...sizes].filter((one) => one >= asked * bin * 1.001).length - 0.01)
        expect(made.atLeast(asked)).toBeLessThan([1e3, ...sizes].filter((one) => one > asked / bin / bin / 1.001).length + 0.01)
      }),
    )
  })

  it('counts what is about a size, and nothing two and a half bins away', () => {
    const made = histogram([8, 8, 8, 8], 8)
    expect(made.near(8)).toBeCloseTo(4, 5)
    expect(made.near(8 * 2 ** (1 / 8))).toBeCloseTo(2, 5)
    expect(made.near(8 * 2 ** (2.5 / 8))).toBe(0)
    expect(made.near(8 / 2 ** (2.5 / 8))).toBe(0)
  })

  it('knows nothing at first, and nothing like what is larger than all before', () => {
    expect([histogram([]).near(5), histogram([]).atLeast(5), histogram([1, 2, 3]).atLeast(10), histogram([1, 2, 3]).near(10)]).toEqual([0, 0, 0, 0])
  })

  it('stretches by eight octaves for one absurd size, and keeps what it knew', () => {
    const made = histogram([...Array.from({ length: 100 }, () => 10), 1e90])
    expect(made.near(10)).toBeCloseTo(100, 4)
    expect(made.near(20)).toBe(0)
    expect(made.atLeast(1e-6)).toBeCloseTo(101, 4)
  })

  it('counts as smallest what falls out below', () => {
    const made = histogram([1, 1, 1, 2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28])
    expect(made.atLeast(2 ** 13)).toBeCloseTo(3, 4)
    expect(made.atLeast(1)).toBeCloseTo(7, 4)
  })

  it('loses nothing, whatever comes, and halves everything', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(size, fc.constantFrom(5e-324, 1e-30, 1e30, 1e99)), { minLength: 1 }), (sizes) => {
        const made = histogram(sizes)
        expect(made.atLeast(5e-324)).toBeCloseTo(sizes.length, 3)
        made.halve()
        expect(made.atLeast(5e-324)).toBeCloseTo(sizes.length / 2, 3)
      }),
    )
  })
})
