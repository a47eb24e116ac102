import { TocsinError } from '@tocsin/core'
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { createDayTable, createHistoryTables } from '../history/history-tables.ts'
import { createDecisionTables } from './decision-tables.ts'
import { createStateTables } from './state-tables.ts'
import type { Tables } from './tables.ts'

/** Every step of the form of the tables, by name, in order. A step that was released is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-state': { up: createStateTables },
  '0002-history': { up: createHistoryTables },
  '0003-decisions': { up: createDecisionTables },
  '0004-days': { up: createDayTable },
}

/**
 * Brings the tables to the form that this version knows. Several processes may do that at once: one does, the others wait.
 *
 * @param where names the store in errors.
 * @param readOnly whether nothing may be changed.
 * @throws TocsinError E504 when the tables have a form that this version does not know, E501 when they must be changed and must not.
 */
export async function migrate(db: Kysely<Tables>, where: string, readOnly = false): Promise<void> {
  const done = await appliedMigrations(db)
  const unknown = done.find((name) => !(name in MIGRATIONS))
  if (unknown !== undefined) {
    throw new TocsinError('E504', `the store has the table form ${unknown}, which this version does not know`, { where, fix: 'run the newer version of Tocsin, or give this monitor another "state"', permanent: true })
  }
  if (done.length === Object.keys(MIGRATIONS).length) return
  if (readOnly) throw new TocsinError('E501', 'the store is of an older version', { where, fix: 'run the monitor once with this version: "tocsin run" brings the store to its form' })
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } }).migrateToLatest()
  if (error !== undefined) throw error
}

const TABLE = 'kysely_migration'

async function appliedMigrations(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === TABLE)) return []
  const rows = await db.withTables<{ [TABLE]: { readonly name: string } }>().selectFrom(TABLE).select('name').execute()
  return rows.map(({ name }) => name)
}
