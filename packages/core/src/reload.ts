import { isDeepStrictEqual } from 'node:util'
import type { Monitor } from './config/monitor.ts'
import { ConfigError, reasonOf, TocsinError } from './errors.ts'
import type { Runner } from './runner/runner.ts'

/** Where a run gets its next configuration from. */
export interface MonitorSource {
  /**
   * Resolves when there is another configuration, or `undefined` once `signal` aborts. Rejects with what is wrong with one that is there: the
   * one before it goes on, an alert says so, and it is asked again.
   */
  next(signal: AbortSignal): Promise<Monitor | undefined>
}

/** What is opened once for a run: the lease, the store and the log. */
const FIXED = ['name', 'state', 'history', 'log'] as const

/** A reason must fit into a message. */
const LONGEST_REASON = 500

/** Waits for a configuration that is sound and may take over from `current`; tells the runner of those that are not. */
export async function nextMonitor(source: MonitorSource, current: Monitor, runner: Pick<Runner, 'refused'>, signal: AbortSignal): Promise<Monitor | undefined> {
  while (!signal.aborted) {
    try {
      const next = await source.next(signal)
      if (next === undefined || signal.aborted) return undefined
      const fixed = FIXED.find((key) => !isDeepStrictEqual(next[key], current[key]))
      if (fixed === undefined) return next
      throw new TocsinError('E114', `"${fixed}" cannot change while the monitor runs`, { fix: 'start it anew', permanent: true })
    } catch (error) {
      if (!signal.aborted) await runner.refused(refusal(error))
    }
  }
  return undefined
}

/** Why a configuration could not take over: its first mistake, and how many more there are. */
function refusal(error: unknown): string {
  const [first, ...others] = error instanceof ConfigError ? error.problems : [error]
  const what = first instanceof TocsinError ? String(first) : reasonOf(first)
  return `${what.slice(0, LONGEST_REASON)}${others.length === 0 ? '' : ` (and ${others.length} more)`}; the configuration before it goes on`
}
