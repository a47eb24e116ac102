import { type Clock, type Store, systemClock } from '@tocsin/core'
import type { HistoryOptions } from './history/history-store.ts'
import { type Retention, retentionOf } from './history/retention.ts'
import { openPostgres, type PostgresOptions } from './postgres/open-postgres.ts'
import { sqlStore } from './sql-store.ts'
import { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.ts'

export { checkSqliteFile } from './sqlite/check-sqlite.ts'
export { postgresPlace } from './postgres/open-postgres.ts'
export type { PostgresOptions, SqliteOptions }
export type { Retention }

/** How long the history is kept. Default: points 15 days, rollups 13 months, gone resources 90 days. */
interface Kept {
  readonly retention?: Partial<Retention>
}

/**
 * Keeps everything in one SQLite file, which it makes when it is not there. See `openSqlite` for what else it throws.
 *
 * @throws TocsinError E103 for a retention that cannot be kept to.
 */
export async function openSqliteStore(path: string, { retention, ...options }: SqliteOptions & Kept = {}): Promise<Store> {
  const history = historyOptions(retention, options.clock)
  return sqlStore(await openSqlite(path, options), history)
}

/**
 * Keeps everything in a PostgreSQL database. See `openPostgres` for what else it throws.
 *
 * @throws TocsinError E103 for a retention that cannot be kept to.
 */
export async function openPostgresStore(url: string, { retention, ...options }: PostgresOptions & Kept = {}): Promise<Store> {
  const history = historyOptions(retention, options.clock)
  return sqlStore(await openPostgres(url, options), history)
}

const historyOptions = (retention: Partial<Retention> | undefined, clock: Clock = systemClock): HistoryOptions => ({ clock, retention: retentionOf(retention) })
