import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { Notification } from '../model/notification.ts'
import type { Transition } from '../model/transition.ts'
import { openPast } from './past-engine.ts'
import type { PastWindow } from './past-window.ts'

export interface BacktestOptions {
  /** Windows that follow each other. Memory is that of one window. */
  readonly windows: Iterable<PastWindow> | AsyncIterable<PastWindow>
  /** Told after each window. */
  readonly onProgress?: (until: number) => void
  readonly signal?: AbortSignal
}

/** What a monitor would have seen and said. */
export interface BacktestResult {
  /** Milliseconds since the epoch; `Infinity` where there was no window. */
  readonly from: number
  /** `-Infinity` where there was no window. */
  readonly until: number
  readonly series: number
  readonly points: number
  /** Everything that would have happened to alerts, in order of time. */
  readonly transitions: readonly Transition[]
  /** Every notification that would have been queued, in order. */
  readonly notifications: readonly Notification[]
  /** The alerts as they are at the end, by fingerprint: one for each series, at rest or not. */
  readonly alerts: ReadonlyMap<string, AlertRecord>
}

/**
 * Runs a monitor over the past: the evaluators, reducer and routing that run live, on a virtual clock. Nothing is sent and nothing is
 * kept. A point is taken to be known at the first cycle at or after its time.
 *
 * @throws TocsinError E400 when an evaluator throws, E401 for a series that cannot be judged; whatever `signal` is aborted with.
 */
export async function backtest(monitor: Monitor, options: BacktestOptions): Promise<BacktestResult> {
  const [result] = await backtestAll([monitor], options)
  return result
}

/** Runs several monitors over the same past, which is read once. */
export async function backtestAll<const Monitors extends readonly Monitor[]>(monitors: Monitors, { windows, onProgress, signal }: BacktestOptions): Promise<{ readonly [Index in keyof Monitors]: BacktestResult }> {
  const pasts = monitors.map(openPast)
  let from = Infinity
  let until = -Infinity
  for await (const window of windows) {
    signal?.throwIfAborted()
    from = Math.min(from, window.from)
    until = Math.max(until, window.until)
    const series = [...window.series]
    for (const past of pasts) {
      past.judge({ ...window, series })
      await past.tell(window.until)
    }
    onProgress?.(window.until)
  }
  return pasts.map((past): BacktestResult => ({ from, until, ...past.result() })) as { readonly [Index in keyof Monitors]: BacktestResult }
}
