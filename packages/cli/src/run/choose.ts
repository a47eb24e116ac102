import { type Monitor, parseDuration } from '@tocsin/core'
import { usageError } from '../usage-error.ts'

/** The monitor with the time between two cycles replaced. */
export function withInterval(monitor: Monitor, interval: string | undefined): Monitor {
  if (interval === undefined) return monitor
  const { schedule: _, ...rest } = monitor
  return { ...rest, every: intervalOf(interval) }
}

/**
 * Milliseconds of `300` (seconds) or `5m`.
 *
 * @throws TocsinError E600 for anything else, and below one second.
 */
export function intervalOf(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : parseDuration(text)
  if (ms === undefined || ms < 1_000) throw usageError(`--interval cannot be "${text}"`, 'write seconds or a duration of at least one second: 300 or 5m')
  return ms
}

/** @throws TocsinError E600 for a collector that the monitor does not have. */
export function checkOnly(monitor: Monitor, only: readonly string[]): void {
  const known = [...new Set(monitor.watch.map(({ collector }) => collector))]
  const unknown = only.find((name) => !known.includes(name))
  if (unknown !== undefined) throw usageError(`--only: this monitor has no collector "${unknown}"`, `it has: ${known.join(', ') || 'none'}`)
}
