import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fractionOf, partsOf, valueOf } from './ratio.ts'
import { ratioModels } from './ratio-model.ts'

const NET = { nudge: 32, product: 2 ** 46 }
const factor = fc.constantFrom(1, 100, 1_000)

describe('a ratio', () => {
  it('stands for exactly the value it was found for', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), factor, fc.integer({ min: 1, max: 1_000_000 }), (value, factor, denominator) => {
        for (const ratio of [fractionOf(value, factor, NET), partsOf(value, factor, denominator)]) {
          if (ratio !== undefined) expect(valueOf(ratio, factor)).toBe(value)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('is found in lowest terms for what was computed as one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), fc.boolean(), (above, below, negative) => {
        const ratio = fractionOf(((negative ? -100 : 100) * above) / below, 100, NET)
        expect((ratio?.numerator ?? NaN) * below).toBe((negative ? -above : above) * (ratio?.denominator ?? NaN))
        expect(ratio?.denominator).toBeLessThanOrEqual(below)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has a nudge where the value was rounded on its way', () => {
    expect(41_362 / 1_000).not.toBe(41.361999999999995)
    expect(partsOf(41.361999999999995, 1, 1_000)).toEqual({ numerator: 41_362, denominator: 1_000, nudge: -2 })
    expect(partsOf(41.362, 1, 1_000)).toEqual({ numerator: 41_362, denominator: 1_000, nudge: 0 })
    expect(partsOf(41.36199999, 1, 1_000)).toBeUndefined()
  })

  it.each([Math.PI, Math.SQRT2, Math.E * 1e7, 1e300, Infinity, NaN])('of %f is not found', (value) => {
    expect(fractionOf(value, 1, NET)).toBeUndefined()
  })
})

describe('the models of a series', () => {
  const factorsAndDenominators = (values: readonly number[]) => ratioModels(values).map(({ factor, ratios, exceptions }) => [factor, ratios[0]?.denominator, exceptions.length])

  it('are one for decimals: the fewest that explain them', () => {
    expect(factorsAndDenominators([0.505, 0.251, 17, 3.125])).toEqual([[1, 1_000, 0]])
    expect(factorsAndDenominators([5, 7, -9])).toEqual([[1, 1, 0]])
  })

  it('name what does not fit an exception, up to a quarter of all', () => {
    expect(factorsAndDenominators([1, 2, 3, 4, 5, 6, Infinity, -0])).toEqual([[1, 1, 2]])
    expect(factorsAndDenominators([1, 2, 3, 4, NaN, NaN, Infinity, -0])).toEqual([])
  })

  it('bring fractions of about as many parts to what they were before they were reduced', () => {
    const all = [23_998, 24_001, 24_000, 24_003, 23_997, 24_002, 24_000, 23_999]
    const models = ratioModels(all.map((ticks, index) => (100 * (1_000 + 500 * index)) / ticks))
    expect(models.find(({ factor }) => factor === 100)?.ratios.map(({ numerator, denominator }) => [numerator, denominator])).toEqual(all.map((ticks, index) => [1_000 + 500 * index, ticks]))
  })

  it('are none for nothing and for what is infinite', () => {
    expect(ratioModels([])).toEqual([])
    expect(ratioModels([Infinity, Infinity])).toEqual([])
  })
})
