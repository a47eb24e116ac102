import { type EventLog, parsePlain, stringifyPlain, type Transition } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { takeNumbers } from './sequence.ts'
import { whole } from './whole.ts'
import { writeRows } from './write-rows.ts'

const COLUMNS = ['monitor', 'seq', 'fingerprint', 'at', 'value'] as const

/** Events that are read at once. */
const PART = 5_000
/**
 * Events are in the order in which they were written, and bear the time of their point. No point comes this much later: those of S3 come two days after
 * their day. So a look at a week does not read a year.
 */
const LATEST = 7 * 86_400_000

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
    async list({ monitor, fingerprint, since = -Infinity, until, limit }) {
      const found: Transition[] = []
      for (let before = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
        let part = db.selectFrom('alert_events').select(['seq', 'at', 'value']).where('monitor', '=', monitor).where('seq', '<', before)
        if (fingerprint !== undefined) part = part.where('fingerprint', '=', fingerprint)
        if (until !== undefined) part = part.where('at', '<=', whole(until))
        const rows = await part.orderBy('seq', 'desc').limit(Math.min(PART, limit - found.length)).execute()
        for (const { at, value } of rows) if (at >= since) found.push(parsePlain(value) as Transition)
        const last = rows.at(-1)
        if (last === undefined || last.at < since - LATEST) break
        before = last.seq
      }
      return found.toReversed()
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
