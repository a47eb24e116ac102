import type { Past } from '../plugin/report.ts'
import type { Store } from './store.ts'

/** What a store kept of a monitor, for reading. */
export function pastOf(store: Store, monitor: string): Past {
  const all = Number.MAX_SAFE_INTEGER
  return {
    ...(store.history === undefined ? {} : { history: store.history }),
    alerts: () => store.transaction(async (tx) => (await tx.alerts.list(monitor)).map(({ value }) => value)),
    events: (since) => store.transaction((tx) => tx.events.list({ monitor, since, limit: all })),
    attempts: (since) => store.transaction((tx) => tx.deliveries.list({ monitor, since, limit: all })),
  }
}
