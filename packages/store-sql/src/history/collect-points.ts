import type { Batch } from './batch.ts'
import type { Points } from './points.ts'

/** The points of batches by series, oldest first. Of two of one series and time the later counts. */
export function collectPoints(batches: Iterable<Batch>, isWanted: (series: number, time: number) => boolean = () => true): Map<number, Points> {
  const found = new Map<number, { readonly times: number[]; readonly values: number[]; ascending: boolean }>()
  for (const { series, times, values } of batches) {
    for (const [index, id] of series.entries()) {
      const time = times[index] ?? NaN
      if (!isWanted(id, time)) continue
      const own = found.get(id) ?? { times: [], values: [], ascending: true }
      if (own.times.length === 0) found.set(id, own)
      else if (time <= (own.times.at(-1) ?? NaN)) own.ascending = false
      own.times.push(time)
      own.values.push(values[index] ?? NaN)
    }
  }
  return new Map([...found].map(([id, { times, values, ascending }]) => [id, ascending ? { timestamps: Float64Array.from(times), values: Float64Array.from(values) } : inOrder(times, values)]))
}

function inOrder(times: readonly number[], values: readonly number[]): Points {
  const latest = new Map(times.map((time, index) => [time, values[index] ?? NaN]))
  const timestamps = Float64Array.from(latest.keys()).sort()
  return { timestamps, values: timestamps.map((time) => latest.get(time) ?? NaN) }
}
