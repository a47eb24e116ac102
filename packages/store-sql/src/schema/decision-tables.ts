import type { Kysely } from 'kysely'
import { createRecordTable } from './record-table.ts'

/** The tables that keep why receivers were told or not. */
export async function createDecisionTables(db: Kysely<unknown>): Promise<void> {
  await createRecordTable(db, 'standings')
  await db.schema
    .createTable('decisions')
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('receiver', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('decisions_key', ['monitor', 'seq'])
    .execute()
  await db.schema.createIndex('decisions_by_time').on('decisions').columns(['monitor', 'at']).execute()
}
