import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './schema/tables.ts'

/** An open database with the tables of this version. */
export interface Database {
  readonly db: Kysely<Tables>
  /** Whether transactions of several processes run at once, so that a claim passes over rows that another one holds. */
  readonly concurrent: boolean
  /** Runs `work` in one transaction. When it throws, nothing of it is kept. Transactions of one database never interleave. */
  transaction<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>
  close(): Promise<void>
}
