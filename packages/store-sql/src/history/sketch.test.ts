import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteReader, byteWriter } from './bytes.ts'
import { readSketch, skipSketch, writeSketch } from './sketch-codec.ts'
import { bucketOf, EMPTY_SKETCH, infiniteIn, mergeSketches, middleOf, quantileOf, type Sketch, SKETCH_ERROR, sketchFrom, sketchOf } from './sketch.ts'

const value = fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -100, max: 100, noNaN: true }), fc.integer({ min: -50, max: 50 }), fc.constantFrom(0, -0, Infinity, -Infinity))
const values = fc.array(value, { maxLength: 100 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const entries = ({ buckets, counts }: Sketch) => buckets.map((bucket, index) => [bucket, counts[index]])
const encoded = (sketch: Sketch): Uint8Array => {
  const writer = byteWriter()
  writeSketch(writer, sketch)
  return writer.finish()
}
/** Two roundings of their own, besides the error of the sketch. */
const ALLOWED = SKETCH_ERROR * (1 + 1e-9)

describe('a bucket', () => {
  it('has a middle within one percent of each of its values', () => {
    fc.assert(
      fc.property(value, (value) => {
        const middle = middleOf(bucketOf(value))
        if (!Number.isFinite(value)) expect(middle).toBe(value)
        else if (Math.abs(value) < 2 ** -1_022) expect(middle).toBe(0)
        else expect(Math.abs(middle - value)).toBeLessThanOrEqual(ALLOWED * Math.abs(value))
      }),
      { numRuns: 5_000 },
    )
  })

  it('has a number that ascends with the values', () => {
    fc.assert(fc.property(value, value, (a, b) => a < b ? bucketOf(a) <= bucketOf(b) : bucketOf(a) >= bucketOf(b)), { numRuns: 2_000 })
    expect([-Infinity, -1, -1e-300, 0, 1e-300, 1, Infinity].map(bucketOf).map(Math.sign)).toEqual([-1, -1, -1, 0, 1, 1, 1])
  })
})

describe('a quantile', () => {
  it('is within one percent of that of the values themselves', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 100 }), share, (values, share) => {
        const exact = values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? NaN
        const found = quantileOf(sketchOf(values), share)
        if (Number.isFinite(exact)) expect(Math.abs(found - exact)).toBeLessThanOrEqual(ALLOWED * Math.abs(exact) + 2 ** -1_022)
        else expect(found).toBe(exact)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of nothing is not a number', () => {
    expect(quantileOf(sketchOf([]), 0.5)).toBeNaN()
  })

  it('tells negative values, zeros and positive ones apart', () => {
    const sketch = sketchOf([-10, -1, 0, 0, 1, 10])
    expect([0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => Math.round(quantileOf(sketch, share)))).toEqual([-10, -1, 0, 0, 1, 10])
  })
})

describe('merged sketches', () => {
  it('are those of all values, whatever the order and the brackets', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)]
        const all = entries(sketchOf([...a, ...b, ...c]))
        expect(entries(mergeSketches([x, y, z]))).toEqual(all)
        expect(entries(mergeSketches([z, mergeSketches([y, x])]))).toEqual(all)
        expect(entries(mergeSketches([mergeSketches([x, z]), y]))).toEqual(all)
      }),
    )
  })

  it('count what is infinite', () => {
    expect(infiniteIn(mergeSketches([sketchOf([1, Infinity]), sketchOf([-Infinity, Infinity])]))).toBe(3)
  })
})

describe('an encoded sketch', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 40 })))), (counted) => {
        const sketch = sketchFrom(new Map(counted.map(([value, count]) => [bucketOf(value), count])))
        const reader = byteReader(encoded(sketch))
        expect(readSketch(reader)).toEqual(sketch)
        expect(reader.left).toBe(0)
        const passed = byteReader(encoded(sketch))
        skipSketch(passed)
        expect(passed.left).toBe(0)
      }),
    )
  })

  it('takes a byte for each of its buckets and three more: about eleven for an hour of twelve points', () => {
    const cpu = [41.2, 43.9, 44.1, 39.8, 40.2, 41.1, 52.3, 47.7, 43.3, 42.5, 41.9, 40.6]
    expect(sketchOf(cpu).buckets.length).toBe(8)
    expect(encoded(sketchOf(cpu)).length).toBe(11)
    expect(encoded(sketchOf(Array<number>(60).fill(97))).length).toBe(5)
    expect(encoded(EMPTY_SKETCH)).toEqual(Uint8Array.of(0))
  })

  it('that ends early is not read', () => {
    const bytes = encoded(sketchOf([1, 2, 300]))
    for (let length = 0; length < bytes.length; length++) expect(() => readSketch(byteReader(bytes.subarray(0, length)))).toThrow(RangeError)
    for (let length = 0; length < bytes.length; length++) expect(() => skipSketch(byteReader(bytes.subarray(0, length)))).toThrow(RangeError)
  })
})
