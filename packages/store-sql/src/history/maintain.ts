import type { HistoryStore, MaintenanceResult } from '@tocsin/core'
import type { Kysely } from 'kysely'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import { SHARD, shardOf } from './batch.ts'
import { packShard } from './pack-shard.ts'
import type { ResourceRow } from './put-series.ts'
import type { Retention } from './retention.ts'
import { DAY } from './rollup-chunk.ts'

/** Sources still correct points of the last two hours: a day is packed once that is over. */
const SETTLING = 7_200_000
/** Resources that are forgotten in one transaction. */
const FORGOTTEN = 4

interface Maintenance {
  readonly database: Database
  readonly retention: Retention
  /** Told of resources that are forgotten. */
  readonly forget: (resources: readonly ResourceRow[]) => void
}

/** Packs what is settled and forgets what is old, shard by shard: each step is a small transaction, and others have their turn between two. */
export async function maintain({ database, retention, forget }: Maintenance, { now, signal }: Parameters<HistoryStore['maintain']>[0]): Promise<MaintenanceResult> {
  const packBefore = Math.floor((now - SETTLING) / DAY) * DAY
  const rawFrom = Math.floor((now - retention.raw) / DAY)
  const rollupsFrom = Math.floor((now - retention.rollups) / DAY)
  let [packed, tooLate] = [0, 0]
  const result = (finished: boolean): MaintenanceResult => ({ packed, tooLate, finished })

  let shard = await database.transaction((db) => nextShard(db, 0))
  while (shard !== undefined) {
    if (signal?.aborted) return result(false)
    const step = await packShard(database, shard, packBefore)
    packed += step?.packed ?? 0
    tooLate += step?.tooLate ?? 0
    if (step === undefined) {
      const done = shard
      shard = await database.transaction(async (db) => {
        await forgetOld(db, done, rawFrom, rollupsFrom)
        return nextShard(db, done + 1)
      })
    }
    await nextTurn()
  }
  for (;;) {
    if (signal?.aborted) return result(false)
    const gone = await database.transaction((db) => forgetGone(db, now - retention.gone))
    if (gone.length === 0) return result(true)
    forget(gone)
    await nextTurn()
  }
}

/** The first shard from `shard` on that has series. */
async function nextShard(db: Kysely<Tables>, shard: number): Promise<number | undefined> {
  const next = await db.selectFrom('series').select('id').where('id', '>=', shard * SHARD).orderBy('id').limit(1).executeTakeFirst()
  return next && shardOf(next.id)
}

async function forgetOld(db: Kysely<Tables>, shard: number, rawFrom: number, rollupsFrom: number): Promise<void> {
  const [first, end] = [shard * SHARD, (shard + 1) * SHARD]
  await db.deleteFrom('chunks').where('series_id', '>=', first).where('series_id', '<', end).where('day', '<', rawFrom).execute()
  await db.deleteFrom('rollups').where('series_id', '>=', first).where('series_id', '<', end).where('day', '<', rollupsFrom).execute()
  await db.deleteFrom('days').where('shard', '=', shard).where('day', '<', rollupsFrom).execute()
}

/** Forgets some resources that were marked gone before `before`, with all that was measured of them. */
async function forgetGone(db: Kysely<Tables>, before: number): Promise<ResourceRow[]> {
  const found = await db.selectFrom('resources').select('id').where('gone_at', '<', before).limit(FORGOTTEN).execute()
  if (found.length === 0) return []
  // Written first: whoever sees one of them again at this moment waits until this transaction ends, or was faster and keeps it.
  const gone = await db
    .updateTable('resources')
    .set((row) => ({ gone_at: row.ref('gone_at') }))
    .where('id', 'in', found.map(({ id }) => id))
    .where('gone_at', '<', before)
    .returning(['id', 'monitor', 'resource', 'account', 'region', 'value'])
    .execute()
  const ids = gone.map(({ id }) => id)
  if (ids.length === 0) return []
  const series = (await db.deleteFrom('series').where('resource_id', 'in', ids).returning('id').execute()).map(({ id }) => id)
  if (series.length > 0) {
    for (const table of ['chunks', 'rollups'] as const) await db.deleteFrom(table).where('series_id', 'in', series).execute()
    await forgetDays(db, [...new Set(series.map(shardOf))])
  }
  await db.deleteFrom('resources').where('id', 'in', ids).execute()
  return gone
}

/** Whole days of shards in which no series is left. What others have of forgotten series has no name any more, and goes with the day. */
async function forgetDays(db: Kysely<Tables>, shards: readonly number[]): Promise<void> {
  for (const shard of shards) if ((await nextShard(db, shard)) !== shard) await db.deleteFrom('days').where('shard', '=', shard).execute()
}
