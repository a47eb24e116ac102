import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeChunk, encodeChunk } from './chunk.ts'
import type { Points } from './points.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T00:00:00Z')

const gap = fc.oneof({ weight: 5, arbitrary: fc.constant(MINUTE) }, { weight: 2, arbitrary: fc.integer({ min: MINUTE - 5, max: MINUTE + 5 }) }, fc.integer({ min: 1, max: 40 * 86_400_000 }))
const decimal = fc.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 6 })).map(([digits, decimals]) => digits / 10 ** decimals)
const share = fc.tuple(fc.nat(24_000), fc.integer({ min: 23_990, max: 24_010 })).map(([busy, all]) => (100 * busy) / all)
const special = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 2 ** 53 + 2, 1e300, 5e-324)
const value = fc.oneof({ weight: 3, arbitrary: decimal }, { weight: 3, arbitrary: share }, special, fc.double())
const values = fc.oneof(fc.array(value, { maxLength: 200 }), fc.array(decimal, { maxLength: 200 }), fc.array(share, { minLength: 20, maxLength: 200 }), fc.array(fc.oneof({ weight: 9, arbitrary: share }, special), { minLength: 20, maxLength: 200 }))
const points = fc.tuple(fc.nat(4_000_000_000_000), values).chain(([start, values]) =>
  fc.array(gap, { minLength: values.length, maxLength: values.length }).map((gaps): Points => {
    let time = start
    return { timestamps: Float64Array.from(gaps, (gap) => (time += gap)), values: Float64Array.from(values) }
  }),
)

const regular = (values: readonly number[], period = MINUTE): Points => ({ timestamps: Float64Array.from(values, (_, index) => START + index * period), values: Float64Array.from(values) })
const bitsOf = (values: Float64Array): string[] => Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value)))

describe('a chunk', () => {
  it('gives back what was packed, to the last bit', () => {
    fc.assert(
      fc.property(points, (given) => {
        const back = decodeChunk(encodeChunk(given))
        expect(back.timestamps).toEqual(given.timestamps)
        expect(bitsOf(back.values)).toEqual(bitsOf(given.values))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['ratios', '01636978b060fbc7b4fddb666eff98c6c0c4c4c898c2c460f4858181c18781e10423030303032373fd0706300000', [0.5, 0.75, 99.25, Infinity]],
    ['doubles', '01636b78b060fbc7b4fddb666eff98c6c0c2e0c0a9f83bc44557c281753f57b7487826213e00', [Math.PI, Math.E, Math.PI, Math.E, Math.PI, Math.E]],
    [
      'planes',
      '01636f78b060fbc7b4fddb666eff98c6c0ca680701ae4ec64a6ef6368661a25b6a056bee1f61e8675f6813ba2ffecf149fbdf39fcb7e59db537979ca8a993fcc152638551f5db5c11400',
      [Math.PI, Math.E, Math.SQRT2, Math.LN2, 3.3333334444, Math.LN10, 2.1111111111234].map((one) => one * Math.PI * 1e-9),
    ],
  ])('of %s that was written once stays readable', (_, hex, values) => {
    expect(decodeChunk(Buffer.from(hex, 'hex'))).toEqual(regular(values))
  })

  it.each<[string, Points]>([
    ['times that do not ascend', { timestamps: Float64Array.of(5, 5), values: Float64Array.of(1, 2) }],
    ['a time between two milliseconds', { timestamps: Float64Array.of(5.5), values: Float64Array.of(1) }],
    ['a time before 1970', { timestamps: Float64Array.of(-1), values: Float64Array.of(1) }],
    ['no time at all', { timestamps: Float64Array.of(NaN), values: Float64Array.of(1) }],
    ['a time of another age', { timestamps: Float64Array.of(2 ** 50), values: Float64Array.of(1) }],
    ['fewer values than times', { timestamps: Float64Array.of(1, 2), values: Float64Array.of(1) }],
  ])('does not take %s', (_, points) => {
    expect(() => encodeChunk(points)).toThrow(RangeError)
  })

  it('that is cut off, empty or of an unknown version is not read', () => {
    const chunk = encodeChunk(regular([0.1, 17, 1 / 3, 8e9]))
    for (let length = 0; length < chunk.length; length++) expect(() => decodeChunk(chunk.subarray(0, length))).toThrow()
    expect(() => decodeChunk(Uint8Array.of(9, ...chunk.subarray(1)))).toThrow('unknown version 9')
  })
})

/** The same in every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
const day = (seed: number, next: (random: () => number, before: number) => number, count = 1_440): number[] => {
  const random = chance(seed)
  let last = 0
  return Array.from({ length: count }, () => (last = next(random, last)))
}

describe('a day of a regular series takes at most five bytes a point:', () => {
  it.each<[string, number, number[]]>([
    ['a CPU share of busy ticks among about as many each time', 4, day(1, (random) => (100 * Math.floor(random() * 24_000)) / (23_990 + Math.floor(random() * 20)))],
    ['a memory share of 128 GiB', 4, day(2, (random) => 100 * (1 - (80_000_000 + Math.floor(random() * 400_000)) / 131_891_236))],
    ['bytes a second over about a minute', 5, day(3, (random) => Math.floor(random() * 4e7) / ((59_998 + Math.floor(random() * 5)) / 1_000))],
    ['the mean of five values with two decimals', 3, day(4, (random) => Array.from({ length: 5 }, () => Math.floor(random() * 8_000) / 100).reduce((sum, one) => sum + one) / 5, 288)],
    ['load', 1.5, day(5, (random, before) => Math.max(0, Math.round(before * 400 + (random() - 0.5) * 40) / 400))],
    ['a slowly filling disk', 4.5, day(6, (random, before) => (100 * Math.floor(Math.max(60_000_000, (before * 115_990_921) / 100) + 30 * random())) / 115_990_921)],
    ['a disk of 300 GB where much is written and removed', 3, day(13, (random) => (100 * (20_000_000 + Math.floor(random() * 20_000))) / 73_242_188)],
    ['a counter of requests', 2.1, day(7, (random) => Math.floor(random() * 10_000))],
    ['answers in milliseconds, some of them none', 2, day(8, (random) => (random() < 0.02 ? Infinity : Math.floor(20 + random() * 400) / 1_000))],
    ['what never changes', 0.05, day(9, () => 42.5)],
  ])('%s takes %f', (_, most, values) => {
    const chunk = encodeChunk(regular(values, values.length === 288 ? 5 * MINUTE : MINUTE))
    expect(chunk.length / values.length).toBeLessThanOrEqual(most)
    expect(decodeChunk(chunk).values).toEqual(Float64Array.from(values))
  })

  it('times that a clock shakes by milliseconds take half a byte', () => {
    const random = chance(10)
    const timestamps = Float64Array.from({ length: 1_440 }, (_, index) => START + index * MINUTE + Math.floor(random() * 3))
    expect(encodeChunk({ timestamps, values: new Float64Array(1_440).fill(7) }).length / 1_440).toBeLessThan(0.5)
  })
})

it('what no ratio explains is still packed by what its neighbours share', () => {
  const random = chance(11)
  const values = Array.from({ length: 1_440 }, () => 10 + random() * random() * Math.PI)
  expect(encodeChunk(regular(values)).length / 1_440).toBeLessThan(6.7)
})

it('what repeats is packed by that', () => {
  const random = chance(12)
  const few = Array.from({ length: 20 }, () => random() * random() * Math.PI * 1e5)
  expect(encodeChunk(regular(Array.from({ length: 1_440 }, () => few[Math.floor(random() * 20)] ?? 0))).length / 1_440).toBeLessThan(1.6)
})
