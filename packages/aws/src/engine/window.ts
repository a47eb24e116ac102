import { GET_METRIC_DATA } from '../apis.ts'
import type { MetricQuery } from './metric-query.ts'

/** Milliseconds since the epoch; the start is included, the end is not. */
export interface Window {
  readonly start: number
  readonly end: number
}

const DAY = 86_400
const PERIODS = 5

/**
 * How far back points of a period are kept, a day less than AWS says so that a start moved for alignment never crosses it: beyond it
 * there are no points and no error. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
const RETENTION = [
  { below: 300, seconds: 14 * DAY },
  { below: 3_600, seconds: 62 * DAY },
  { below: Infinity, seconds: 454 * DAY },
] as const

/** How long before its end a retention is left alone: reading takes its time, and windows begin at whole periods. */
const MARGIN = 7_200
const HOUR = 3_600_000

/** A stretch of the past in which CloudWatch keeps points of a least period. */
export interface Tier extends Window {
  /** Seconds. */
  readonly leastPeriod: number
}

/** A stretch of the past by what CloudWatch still keeps of it, oldest first: the older, the longer the periods. Empty before all of it. */
export function tiersOf({ start, end }: Window, now: number): readonly Tier[] {
  const least = [1, 60, 300, 3_600]
  const kept = [HIGH_RESOLUTION, ...RETENTION.map(({ seconds }) => seconds + DAY - MARGIN)].map((seconds) => Math.ceil((now - seconds * 1_000) / HOUR) * HOUR)
  return least
    .map((leastPeriod, index): Tier => ({ leastPeriod, start: Math.max(start, kept[index] ?? start), end: Math.min(end, kept[index - 1] ?? end) }))
    .filter((tier) => tier.start < tier.end)
    .toReversed()
}

/** Short periods are kept for three hours only; a minute less, for the same reason. */
const HIGH_RESOLUTION = GET_METRIC_DATA.recent - 60

/** The start of the period that an instant is in. */
export function floorTo(at: number, period: number): number {
  return Math.floor(at / period) * period
}

/**
 * What to ask for: whole periods that have ended. It overlaps the last poll, because late points come and length is free, and after
 * failed polls it reaches back to the last complete one, less the time that points take to settle.
 *
 * @param completeUntil end of the last poll that was complete.
 * @param reach milliseconds that it may reach back for that.
 */
export function windowOf(query: MetricQuery, now: number, completeUntil: number | undefined, reach: number): Window {
  const period = query.period * 1_000
  const settle = query.settle * 1_000
  const end = floorTo(now, period)
  const usual = end - Math.max((query.lookBack ?? query.settle + PERIODS * query.period) * 1_000, period)
  const missed = completeUntil === undefined ? usual : completeUntil - settle
  const kept = now - retention(query.period) * 1_000
  const start = Math.max(kept, Math.min(usual, Math.max(missed, now - reach)))
  return { start: Math.min(floorTo(start, period), end - period), end }
}

function retention(period: number): number {
  if (isHighResolution(period)) return HIGH_RESOLUTION
  return RETENTION.find(({ below }) => period < below)?.seconds ?? HIGH_RESOLUTION
}

/** Whether a period needs points that are kept for three hours only. */
function isHighResolution(period: number): boolean {
  return period % 60 !== 0
}

/**
 * Windows of one class may share a call: its start is the earliest of theirs, which must neither leave the retention of a short
 * period nor slow the call down.
 */
export function startClass(query: MetricQuery, { start }: Window, now: number): string {
  if (isHighResolution(query.period)) return 'high resolution'
  const age = (now - start) / 1_000
  return age <= GET_METRIC_DATA.recent ? 'recent' : String(RETENTION.findIndex(({ seconds }) => age <= seconds + DAY))
}
