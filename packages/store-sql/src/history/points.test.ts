import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatch, emptyBatch, encodeBatch, SHARD } from './batch.ts'
import { collectPoints } from './collect-points.ts'
import { merge, type Points, slice } from './points.ts'

const byTime = fc.dictionary(fc.nat(50).map(String), fc.double({ noNaN: true }), { maxKeys: 30 }).map((found) => new Map(Object.entries(found).map(([time, value]) => [Number(time), value])))
const pointsOf = (found: ReadonlyMap<number, number>): Points => {
  const sorted = [...found].sort(([a], [b]) => a - b)
  return { timestamps: Float64Array.from(sorted, ([time]) => time), values: Float64Array.from(sorted, ([, value]) => value) }
}

describe('points', () => {
  it('merge: of two at one time the newer counts', () => {
    fc.assert(fc.property(byTime, byTime, (older, newer) => {
      expect(merge(pointsOf(older), pointsOf(newer))).toEqual(pointsOf(new Map([...older, ...newer])))
    }))
  })

  it('are cut to a range that holds its start and not its end', () => {
    fc.assert(fc.property(byTime, fc.nat(55), fc.nat(55), (found, from, until) => {
      expect(slice(pointsOf(found), from, Math.max(from, until))).toEqual(pointsOf(new Map([...found].filter(([time]) => time >= from && time < until))))
    }))
  })
})

describe('a batch', () => {
  const entry = fc.record({ offset: fc.nat(SHARD - 1), time: fc.nat(4_000_000_000_000), value: fc.double({ noNaN: true }) })

  it('gives back its points in their order', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 100 }), fc.nat(1_000_000), (entries, shard) => {
        const batch = { series: entries.map(({ offset }) => shard * SHARD + offset), times: entries.map(({ time }) => time), values: entries.map(({ value }) => value) }
        expect(decodeBatch(encodeBatch(batch), shard)).toEqual(batch)
      }),
    )
  })

  it('takes nine bytes for each point of one time', () => {
    const batch = emptyBatch()
    for (let id = 0; id < SHARD; id++) {
      batch.series.push(id)
      batch.times.push(1_767_571_200_000)
      batch.values.push(Math.sqrt(id))
    }
    expect(encodeBatch(batch).length).toBeLessThan(9 * SHARD + 12)
  })

  it('that is cut off or of an unknown version is not read', () => {
    const bytes = encodeBatch({ series: [3, 4], times: [5, 900], values: [0.5, 7] })
    for (let length = 0; length < bytes.length; length++) expect(() => decodeBatch(bytes.subarray(0, length), 0)).toThrow(RangeError)
    expect(() => decodeBatch(Uint8Array.of(8, ...bytes.subarray(1)), 0)).toThrow('unknown version 8')
  })

  it('gives points by series, in order, the later of two of one time', () => {
    const batches = [
      { series: [1, 2, 1], times: [30, 10, 20], values: [1, 2, 3] },
      { series: [1, 1], times: [20, 40], values: [4, 5] },
    ]
    expect(collectPoints(batches)).toEqual(new Map([[1, pointsOf(new Map([[20, 4], [30, 1], [40, 5]]))], [2, pointsOf(new Map([[10, 2]]))]]))
    expect(collectPoints(batches, (series, time) => series === 1 && time < 30)).toEqual(new Map([[1, pointsOf(new Map([[20, 4]]))]]))
  })
})
