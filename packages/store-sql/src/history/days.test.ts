import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRanges, type DayRange, daysBetween, except, wholeDays } from './days.ts'
import { DAY } from './rollup-chunk.ts'

const listed = (ranges: readonly DayRange[]): number[] => ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
const edges = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 12 }).map((day) => day * DAY), fc.integer({ min: 0, max: 12 * DAY })), { minLength: 2, maxLength: 8 }).map((found) => found.sort((a, b) => a - b))

describe('the days of a range', () => {
  it('are whole or not: those that one step holds from beginning to end, and the rest of those that it touches', () => {
    fc.assert(
      fc.property(edges, (edges) => {
        const whole = wholeDays(edges)
        const all = daysBetween(edges[0] ?? 0, edges.at(-1) ?? 0)
        const expected = listed([all]).filter((day) => edges.some((from, index) => from <= day * DAY && (day + 1) * DAY <= (edges[index + 1] ?? -1)))
        expect(listed(whole)).toEqual(expected)
        expect(listed(except(all, whole))).toEqual(listed([all]).filter((day) => !expected.includes(day)))
      }),
      { numRuns: 500 },
    )
  })
})

describe('ranges of days', () => {
  it('that touch or meet are one', () => {
    expect(asRanges([{ first: 8, last: 9 }, { first: 1, last: 3 }], [4, 6, 2])).toEqual([{ first: 1, last: 4 }, { first: 6, last: 6 }, { first: 8, last: 9 }])
    expect(asRanges([])).toEqual([])
  })

  it('are asked for as one where they are many', () => {
    const odd = Array.from({ length: 65 }, (_, index) => 2 * index + 1)
    expect(asRanges([], odd.slice(1)).length).toBe(64)
    expect(asRanges([], odd)).toEqual([{ first: 1, last: 129 }])
  })
})
