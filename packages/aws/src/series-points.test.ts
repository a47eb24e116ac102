import { describe, expect, it } from 'vitest'
import type { MetricPoints } from './engine/metric-query.ts'
import { combined, converted } from './series-points.ts'

function points(byTime: Readonly<Record<number, number>>, over: Partial<MetricPoints> = {}): MetricPoints {
  return { timestamps: Float64Array.from(Object.keys(byTime), Number), values: Float64Array.from(Object.values(byTime)), settledUntil: 100, status: 'complete', ...over }
}
const sum = (values: Readonly<Record<string, number>>): number => Object.values(values).reduce((a, b) => a + b, 0)

describe('combined', () => {
  it('gives a value for every time of any source, ascending', () => {
    const { timestamps, values } = combined(['a', 'b'], [points({ 20: 1, 40: 2 }), points({ 10: 30, 20: 40, 30: 50 })], sum)
    expect([...timestamps]).toEqual([10, 20, 30, 40])
    expect([...values]).toEqual([30, 41, 50, 2])
  })

  it('leaves out what the metric gives no value for', () => {
    const { timestamps } = combined(['a', 'b'], [points({ 10: 1, 20: 2 }), points({ 20: 3 })], ({ a, b }) => (a === undefined || b === undefined ? undefined : a / b))
    expect([...timestamps]).toEqual([20])
  })

  it('is settled where all are, and as bad as the worst', () => {
    const statuses = (['complete', 'partial', 'error'] as const).map((status) => combined(['a', 'b'], [points({}, { status }), points({}, { settledUntil: 50 })], sum))
    expect(statuses.map(({ status, settledUntil }) => [status, settledUntil])).toEqual([['complete', 50], ['partial', 50], ['error', 50]])
  })

  it('is an error where nothing was answered', () => {
    expect(combined(['a'], [], sum)).toMatchObject({ status: 'error', settledUntil: 0 })
  })
})

describe('converted', () => {
  it('changes values and leaves what the engine remembers as it was', () => {
    const raw = points({ 10: 300 })
    expect([...converted(raw, (value) => value / 300).values]).toEqual([1])
    expect([...raw.values]).toEqual([300])
  })
})
