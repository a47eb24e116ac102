import type { AlertRecord, GroupEntry, GroupStanding, Handling, Progress, Silence, Store, Transaction } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { type HistoryOptions, historyStore } from './history/history-store.ts'
import type { Tables } from './schema/tables.ts'
import { decisions } from './state/decisions.ts'
import { deliveries } from './state/deliveries.ts'
import { events } from './state/events.ts'
import { leases } from './state/leases.ts'
import { outbox } from './state/outbox.ts'
import { records } from './state/records.ts'

/** The store that core asks for, over tables of either database. */
export function sqlStore(database: Database, history: HistoryOptions): Store {
  return {
    history: historyStore(database, history),
    transaction: (work) =>
      database.transaction(async (db) => {
        const { tx, flush } = open(db, database.concurrent)
        const result = await work(tx)
        await flush()
        return result
      }),
    close: () => database.close(),
  }
}

function open(db: Kysely<Tables>, concurrent: boolean): { readonly tx: Transaction; readonly flush: () => Promise<void> } {
  const kept = {
    alerts: records<AlertRecord>(db, 'alerts'),
    groups: records<GroupEntry>(db, 'ledger'),
    standings: records<GroupStanding>(db, 'standings'),
    evaluators: records<unknown>(db, 'evaluators'),
    silences: records<Silence>(db, 'silences'),
    handling: records<Handling>(db, 'handling'),
    progress: records<Progress>(db, 'progress'),
    outbox: outbox(db, concurrent),
  }
  return {
    tx: { ...kept, events: events(db), decisions: decisions(db), deliveries: deliveries(db), leases: leases(db, concurrent) },
    async flush() {
      for (const part of Object.values(kept)) await part.flush()
    },
  }
}
