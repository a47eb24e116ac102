import { type DecisionLog, type DecisionRecord, parsePlain, stringifyPlain } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { takeNumbers } from './sequence.ts'
import { whole } from './whole.ts'
import { writeRows } from './write-rows.ts'

const COLUMNS = ['monitor', 'seq', 'at', 'receiver', 'key', 'value'] as const

/** The decision log inside one transaction. */
export function decisions(db: Kysely<Tables>): DecisionLog {
  return {
    async append(all) {
      for (const [monitor, own] of Map.groupBy(all, (one) => one.monitor)) {
        const first = await takeNumbers(db, `decisions/${monitor}`, own.length)
        const rows = own.map((one, index) => ({ monitor, seq: first + index, at: whole(one.at), receiver: one.receiver, key: one.key, value: stringifyPlain(one) }))
        await writeRows(db, 'append decisions', COLUMNS, rows, (db, values) => db.insertInto('decisions').values(values))
      }
    },
    async list({ monitor, fingerprint, group, from, until, limit }) {
      let all = db.selectFrom('decisions').select('value').where('monitor', '=', monitor).where('at', '>=', whole(from)).where('at', '<=', whole(until))
      if (group !== undefined) all = all.where('receiver', '=', group.receiver).where('key', '=', group.key)
      // An index would take a row for each alert and receiver; who asks has time, and asks for the hours of one episode.
      if (fingerprint !== undefined) all = all.where('value', 'like', `%${nameOf(fingerprint)}%`)
      const rows = await all.orderBy('seq', 'desc').limit(limit).execute()
      return rows.toReversed().map(({ value }) => parsePlain(value) as DecisionRecord)
    },
    async prune(monitor, before, limit) {
      // As with events: their order is nearly that of time.
      const oldest = db.selectFrom('decisions').select(['seq', 'at']).where('monitor', '=', monitor).orderBy('seq').limit(limit)
      const old = db.selectFrom(oldest.as('oldest')).select('oldest.seq').where('oldest.at', '<', whole(before))
      const { numDeletedRows } = await db.deleteFrom('decisions').where('monitor', '=', monitor).where('seq', 'in', old).executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
  }
}

/** How a row names an alert: other fingerprints in it, such as that of an inhibition's source, stand under other names. */
const nameOf = (fingerprint: string): string => JSON.stringify({ fingerprint }).slice(1, -1)
