const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Periods that CloudWatch takes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
export function isPeriod(ms: number): boolean {
  return [1, 5, 10, 20, 30].includes(ms / 1_000) || (ms > 0 && ms % MINUTE === 0)
}

/**
 * Whether a request that starts at `start` finds points of the period; where it does not there are none, and no error.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function isKept(period: number, start: number, now: number): boolean {
  const age = now - start
  if (age > 455 * DAY) return false
  if (age > 63 * DAY) return period % HOUR === 0
  if (age > 15 * DAY) return period % (5 * MINUTE) === 0
  return age <= 3 * HOUR || period % MINUTE === 0
}

/**
 * The start of a request as CloudWatch rounds it: to a minute, five or an hour by its age, and to the period where that is shorter than
 * a minute. Same source.
 */
export function roundedStart(start: number, period: number, now: number): number {
  const age = now - start
  const step = age > 63 * DAY ? HOUR : age > 15 * DAY ? 5 * MINUTE : period < MINUTE ? Math.max(period, 1_000) : MINUTE
  return Math.floor(start / step) * step
}

/** The starts of the periods in a window, its start included and its end not. */
export function bucketsOf(period: number, start: number, end: number): number[] {
  const first = Math.floor(start / period) * period
  return Array.from({ length: Math.max(0, Math.ceil((end - first) / period)) }, (_, index) => first + index * period)
}
