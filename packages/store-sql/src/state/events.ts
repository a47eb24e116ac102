import { type EventLog, parsePlain, stringifyPlain, type Transition } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { takeNumbers } from './sequence.ts'
import { whole } from './whole.ts'
import { writeRows } from './write-rows.ts'

const COLUMNS = ['monitor', 'seq', 'fingerprint', 'at', 'value'] as const

/** The event log inside one transaction. */
export function events(db: Kysely<Tables>): EventLog {
  return {
    async append(transitions) {
      for (const [monitor, own] of Map.groupBy(transitions, (one) => one.monitor)) {
        const first = await takeNumbers(db, `events/${monitor}`, own.length)
        const rows = own.map((one, index) => ({ monitor, seq: first + index, fingerprint: one.fingerprint, at: whole(one.at), value: stringifyPlain(one) }))
        await writeRows(db, 'append events', COLUMNS, rows, (db, values) => db.insertInto('alert_events').values(values))
      }
    },
    async list({ monitor, fingerprint, until, limit }) {
      let all = db.selectFrom('alert_events').select('value').where('monitor', '=', monitor)
      if (fingerprint !== undefined) all = all.where('fingerprint', '=', fingerprint)
      if (until !== undefined) all = all.where('at', '<=', whole(until))
      const rows = await all.orderBy('seq', 'desc').limit(limit).execute()
      return rows.toReversed().map(({ value }) => parsePlain(value) as Transition)
    },
    async fingerprints({ monitor, beginning, limit }) {
      const rows = await db
        .selectFrom('alert_events')
        .select('fingerprint')
        .distinct()
        .where('monitor', '=', monitor)
        .where('fingerprint', '>=', beginning)
        // They are hexadecimal.
        .where('fingerprint', '<', `${beginning}g`)
        .orderBy('fingerprint')
        .limit(limit)
        .execute()
      return rows.map(({ fingerprint }) => fingerprint)
    },
    async prune(monitor, before, limit) {
      // The order of the key is nearly that of time, so only its beginning is looked at, and no index of times is needed.
      const oldest = db.selectFrom('alert_events').select(['seq', 'at']).where('monitor', '=', monitor).orderBy('seq').limit(limit)
      const old = db.selectFrom(oldest.as('oldest')).select('oldest.seq').where('oldest.at', '<', whole(before))
      const { numDeletedRows } = await db.deleteFrom('alert_events').where('monitor', '=', monitor).where('seq', 'in', old).executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
  }
}
