import type { Clock } from '../clock.ts'
import type { Logger } from '../log/logger.ts'
import type { Store } from './store.ts'

const DAY = 86_400_000
/** Events and decisions are kept for 13 months, so that every month can be compared with that of last year. */
const KEEP_EVENTS = 396 * DAY
const KEEP_DELIVERIES = 90 * DAY
/** What one transaction forgets at most: others have their turn between two. */
const AT_ONCE = 1_000
/** Between two transactions while there is more to forget. */
const PAUSE = 1_000
const INTERVAL = 3_600_000

export interface RetentionOptions {
  readonly store: Store
  /** The monitor's name. */
  readonly monitor: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Forgets what is old, at once and then every hour, in small transactions, until `signal` aborts. */
export async function keepRetention({ store, monitor, clock, logger }: RetentionOptions, signal: AbortSignal): Promise<void> {
  do {
    let more = false
    try {
      const now = clock.now()
      more = await store.transaction(async (tx) => {
        const events = await tx.events.prune(monitor, now - KEEP_EVENTS, AT_ONCE)
        const decisions = await tx.decisions.prune(monitor, now - KEEP_EVENTS, AT_ONCE)
        const deliveries = await tx.deliveries.prune(monitor, now - KEEP_DELIVERIES, AT_ONCE)
        return Math.max(events, decisions, deliveries) === AT_ONCE
      })
    } catch (error) {
      logger.warn({ error: String(error) }, 'what is old could not be forgotten; it is tried again')
    }
    await clock.sleep(more ? PAUSE : INTERVAL, signal)
  } while (!signal.aborted)
}
