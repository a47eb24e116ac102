import type { DecisionLog, DecisionRecord } from './decisions.ts'
import { append, prune } from './memory-log.ts'
import type { Undo } from './undo.ts'

/** The decision log of a memory store. */
export function memoryDecisions(decisions: DecisionRecord[], undo: Undo): DecisionLog {
  return {
    append: async (more) => append(decisions, more, undo),
    async list({ monitor, fingerprint, group, from, until, limit }) {
      if (limit === 0) return []
      const found = decisions.filter(
        (one) =>
          one.monitor === monitor &&
          one.at >= from &&
          one.at <= until &&
          (fingerprint === undefined || one.alerts.some((alert) => alert.fingerprint === fingerprint)) &&
          (group === undefined || (one.receiver === group.receiver && one.key === group.key)),
      )
      return found.slice(-limit)
    },
    prune: async (monitor, before, limit) => prune(decisions, (one) => one.monitor === monitor && one.at < before, limit, undo),
  }
}
