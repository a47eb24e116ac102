import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'

/**
 * Takes `count` numbers. They follow the order in which transactions commit, also between processes: whoever took some holds up the
 * next until its transaction ends.
 *
 * @returns the first of them.
 */
export async function takeNumbers(db: Kysely<Tables>, name: string, count: number): Promise<number> {
  const { value } = await db
    .insertInto('sequences')
    .values({ name, value: count })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((row) => ({ value: row('sequences.value', '+', row.ref('excluded.value')) })))
    .returning('value')
    .executeTakeFirstOrThrow()
  return value - count + 1
}
