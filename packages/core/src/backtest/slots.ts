import type { Series } from '../model/series.ts'

/**
 * A series as runs of points without a gap, and the times of missing points between them and up to the end. Slots follow from the newest
 * point, or are multiples of the period before there is one: as they are live. Nothing is missing before `from`.
 */
export function* slotsOf(series: Series, lastAt: number, from: number, until: number): Generator<Series | number> {
  const { timestamps, values, period } = series
  let expected = lastAt > -Infinity ? Math.max(lastAt + period, from) : Math.ceil(from / period) * period
  let start = 0
  while (start < timestamps.length) {
    const first = timestamps[start] ?? until
    for (; first - expected >= period / 2; expected += period) yield expected
    let end = start + 1
    while (end < timestamps.length && (timestamps[end] ?? 0) - (timestamps[end - 1] ?? 0) < period * 1.5) end++
    const last = timestamps[end - 1] ?? first
    yield { ...series, timestamps: timestamps.subarray(start, end), values: values.subarray(start, end), settledUntil: last + 1, status: 'complete' }
    expected = last + period
    start = end
  }
  for (; expected < until; expected += period) yield expected
}
