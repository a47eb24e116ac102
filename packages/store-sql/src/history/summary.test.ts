import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_POINTS, type Points, slice } from './points.ts'
import { rollupOf } from './rollup.ts'
import { decodeHours, encodeHours, HOUR, type HourRollups } from './rollup-chunk.ts'
import { finiteIn, mergeSummaries, type Summary, summaryOf } from './summary.ts'

const value = fc.oneof({ weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }, fc.constantFrom(0, 17, Infinity, -Infinity))
const points = fc.array(value, { minLength: 1, maxLength: 60 }).map((values): Points => ({ timestamps: Float64Array.from(values, (_, index) => 1_000 * index), values: Float64Array.from(values) }))

function expectSame(found: Summary | undefined, expected: Summary | undefined): void {
  if (found === undefined || expected === undefined) return expect(found).toBe(expected)
  const { sum, squares, sketch, ...exact } = found
  const { sum: expectedSum, squares: expectedSquares, sketch: expectedSketch, ...expectedExact } = expected
  expect(exact).toEqual(expectedExact)
  expect(sketch).toEqual(expectedSketch)
  expect(Math.abs(sum - expectedSum)).toBeLessThanOrEqual(1e-6)
  expect(Math.abs(squares - expectedSquares)).toBeLessThanOrEqual(1e-9 * (1 + expectedSquares))
}

describe('a summary', () => {
  it('has what its points have', () => {
    const summary = summaryOf({ timestamps: Float64Array.of(10, 20, 30, 40, 50), values: Float64Array.of(3, -1, Infinity, -1, 7) })
    expect(summary).toMatchObject({ count: 5, min: -1, minAt: 20, max: Infinity, maxAt: 30, sum: 8 })
    expect(summary?.squares).toBeCloseTo(1 + 9 + 9 + 25)
    expect(summary && finiteIn(summary)).toBe(4)
    expect(summaryOf(NO_POINTS)).toBeUndefined()
  })

  it('keeps a small spread around a large mean', () => {
    const values = [1e12 + 1, 1e12 + 2, 1e12 + 3]
    const parts = values.map((value, at) => summaryOf({ timestamps: Float64Array.of(at), values: Float64Array.of(value) }) ?? [])
    expect(mergeSummaries(parts.flat())?.squares).toBeCloseTo(2, 3)
  })

  it('merged from parts is that of the whole, whatever the order and the brackets', () => {
    fc.assert(
      fc.property(points, fc.nat(60_000), fc.nat(60_000), (points, one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)]
        const whole = summaryOf(points)
        const parts = [slice(points, 0, first), slice(points, first, second), slice(points, second, Infinity)].map(summaryOf)
        const [a, b, c] = parts.map((part) => (part === undefined ? [] : [part]))
        const merge = (...some: (readonly Summary[] | undefined)[]): Summary[] => [mergeSummaries(some.flatMap((part) => part ?? []))].filter((found) => found !== undefined)
        for (const merged of [merge(a, b, c), merge(c, b, a), merge(merge(a, b), c), merge(a, merge(b, c)), merge(b, merge(c, a))]) expectSame(merged[0], whole)
      }),
    )
    expect(mergeSummaries([])).toBeUndefined()
  })
})

const hours = fc.uniqueArray(fc.tuple(fc.integer({ min: 480_000, max: 480_023 }), points, fc.constantFrom(60_000, 300_000, 86_400_000)), { selector: ([hour]) => hour, minLength: 1, maxLength: 24 }).map(
  (found): HourRollups =>
    new Map(
      found.flatMap(([hour, { timestamps, values }, period]) => {
        const summary = summaryOf({ timestamps: timestamps.map((time) => hour * HOUR + time), values })
        return summary === undefined ? [] : [[hour, { period, summary }]]
      }),
    ),
)

describe('a chunk of hourly rollups', () => {
  it('gives back what was packed', () => {
    fc.assert(fc.property(hours, (hours) => {
      expect(new Map([...decodeHours(encodeHours(hours))].sort(([a], [b]) => a - b))).toEqual(new Map([...hours].sort(([a], [b]) => a - b)))
    }))
  })

  it('that is cut off or of an unknown version is not read', () => {
    const summary = summaryOf({ timestamps: Float64Array.of(5), values: Float64Array.of(1 / 3) })
    const chunk = encodeHours(new Map(summary && [[0, { period: 60_000, summary }]]))
    for (let length = 0; length < chunk.length; length++) expect(() => decodeHours(chunk.subarray(0, length))).toThrow()
    expect(() => decodeHours(Uint8Array.of(7, ...chunk.subarray(1)))).toThrow('unknown version 7')
  })
})

describe('a rollup', () => {
  const of = (values: readonly number[], from = 0) => {
    const until = from + 60 * values.length
    return rollupOf({ from, until, expected: 10, summary: summaryOf({ timestamps: Float64Array.from(values, (_, index) => from + 60 * index), values: Float64Array.from(values) }) })
  }

  it('says what readers ask for', () => {
    const rollup = of([1, 2, 3, 4, Infinity])
    expect(rollup).toMatchObject({ from: 0, until: 300, count: 5, expected: 10, infinite: 1, min: 1, minAt: 0, max: Infinity, maxAt: 240, mean: 2.5 })
    expect(rollup.deviation).toBeCloseTo(Math.sqrt(1.25))
    expect(rollup.quantile(0.5)).toBeCloseTo(3, 1)
    expect([0, 1].map((share) => rollup.quantile(share))).toEqual([1, Infinity])
    for (const share of [-0.1, 1.1, NaN]) expect(() => rollup.quantile(share)).toThrow(RangeError)
  })

  it('never gives a quantile beyond what was measured', () => {
    const rollup = of([99.9, 99.9, 99.9])
    expect([0.01, 0.5, 0.99].map((share) => rollup.quantile(share))).toEqual([99.9, 99.9, 99.9])
  })

  it('of nothing has counts and no numbers', () => {
    const rollup = rollupOf({ from: 0, until: 60, expected: 3, summary: undefined })
    expect(rollup).toMatchObject({ count: 0, expected: 3, infinite: 0, min: NaN, maxAt: NaN, mean: NaN, deviation: NaN })
    expect(rollup.quantile(0.5)).toBeNaN()
    expect(rollup.merge([rollup]).mean).toBeNaN()
    expect(rollup.merge([of([4, 6], 100)])).toMatchObject({ from: 0, until: 220, count: 2, expected: 13, mean: 5, maxAt: 160 })
  })

  it('merges with others to that of all points', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 20 }), { minLength: 1, maxLength: 6 }), (parts) => {
        let at = 0
        const [first, ...others] = parts.map((values) => of(values, (at += 60 * values.length)))
        const merged = first?.merge(others)
        at = parts[0]?.length ?? 0
        const flat = parts.flat()
        const whole = of(flat, 60 * at)
        expect(merged).toMatchObject({ count: flat.length, infinite: whole.infinite, min: whole.min, max: whole.max, expected: 10 * parts.length })
        expect(merged?.quantile(0.9)).toEqual(whole.quantile(0.9))
        if (Number.isFinite(whole.mean)) expect(Math.abs((merged?.mean ?? NaN) - whole.mean)).toBeLessThanOrEqual(1e-6)
        if (Number.isFinite(whole.deviation)) expect(Math.abs((merged?.deviation ?? NaN) - whole.deviation)).toBeLessThanOrEqual(1e-6 * (1 + whole.deviation))
      }),
    )
  })
})
