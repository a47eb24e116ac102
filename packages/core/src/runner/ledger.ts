import type { GroupEntry } from '../model/group.ts'
import type { Stored, Transaction } from '../store/store.ts'

/** What each receiver was told of each group, as it was last written. */
export interface Ledger {
  readonly entries: readonly GroupEntry[]
  /** Alerts, by fingerprint, of which somebody heard that they fire and not yet that they ended. */
  readonly owed: ReadonlySet<string>
  /** Writes what changed. Call what it returns once the transaction is through. */
  write(tx: Transaction, changed: readonly GroupEntry[]): Promise<() => void>
}

export function openLedger(monitor: string, stored: readonly Stored<GroupEntry>[]): Ledger {
  const rows = new Map(stored.map((row) => [row.id, row]))
  let entries = stored.map(({ value }) => value)
  let owed = owedOf(entries)
  return {
    get entries() {
      return entries
    },
    get owed() {
      return owed
    },
    async write(tx, changed) {
      const written: Stored<GroupEntry>[] = []
      for (const value of changed) {
        const version = await tx.groups.put({ id: value.id, monitor, value }, rows.get(value.id)?.version ?? 0)
        written.push({ id: value.id, monitor, value, version })
      }
      return () => {
        if (written.length === 0) return
        for (const row of written) rows.set(row.id, row)
        entries = [...rows.values()].map(({ value }) => value)
        owed = owedOf(entries)
      }
    },
  }
}

const owedOf = (entries: readonly GroupEntry[]): ReadonlySet<string> => new Set(entries.flatMap(({ firing }) => Object.keys(firing)))
