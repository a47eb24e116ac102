import { type Generated, type Kysely, sql, SqliteAdapter } from 'kysely'

/** The tables of the history. Times are milliseconds since the epoch, days and hours are counted from it, in UTC. */
export interface HistoryTables {
  readonly resources: ResourceTable
  readonly series: SeriesTable
  readonly batches: BatchTable
  readonly chunks: ChunkTable
  readonly rollups: RollupTable
  readonly days: DayTable
}

export interface ResourceTable {
  readonly id: number
  readonly monitor: string
  /** Its `Resource.id`. */
  readonly resource: string
  /** Empty where it has none; `region` likewise. */
  readonly account: string
  readonly region: string
  /** The resource as it was last seen, as JSON. */
  readonly value: string
  readonly gone_at: Generated<number | null>
}

export interface SeriesTable {
  readonly id: number
  readonly resource_id: number
  readonly metric: string
  /** JSON, sorted by name. */
  readonly labels: string
  readonly unit: string
  readonly period: number
  readonly first_at: number
}

/**
 * Points that are not packed yet, of the last days or late ones: those of one shard of series that came together. A row for each point
 * would write a page for each series and cycle; this writes one for each shard.
 */
export interface BatchTable {
  readonly shard: number
  /** The order in which batches came: of two points of one series and time the later counts. */
  readonly seq: number
  readonly first_at: number
  readonly last_at: number
  readonly points: Uint8Array
}

/** Raw points of a series and day. */
export interface ChunkTable {
  readonly series_id: number
  readonly day: number
  readonly points: Uint8Array
}

/** Hourly rollups of a series and day. */
export interface RollupTable {
  readonly series_id: number
  readonly day: number
  readonly hours: Uint8Array
}

/** Rollups of a whole UTC day, of the series of one shard. */
export interface DayTable {
  readonly shard: number
  readonly day: number
  readonly rollups: Uint8Array
}

/** The first form of the tables of the history. Forward only: a change is a migration of its own. */
export async function createHistoryTables(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter
  const bytes = sqlite ? 'blob' : 'bytea'
  await db.schema
    .createTable('resources')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('monitor', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('region', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('gone_at', 'bigint')
    .addUniqueConstraint('resource_of_monitor', ['monitor', 'resource', 'account', 'region'])
    .execute()
  await db.schema
    .createTable('series')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('resource_id', 'bigint', (column) => column.notNull().references('resources.id'))
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('unit', 'text', (column) => column.notNull())
    .addColumn('period', 'bigint', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('series_of_resource', ['resource_id', 'metric', 'labels'])
    .execute()
  await db.schema
    .createTable('batches')
    .addColumn('shard', 'bigint', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addColumn('points', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('batches_key', ['shard', 'seq'])
    .$call((table) => (sqlite ? table.modifyEnd(sql`without rowid`) : table))
    .execute()
  await db.schema
    .createTable('chunks')
    .addColumn('series_id', 'bigint', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('points', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('chunks_key', ['series_id', 'day'])
    .execute()
  await db.schema
    .createTable('rollups')
    .addColumn('series_id', 'bigint', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('hours', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('rollups_key', ['series_id', 'day'])
    .execute()
  if (sqlite) return
  // What is packed already is not tried again.
  await sql`alter table batches alter column points set storage external`.execute(db)
  await sql`alter table chunks alter column points set storage external`.execute(db)
  await sql`alter table rollups alter column hours set storage external`.execute(db)
}

/** The table of whole days, in its first form. Days that were packed before it was there are read by the hour. */
export async function createDayTable(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter
  await db.schema
    .createTable('days')
    .addColumn('shard', 'bigint', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('rollups', sqlite ? 'blob' : 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('days_key', ['shard', 'day'])
    .execute()
  if (!sqlite) await sql`alter table days alter column rollups set storage external`.execute(db)
}
