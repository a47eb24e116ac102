import type { Rollup } from '@tocsin/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DayRollup, dayOf } from './day-block.ts'
import { packDay, type Packed } from './pack-day.ts'
import { hoursWithin } from './pack-days.ts'
import { merge, NO_POINTS, type Points, slice } from './points.ts'
import { rollUp } from './roll-up.ts'
import { DAY, HOUR, type HourRollups } from './rollup-chunk.ts'

const MINUTE = 60_000
const PERIOD = 5 * MINUTE
const SERIES = { period: PERIOD, firstAt: 0 }
const NOTHING: Packed = { points: NO_POINTS, hours: new Map() }

const pointsOf = (found: ReadonlyMap<number, number>): Points => {
  const sorted = [...found].sort(([a], [b]) => a - b)
  return { timestamps: Float64Array.from(sorted, ([time]) => time), values: Float64Array.from(sorted, ([, value]) => value) }
}
const wholeDay = (hours: HourRollups, day: number): [number, DayRollup][] => {
  const rollup = dayOf(hoursWithin(hours, day))
  return rollup === undefined ? [] : [[day, rollup]]
}
const values = (points: Points): number[] => [...points.values]
const hourly = (...values: number[]): Points => ({ timestamps: Float64Array.from(values, (_, index) => index * HOUR), values: Float64Array.from(values) })

/** Points of the first half day, at odd times too. */
const points = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 12 * 60 }), fc.integer({ min: -50, max: 100 })), { selector: ([minute]) => minute, maxLength: 60 }).map((found) => new Map(found.map(([minute, value]) => [minute * MINUTE, value])))
const edges = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 13 }).map((hour) => hour * HOUR), fc.integer({ min: 0, max: 13 * HOUR })), { minLength: 2, maxLength: 6 }).map((found) => found.sort((a, b) => a - b))

describe('packing a day', () => {
  it('gives the same in one go and bit by bit, once and twice', () => {
    fc.assert(
      fc.property(points, points, points, (first, second, third) => {
        const parts = [first, second, third].map(pointsOf)
        const all = parts.reduce(merge)
        const pack = (before: Packed, fresh: Points): Packed => packDay(before, fresh, PERIOD)
        const whole = pack(NOTHING, all)
        const bits = parts.reduce(pack, NOTHING)
        expect(bits.points).toEqual(all)
        expect(bits.hours).toEqual(whole.hours)
        expect(pack(bits, parts[2] ?? NO_POINTS).hours).toEqual(whole.hours)
      }),
    )
  })

  it('takes no point for an hour whose raw points were forgotten, and any for one that is new', () => {
    const { hours } = packDay(NOTHING, hourly(10, 20), PERIOD)
    const after = packDay({ points: NO_POINTS, hours }, hourly(99, 99, 30), PERIOD)
    expect(after.tooLate).toBe(2)
    expect(values(after.points)).toEqual([30])
    expect([...after.hours].map(([hour, { summary }]) => [hour, summary.count, summary.max])).toEqual([[0, 1, 10], [1, 1, 20], [2, 1, 30]])
  })

  it('remembers the period that an hour had', () => {
    const before = packDay(NOTHING, hourly(10, 20), PERIOD)
    const after = packDay(before, hourly(11, 20, 30), MINUTE)
    expect([...after.hours.values()].map(({ period }) => period)).toEqual([PERIOD, PERIOD, MINUTE])
  })
})

