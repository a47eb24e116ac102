import type { Series } from '@tocsin/core'
import type { MetricPoints } from './engine/metric-query.ts'

type SeriesPoints = Pick<Series, 'timestamps' | 'values' | 'settledUntil' | 'status'>

/** A query that was not answered. */
const UNREAD: SeriesPoints = { timestamps: new Float64Array(), values: new Float64Array(), settledUntil: 0, status: 'error' }

/** Points with their values converted. */
export function converted(points: MetricPoints | undefined, value: ((raw: number) => number) | undefined): SeriesPoints {
  if (points === undefined) return UNREAD
  const { timestamps, values, settledUntil, status } = points
  return { timestamps, values: value ? values.map((raw) => value(raw)) : values, settledUntil, status }
}

const WORST = ['error', 'partial', 'complete'] as const

/** One value for every time at which any of the sources has a point. Settled where all are, and as bad as the worst of them. */
export function combined(
  names: readonly string[],
  answers: readonly MetricPoints[],
  combine: (values: Readonly<Record<string, number>>) => number | undefined,
): SeriesPoints {
  const inputs = names.flatMap((name, index) => {
    const points = answers[index]
    return points === undefined ? [] : [{ name, points }]
  })
  if (inputs.length === 0) return UNREAD
  const byTime = new Map<number, Record<string, number>>()
  for (const { name, points } of inputs) {
    points.timestamps.forEach((at, index) => {
      const values = byTime.get(at) ?? {}
      values[name] = points.values[index] ?? Number.NaN
      byTime.set(at, values)
    })
  }
  const timestamps: number[] = []
  const values: number[] = []
  for (const [at, inputsThen] of [...byTime].sort(([a], [b]) => a - b)) {
    const value = combine(inputsThen)
    if (value === undefined) continue
    timestamps.push(at)
    values.push(value)
  }
  return {
    timestamps: Float64Array.from(timestamps),
    values: Float64Array.from(values),
    settledUntil: Math.min(...inputs.map(({ points }) => points.settledUntil)),
    status: WORST.find((status) => inputs.some(({ points }) => points.status === status)) ?? 'complete',
  }
}
