import type { Transition } from '../model/transition.ts'
import { append, prune } from './memory-log.ts'
import type { EventLog } from './store.ts'
import type { Undo } from './undo.ts'

/** The event log of a memory store. */
export function memoryEvents(events: Transition[], undo: Undo): EventLog {
  return {
    append: async (transitions) => append(events, transitions, undo),
    list: async ({ monitor, fingerprint, until = Infinity, limit }) =>
      limit === 0 ? [] : events.filter((event) => event.monitor === monitor && event.at <= until && (fingerprint === undefined || event.fingerprint === fingerprint)).slice(-limit),
    fingerprints: async ({ monitor, beginning, limit }) =>
      [...new Set(events.filter((event) => event.monitor === monitor && event.fingerprint.startsWith(beginning)).map(({ fingerprint }) => fingerprint))].toSorted().slice(0, limit),
    prune: async (monitor, before, limit) => prune(events, (event) => event.monitor === monitor && event.at < before, limit, undo),
  }
}
