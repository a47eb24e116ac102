import type { GroupEntry } from '../model/group.ts'
import type { Stored, Transaction } from '../store/store.ts'

/** What each receiver was told of each group, as it was last written. */
export interface Ledger {
  readonly entries: readonly GroupEntry[]
  /** Alerts, by fingerprint, of which somebody heard that they fire and not yet that they ended. */
  readonly owed: ReadonlySet<string>
  /** Moves the times at which groups were and are to be looked at to a clock that was set back by so many milliseconds. */
  setBack(by: number): void
  /** Writes what changed, and forgets groups that ended long ago. Call what it returns once the transaction is through. */
  write(tx: Transaction, changed: readonly GroupEntry[], now: number): Promise<() => void>
}

/** A group of which all has ended is kept this long: its next message is another thread then. */
const KEEP_CLOSED = 7 * 86_400_000

export function openLedger(monitor: string, stored: readonly Stored<GroupEntry>[]): Ledger {
  const rows = new Map(stored.map((row) => [row.id, row]))
  let entries = stored.map(({ value }) => value)
  let owed = owedOf(entries)
  /** Entries that are not as they are stored, whatever becomes of them in a cycle. */
  const moved = new Map<string, GroupEntry>()
  return {
    get entries() {
      return entries
    },
    get owed() {
      return owed
    },
    setBack(by) {
      entries = entries.map((entry) => {
        const { at, flushAt } = entry
        const after = { ...entry, ...(at === undefined ? {} : { at: at - by }), ...(flushAt === undefined ? {} : { flushAt: flushAt - by }) }
        moved.set(entry.id, after)
        return after
      })
    },
    async write(tx, decided, now) {
      const changed = [...new Map([...moved, ...decided.map((entry) => [entry.id, entry] as const)]).values()]
      const written: Stored<GroupEntry>[] = []
      const emptied = changed.filter(isVoid)
      for (const value of changed) {
        if (isVoid(value)) continue
        const version = await tx.groups.put({ id: value.id, monitor, value }, rows.get(value.id)?.version ?? 0)
        written.push({ id: value.id, monitor, value, version })
      }
      const kept = new Set(written.map(({ id }) => id))
      const gone = new Set(emptied.map(({ id }) => id))
      const closed = [...rows.values()].filter(({ id, value }) => gone.has(id) || (isClosed(value, now) && !kept.has(id)))
      for (const { id, version } of closed) await tx.groups.remove(id, version)
      return () => {
        moved.clear()
        if (written.length === 0 && closed.length === 0) return
        for (const row of written) rows.set(row.id, row)
        for (const { id } of closed) rows.delete(id)
        entries = [...rows.values()].map(({ value }) => value)
        owed = owedOf(entries)
      }
    },
  }
}

/** A group that waited and was never told anything, and in which nothing fires any more. */
const isVoid = ({ firing, flushAt, at, muted }: GroupEntry): boolean => at === undefined && flushAt === undefined && muted.length === 0 && Object.keys(firing).length === 0

const isClosed = ({ firing, flushAt, at = Infinity }: GroupEntry, now: number): boolean => flushAt === undefined && at < now - KEEP_CLOSED && Object.keys(firing).length === 0

const owedOf = (entries: readonly GroupEntry[]): ReadonlySet<string> => new Set(entries.flatMap(({ firing }) => Object.keys(firing)))
