import type { DeliveryAttempt } from '../model/delivery-attempt.ts'
import type { DeliveryLog } from './deliveries.ts'
import { change, type Undo } from './undo.ts'

/** The delivery log of a memory store. Attempts stand in the order in which they began. */
export function memoryDeliveries(attempts: Map<string, DeliveryAttempt>, undo: Undo): DeliveryLog {
  return {
    list: async ({ monitor, id, since = -Infinity, limit }) => (limit === 0 ? [] : [...attempts.values()].filter((one) => one.monitor === monitor && (id === undefined || one.id === id) && one.begunAt >= since).slice(-limit)),
    async prune(monitor, before, limit) {
      const old = [...attempts].filter(([, one]) => one.monitor === monitor && one.begunAt < before).slice(0, limit)
      for (const [key] of old) change(attempts, key, undefined, undo)
      return old.length
    },
  }
}

export const attemptKey = (id: string, attempt: number): string => `${id}#${attempt}`
