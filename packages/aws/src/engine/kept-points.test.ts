import { describe, expect, it } from 'vitest'
import { keep, pointsOf } from './kept-points.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T12:00:00Z')
const points = (minutes: readonly number[]) => ({ timestamps: Float64Array.from(minutes, (minute) => START + minute * MINUTE), values: Float64Array.from(minutes, (minute) => minute + 0.5) })

describe('points that are kept', () => {
  it.each([
    ['a regular series', [0, 1, 2, 3]],
    ['one point', [7]],
    ['none', []],
    ['a series with gaps', [0, 1, 4, 5, 6]],
    ['a series that is mostly gaps', [0, 30, 90]],
    ['times that are no multiples of the period', [0, 1, 2.5]],
  ])('come back as they were: %s', (_, minutes) => {
    expect(pointsOf(keep(points(minutes), MINUTE), MINUTE)).toEqual(points(minutes))
  })

  it('of a regular series take eight bytes each, and are a place in what they came with', () => {
    const page = Float64Array.from({ length: 100 }, (_, index) => index)
    const { timestamps } = points([0, 1, 2])
    expect(keep({ timestamps, values: page.subarray(10, 13) }, MINUTE)).toEqual({ start: START, buffer: page.buffer, offset: 80, length: 3 })
  })

  it('of one with few gaps take not much more, and of one that is mostly gaps are kept as they are', () => {
    expect(keep(points([0, 2]), MINUTE)).toMatchObject({ start: START, length: 3 })
    expect(keep(points([0, 30]), MINUTE)).toEqual(points([0, 30]))
  })
})
