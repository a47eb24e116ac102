import type { Kysely } from 'kysely'
import type { RecordName } from './tables.ts'

/** A table of records, in the first form. Part of migrations that were released: it is never changed. */
export async function createRecordTable(db: Kysely<unknown>, table: RecordName): Promise<void> {
  await db.schema
    .createTable(table)
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex(`${table}_by_monitor`).on(table).columns(['monitor', 'id']).execute()
}
