import { parsePlain, type Records, type Stored, stringifyPlain, TocsinError } from '@tocsin/core'
import { type Kysely, sql } from 'kysely'
import type { RecordName, RecordTable, Tables } from '../schema/tables.ts'
import { writeRows } from './write-rows.ts'

/** Records of one table inside one transaction. Writes wait for each other, so that many of them become few statements. */
export interface BufferedRecords<T> extends Records<T> {
  /** Writes what waits. */
  flush(): Promise<void>
}

const COLUMNS = ['id', 'monitor', 'version', 'value'] as const
/** The version of a record that was not there: one that was read before and is gone cannot be mistaken for it. */
const FIRST = 1
/** Rows that are read or written at once: what waits and what is parsed takes memory twice. */
const PART = 2_048

export function records<T>(db: Kysely<Tables>, table: RecordName): BufferedRecords<T> {
  const puts = new Map<string, { readonly row: RecordTable; readonly read: number }>()
  const removals = new Map<string, number>()

  const flush = async (): Promise<void> => {
    if (removals.size > 0) await remove()
    if (puts.size > 0) await write()
  }
  /** The new version tells whether the one before was the one that was read. A wrong one fails the transaction, and nothing is kept. */
  const write = async (): Promise<void> => {
    const waiting = [...puts.values()]
    puts.clear()
    const rows = waiting.map(({ row }) => row)
    const written = await writeRows<RecordTable, Pick<RecordTable, 'id' | 'version'>>(db, `put ${table}`, COLUMNS, rows, (db, values) =>
      db
        .insertInto(table)
        .values(values)
        .onConflict((conflict) => conflict.column('id').doUpdateSet((row) => ({ version: row(`${table}.version`, '+', sql.lit(1)), monitor: row.ref('excluded.monitor'), value: row.ref('excluded.value') })))
        .returning(['id', 'version']),
    )
    const versions = new Map(written.map(({ id, version }) => [id, version]))
    for (const { row, read } of waiting) expectVersion(row.id, (versions.get(row.id) ?? 0) - 1, read)
  }
  const remove = async (): Promise<void> => {
    for (const [id, version] of removals) {
      const gone = await db.deleteFrom(table).where('id', '=', id).returning('version').executeTakeFirst()
      expectVersion(id, gone?.version ?? 0, version)
    }
    removals.clear()
  }
  const stored = ({ id, monitor, version, value }: RecordTable): Stored<T> => ({ id, monitor, version, value: parsePlain(value) as T })

  return {
    flush,
    async list(monitor) {
      await flush()
      const found: Stored<T>[] = []
      for (let after = ''; ; ) {
        const rows = await db.selectFrom(table).select(COLUMNS).where('monitor', '=', monitor).where('id', '>', after).orderBy('id').limit(PART).execute()
        for (const row of rows) found.push(stored(row))
        const last = rows.at(-1)
        if (last === undefined || rows.length < PART) return found
        after = last.id
      }
    },
    async get(id) {
      await flush()
      const row = await db.selectFrom(table).select(COLUMNS).where('id', '=', id).executeTakeFirst()
      return row && stored(row)
    },
    async put({ id, monitor, value }, version) {
      if (puts.has(id) || removals.has(id)) await flush()
      if (puts.size >= PART) await write()
      puts.set(id, { row: { id, monitor, version: FIRST, value: stringifyPlain(value) }, read: version })
      return version + 1
    },
    async remove(id, version) {
      if (puts.has(id) || removals.has(id)) await flush()
      removals.set(id, version)
    },
  }
}

function expectVersion(id: string, found: number, expected: number): void {
  if (found === expected) return
  throw new TocsinError('E500', `record ${id} has version ${found}, not ${expected}`, { fix: 'another process writes to this store: run one monitor per store' })
}
