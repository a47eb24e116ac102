import { z } from 'zod'
import type { Stored, Transaction } from '../store/store.ts'

/** An evaluator's state for one series, and the newest point that is in it. */
export interface Remembered {
  /** Milliseconds since the epoch; `-Infinity` before the first point. */
  readonly at: number
  readonly state: unknown
}

/** The evaluators' state by series, and what of it changed since it was last written. Series without state have none. */
export interface EvaluatorMemory {
  get(id: string): Remembered | undefined
  set(id: string, remembered: Remembered): void
  forget(id: string): void
  /** Writes what changed. Call what it returns once the transaction is through. */
  write(tx: Transaction): Promise<() => void>
}

const remembered = z.object({ at: z.number(), state: z.unknown() })

export function evaluatorMemory(monitor: string, stored: readonly Stored<unknown>[]): EvaluatorMemory {
  const states = new Map<string, Remembered>(stored.map(({ id, value }) => [id, remembered.parse(value)]))
  const versions = new Map<string, number>(stored.map(({ id, version }) => [id, version]))
  const touched = new Set<string>()
  return {
    get: (id) => states.get(id),
    set(id, known) {
      if (known.state === undefined || states.get(id)?.at === known.at) return
      states.set(id, known)
      touched.add(id)
    },
    forget(id) {
      if (states.delete(id)) touched.add(id)
    },
    async write(tx) {
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
