import { type Kysely, sql } from 'kysely'
import { createRecordTable } from './record-table.ts'
import type { RecordName } from './tables.ts'

const RECORDS: readonly RecordName[] = ['alerts', 'ledger', 'evaluators', 'silences', 'handling', 'progress']

/** The first form of the tables that keep the state of monitors. Forward only: a change is a migration of its own. */
export async function createStateTables(db: Kysely<unknown>): Promise<void> {
  for (const table of RECORDS) await createRecordTable(db, table)
  await db.schema
    .createTable('alert_events')
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('alert_events_key', ['monitor', 'seq'])
    .execute()
  await db.schema.createIndex('alert_events_by_alert').on('alert_events').columns(['fingerprint', 'seq']).execute()
  await db.schema
    .createTable('outbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('receiver', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('thread', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('queued_at', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('lease_until', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('reference', 'text')
    .addColumn('notification', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('outbox_queue').unique().on('outbox').columns(['monitor', 'receiver', 'key', 'seq']).execute()
  // What is unfinished is little beside what is kept for people to see.
  await db.schema.createIndex('outbox_open').on('outbox').columns(['monitor', 'receiver', 'key', 'seq']).where(sql`status`, 'in', sql`('queued', 'sending')`).execute()
  await db.schema.createIndex('outbox_by_age').on('outbox').columns(['monitor', 'queued_at']).execute()
  await db.schema.createIndex('outbox_by_thread').on('outbox').columns(['thread', 'receiver']).execute()
  await db.schema
    .createTable('deliveries')
    .addColumn('outbox_id', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('receiver', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('begun_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['outbox_id', 'attempt'])
    .execute()
  await db.schema.createIndex('deliveries_in_order').on('deliveries').columns(['monitor', 'seq']).execute()
  await db.schema
    .createTable('leases')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('fence', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('sequences')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute()
}
