import type { DeliveryAttempt, DeliveryLog } from '@tocsin/core'
import type { Kysely, Selectable } from 'kysely'
import type { DeliveryTable, Tables } from '../schema/tables.ts'
import { whole } from './whole.ts'

/** The delivery log inside one transaction. */
export function deliveries(db: Kysely<Tables>): DeliveryLog {
  return {
    async list({ monitor, id, since, limit }) {
      const all = db.selectFrom('deliveries').selectAll().where('monitor', '=', monitor).orderBy('seq', 'desc').limit(limit)
      const rows = await all
        .$if(id !== undefined, (query) => query.where('outbox_id', '=', id ?? ''))
        .$if(since !== undefined, (query) => query.where('begun_at', '>=', whole(since ?? 0)))
        .execute()
      return rows.toReversed().map(attemptOf)
    },
    async prune(monitor, before, limit) {
      // As with events: their order is nearly that of time.
      const oldest = db.selectFrom('deliveries').select(['seq', 'begun_at']).where('monitor', '=', monitor).orderBy('seq').limit(limit)
      const old = db.selectFrom(oldest.as('oldest')).select('oldest.seq').where('oldest.begun_at', '<', whole(before))
      const { numDeletedRows } = await db.deleteFrom('deliveries').where('monitor', '=', monitor).where('seq', 'in', old).executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
  }
}

function attemptOf({ outbox_id, monitor, receiver, attempt, begun_at, ended_at, outcome, reason }: Selectable<DeliveryTable>): DeliveryAttempt {
  return {
    id: outbox_id,
    monitor,
    receiver,
    attempt,
    begunAt: begun_at,
    ...(ended_at === null ? {} : { endedAt: ended_at }),
    ...(outcome === null ? {} : { outcome: outcome as NonNullable<DeliveryAttempt['outcome']> }),
    ...(reason === null ? {} : { reason }),
  }
}
