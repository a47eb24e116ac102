/** Points of one series, oldest first, without two of one time. */
export interface Points {
  /** Whole milliseconds since the epoch. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

export const NO_POINTS: Points = { timestamps: new Float64Array(), values: new Float64Array() }

/** The points of a range, not copied: at `from` and later, before `until`. */
export function slice({ timestamps, values }: Points, from: number, until: number): Points {
  const [start, end] = [firstAtOrAfter(timestamps, from), firstAtOrAfter(timestamps, until)]
  return { timestamps: timestamps.subarray(start, end), values: values.subarray(start, end) }
}

/** Points of stretches that follow one another as one. */
export function join(parts: readonly Points[]): Points {
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0) return only
  const length = parts.reduce((sum, { values }) => sum + values.length, 0)
  const joined = { timestamps: new Float64Array(length), values: new Float64Array(length) }
  let at = 0
  for (const { timestamps, values } of parts) {
    joined.timestamps.set(timestamps, at)
    joined.values.set(values, at)
    at += values.length
  }
  return joined
}

/** All points of both. Of two at one time the newer is kept. */
export function merge(older: Points, newer: Points): Points {
  if (older.timestamps.length === 0) return newer
  if (newer.timestamps.length === 0) return older
  const timestamps = new Float64Array(older.timestamps.length + newer.timestamps.length)
  const values = new Float64Array(timestamps.length)
  let [length, left, right] = [0, 0, 0]
  while (left < older.timestamps.length || right < newer.timestamps.length) {
    const [old, late] = [older.timestamps[left] ?? Infinity, newer.timestamps[right] ?? Infinity]
    timestamps[length] = Math.min(old, late)
    values[length] = (late <= old ? newer.values[right] : older.values[left]) ?? NaN
    if (old <= late) left++
    if (late <= old) right++
    length++
  }
  return { timestamps: timestamps.subarray(0, length), values: values.subarray(0, length) }
}

function firstAtOrAfter(timestamps: Float64Array, time: number): number {
  let [low, high] = [0, timestamps.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timestamps[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}
