import type { Stored, Transaction } from '../store/store.ts'

/** The evaluators' state by series, and what of it changed since it was last written. */
export interface EvaluatorMemory {
  get(id: string): unknown
  set(id: string, state: unknown): void
  forget(id: string): void
  /** Writes what changed. Call what it returns once the transaction is through. */
  write(tx: Transaction): Promise<() => void>
}

export function evaluatorMemory(monitor: string, stored: readonly Stored<unknown>[]): EvaluatorMemory {
  const states = new Map<string, unknown>(stored.map(({ id, value }) => [id, value]))
  const versions = new Map<string, number>(stored.map(({ id, version }) => [id, version]))
  const touched = new Set<string>()
  return {
    get: (id: string): unknown => states.get(id),
    set(id: string, state: unknown): void {
      if (states.get(id) === state) return
      states.set(id, state)
      touched.add(id)
    },
    forget(id: string): void {
      if (states.delete(id)) touched.add(id)
    },
    async write(tx: Transaction): Promise<() => void> {
      const written = new Map<string, number>()
      for (const id of touched) {
        const version = versions.get(id) ?? 0
        const value = states.get(id)
        if (value !== undefined) written.set(id, await tx.evaluators.put({ id, monitor, value }, version))
        else if (version > 0) {
          await tx.evaluators.remove(id, version)
          written.set(id, 0)
        }
      }
      return () => {
        for (const [id, version] of written) versions.set(id, version)
        touched.clear()
      }
    },
  }
}
