import type { Leases } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { whole } from './whole.ts'

/**
 * Leases inside one transaction. Who takes or confirms one holds up others who want it until the transaction ends.
 *
 * @param concurrent whether other processes have transactions at the same time.
 */
export function leases(db: Kysely<Tables>, concurrent: boolean): Leases {
  return {
    async acquire({ name, owner, now, until, over }) {
      const taken = await db
        .insertInto('leases')
        .values({ name, owner, until: whole(until), fence: 1 })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((row) => ({
              owner: row.ref('excluded.owner'),
              until: row.ref('excluded.until'),
              fence: row.case().when('leases.owner', '=', owner).then(row.ref('leases.fence')).else(row('leases.fence', '+', 1)).end(),
            }))
            .where((row) => row.or([row('leases.owner', '=', owner), row('leases.until', '<=', whole(now)), row('leases.fence', '=', over ?? 0)])),
        )
        .returning('fence')
        .executeTakeFirst()
      return taken?.fence
    },
    holder: (name) => db.selectFrom('leases').select(['owner', 'until', 'fence']).where('name', '=', name).executeTakeFirst(),
    async confirm(name, owner) {
      const held = db.selectFrom('leases').select('fence').where('name', '=', name).where('owner', '=', owner)
      return (await (concurrent ? held.forShare() : held).executeTakeFirst()) !== undefined
    },
    async release(name, owner) {
      await db.updateTable('leases').set({ until: 0 }).where('name', '=', name).where('owner', '=', owner).execute()
    },
  }
}
