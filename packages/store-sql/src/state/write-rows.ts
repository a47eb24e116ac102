import { CompiledQuery, type Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'

/** Rows a statement: large ones for large batches, so that few forms of a statement are compiled and prepared. */
const SIZES = [256, 32, 1]

const templates = new WeakMap<object, Map<string, string>>()

/**
 * Writes many rows by few statements. A statement of each size is built by kysely once and then only filled: building it takes longer than
 * the database does to run it.
 *
 * @param name tells this statement from others.
 * @param build the statement for given rows. Their values must be all its parameters.
 * @returns what the statements return.
 */
export async function writeRows<R extends object, Returned>(
  db: Kysely<Tables>,
  name: string,
  columns: readonly (keyof R & string)[],
  rows: readonly R[],
  build: (db: Kysely<Tables>, rows: readonly R[]) => { compile(): CompiledQuery },
): Promise<Returned[]> {
  const known = templatesOf(db)
  const returned: Returned[] = []
  for (let from = 0; from < rows.length; ) {
    const size = SIZES.find((one) => one <= rows.length - from) ?? 1
    const chunk = rows.slice(from, from + size)
    const key = `${name} ${size}`
    const sql = known.get(key) ?? build(db, chunk.map((row) => inOrder(row, columns))).compile().sql
    known.set(key, sql)
    const { rows: found } = await db.executeQuery<Returned>(CompiledQuery.raw(sql, chunk.flatMap((row) => columns.map((column) => row[column]))))
    for (const one of found) returned.push(one)
    from += size
  }
  return returned
}

/** By dialect: what is built for one does for every connection and transaction of it. */
function templatesOf(db: Kysely<Tables>): Map<string, string> {
  const { adapter } = db.getExecutor()
  const found = templates.get(adapter.constructor) ?? new Map<string, string>()
  templates.set(adapter.constructor, found)
  return found
}

/** kysely names columns in the order of the keys of the first row. */
const inOrder = <R extends object>(row: R, columns: readonly (keyof R & string)[]): R => Object.fromEntries(columns.map((column) => [column, row[column]])) as R
