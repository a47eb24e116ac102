import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DayRollup, dayOf, decodeDays, encodeDays } from './day-block.ts'
import { HOUR, type HourRollup } from './rollup-chunk.ts'
import { mergeSummaries, summaryOf } from './summary.ts'

const TODAY = 20_000
const SHARD_NO = 3

const hour = fc.record({ hour: fc.nat(23), period: fc.constantFrom(60_000, 300_000), points: fc.array(fc.tuple(fc.nat(HOUR - 1), fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, Infinity, -Infinity))), { minLength: 1, maxLength: 12 }) })
const hours = fc.uniqueArray(hour, { selector: (one) => one.hour, minLength: 1, maxLength: 24 }).map((found) => new Map(found.flatMap((one) => rolledUp(one.hour, one.period, one.points))))

function rolledUp(of: number, period: number, points: readonly (readonly [ms: number, value: number])[]): [number, HourRollup][] {
  const sorted = [...new Map(points)].sort(([a], [b]) => a - b)
  const start = TODAY * 24 + of
  const summary = summaryOf({ timestamps: Float64Array.from(sorted, ([ms]) => start * HOUR + ms), values: Float64Array.from(sorted, ([, value]) => value) })
  return summary === undefined ? [] : [[start, { period, summary }]]
}

describe('a day', () => {
  it('is its hours in one, where all of them have one period', () => {
    fc.assert(
      fc.property(hours, (found) => {
        const sorted = [...found].sort(([a], [b]) => a - b)
        const day = dayOf(found)
        expect(day === undefined).toBe(new Set(sorted.map(([, { period }]) => period)).size > 1)
        if (day === undefined) return
        expect(day).toEqual({ period: sorted[0]?.[1].period, hours: sorted.reduce((bits, [one]) => bits + 2 ** (one - TODAY * 24), 0), summary: mergeSummaries(sorted.map(([, { summary }]) => summary)) })
      }),
    )
    expect(dayOf(new Map())).toBeUndefined()
  })
})

describe('a block of days', () => {
  it('gives back what was packed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(63), hours), { selector: ([offset]) => offset, maxLength: 8 }), (found) => {
        const days = new Map(found.map(([offset, own]): [number, DayRollup | undefined] => [SHARD_NO * 64 + offset, dayOf(own)]))
        const read = decodeDays(encodeDays(days, TODAY), SHARD_NO, TODAY)
        expect([...read].sort(([a], [b]) => a - b)).toEqual([...days].sort(([a], [b]) => a - b))
      }),
    )
  })

  it('that is cut off or of an unknown version is not read', () => {
    const block = encodeDays(new Map([[SHARD_NO * 64 + 63, dayOf(new Map(rolledUp(0, 60_000, [[5, 1 / 3]])))]]), TODAY)
    for (let length = 0; length < block.length; length++) expect(() => decodeDays(block.subarray(0, length), SHARD_NO, TODAY)).toThrow()
    expect(() => decodeDays(Uint8Array.of(7, ...block.subarray(1)), SHARD_NO, TODAY)).toThrow('unknown version 7')
  })

  it('takes some 70 bytes for a CPU of 288 points', () => {
    const days = new Map(
      Array.from({ length: 64 }, (_, series): [number, DayRollup | undefined] => {
        const own = Array.from({ length: 24 }, (_, of) => rolledUp(of, 300_000, Array.from({ length: 12 }, (_, at) => [at * 300_000, Math.round(1_000 * (40 + 20 * Math.sin((of + at / 12) / 4 + series))) / 1_000] as const)))
        return [series, dayOf(new Map(own.flat()))]
      }),
    )
    expect(encodeDays(days, TODAY).length / 64).toBeLessThan(90)
  })
})