describe('rolling up', () => {
  it('counts every point in its step, whatever of it is packed, corrected or new', () => {
    fc.assert(
      fc.property(points, points, points, edges, (packed, corrected, fresh, edges) => {
        const before = [packed, corrected].map(pointsOf).reduce((state, some): Packed => packDay(state, some, PERIOD), NOTHING)
        const all = pointsOf(new Map([...packed, ...corrected, ...fresh]))
        const rollups = rollUp({ series: SERIES, fresh: pointsOf(fresh), packed: before.points, hours: before.hours }, edges)
        expect(rollups.map(({ from, until }) => [from, until])).toEqual(edges.slice(1).map((edge, index) => [edges[index], edge]))
        for (const rollup of rollups) {
          const own = slice(all, rollup.from, rollup.until)
          const sorted = values(own).sort((a, b) => a - b)
          const [min = NaN, max = NaN] = [sorted[0], sorted.at(-1)]
          const first = (value: number): number => own.timestamps[values(own).indexOf(value)] ?? NaN
          expect(rollup).toMatchObject({ count: sorted.length, min, max, minAt: first(min), maxAt: first(max) })
          expect(rollup.expected).toBeCloseTo((rollup.until - rollup.from) / PERIOD, 9)
          const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
          if (Number.isNaN(median)) expect(rollup.quantile(0.5)).toBeNaN()
          else expect(Math.abs(rollup.quantile(0.5) - median)).toBeLessThanOrEqual(0.0101 * Math.abs(median))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same of whole days as of their hours', () => {
    const minutes = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 * 24 * 60 - 1 }), fc.oneof(fc.integer({ min: -50, max: 100 }), fc.constant(Infinity))), { selector: ([minute]) => minute, maxLength: 80 }).map((found) => pointsOf(new Map(found.map(([minute, value]) => [minute * MINUTE, value]))))
    const within = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 4 }).map((day) => day * DAY), fc.integer({ min: 0, max: 4 * 24 }).map((hour) => hour * HOUR)), { minLength: 2, maxLength: 4 }).map((found) => found.sort((a, b) => a - b))
    const life = fc.record({ period: fc.constantFrom(MINUTE, PERIOD), firstAt: fc.nat(2 * DAY), goneAt: fc.integer({ min: 2 * DAY, max: 5 * DAY }) })
    fc.assert(
      fc.property(minutes, fc.subarray([0, 1, 2, 3]), within, life, (points, wholeOnly, edges, series) => {
        const { hours } = packDay(NOTHING, points, PERIOD)
        const given = { series, fresh: NO_POINTS, packed: points }
        const days = new Map([0, 1, 2, 3].flatMap((day) => wholeDay(hours, day)))
        // The hours of some days are left out where one step holds all of the day.
        const isLeftOut = (day: number): boolean => wholeOnly.includes(day) && edges.some((from, index) => from <= day * DAY && (day + 1) * DAY <= (edges[index + 1] ?? -1))
        const rest = new Map([...hours].filter(([hour]) => !isLeftOut(Math.floor(hour / 24))))
        const seen = (rollups: readonly Rollup[]) => rollups.map(({ count, expected, infinite, min, minAt, max, maxAt, sketch }) => ({ count, expected, infinite, min, minAt, max, maxAt, sketch }))
        const [found, wanted] = [rollUp({ ...given, hours: rest, days }, edges), rollUp({ ...given, hours }, edges)]
        expect(seen(found)).toEqual(seen(wanted))
        for (const [index, { mean, deviation }] of found.entries()) {
          if (Number.isNaN(mean)) expect(wanted[index]?.mean).toBeNaN()
          else expect([mean, deviation]).toEqual([expect.closeTo(wanted[index]?.mean ?? NaN, 9), expect.closeTo(wanted[index]?.deviation ?? NaN, 6)])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('reads a day by its hours where one has new points', () => {
    const { points, hours } = packDay(NOTHING, hourly(1, 2, 3), PERIOD)
    const days = new Map(wholeDay(hours, 0))
    expect(rollUp({ series: SERIES, fresh: hourly(7), packed: points, hours, days }, [0, DAY])[0]).toMatchObject({ count: 3, max: 7, min: 2 })
  })

  const packed = packDay(NOTHING, hourly(10, 20, 30, 40), PERIOD)

  it('of hours whose raw points were forgotten counts each for the step in which it begins', () => {
    const rollups = rollUp({ series: SERIES, fresh: NO_POINTS, packed: NO_POINTS, hours: packed.hours }, [HOUR / 2, 1.5 * HOUR, 2 * HOUR, 4 * HOUR])
    expect(rollups.map(({ count, mean }) => [count, mean])).toEqual([[1, 20], [0, NaN], [2, 35]])
  })

  it('leaves out a point that came after its hour was forgotten, as packing it would', () => {
    const [rollup] = rollUp({ series: SERIES, fresh: hourly(99, 99, 99, 99, 50), packed: NO_POINTS, hours: packed.hours }, [0, 5 * HOUR])
    expect(rollup).toMatchObject({ count: 5, max: 50, mean: 30 })
  })

  it('expects no points before the first one, nor while the resource is gone, and as many as the period then asked for', () => {
    const expected = (series: { readonly period: number; readonly firstAt: number; readonly goneAt?: number }, edges: readonly number[]) => rollUp({ series, fresh: NO_POINTS, packed: NO_POINTS, hours: packed.hours }, edges).map((rollup) => rollup.expected)
    expect(expected({ period: MINUTE, firstAt: 3 * HOUR }, [0, HOUR, 3.5 * HOUR, 6 * HOUR])).toEqual([0, 6, 6 + 120])
    expect(expected({ period: MINUTE, firstAt: 0, goneAt: 5 * HOUR }, [4 * HOUR, 6 * HOUR, 8 * HOUR])).toEqual([60, 0])
    expect(expected({ period: 24 * HOUR, firstAt: 0 }, [4 * HOUR, 28 * HOUR])).toEqual([1])
  })
})
