import { TocsinError } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { decodeBatch, shardOf } from './batch.ts'
import { decodeChunk } from './chunk.ts'
import { collectPoints } from './collect-points.ts'
import { type DayRollups, decodeDays } from './day-block.ts'
import type { DayRange } from './days.ts'
import { join, type Points } from './points.ts'
import { decodeHours, type HourRollup, type HourRollups } from './rollup-chunk.ts'

/** What is stored of some series, by the series' id. Series of which nothing is stored are absent. */
export type BySeries<T> = ReadonlyMap<number, T>

/** Points that are not packed yet. */
export async function readNew(db: Kysely<Tables>, series: readonly number[], from: number, until: number): Promise<BySeries<Points>> {
  const shards = [...new Set(series.map(shardOf))]
  const rows = await db.selectFrom('batches').select(['shard', 'points']).where('shard', 'in', shards).where('last_at', '>=', from).where('first_at', '<', until).orderBy('shard').orderBy('seq').execute()
  const wanted = new Set(series)
  const batches = rows.map(({ shard, points }) => orDamaged(() => decodeBatch(points, shard), `table batches, shard ${shard}`))
  return collectPoints(batches, (id, time) => time >= from && time < until && wanted.has(id))
}

/** Packed points of whole days. */
export async function readChunks(db: Kysely<Tables>, series: readonly number[], days: readonly DayRange[]): Promise<BySeries<Points>> {
  if (days.length === 0) return new Map()
  const rows = await db
    .selectFrom('chunks')
    .select(['series_id', 'day', 'points'])
    .where('series_id', 'in', series)
    .where((row) => row.or(days.map(({ first, last }) => row.between('day', first, last))))
    .orderBy('series_id')
    .orderBy('day')
    .execute()
  const found = Map.groupBy(rows, ({ series_id }) => series_id)
  return new Map([...found].map(([id, own]) => [id, join(own.map(({ day, points }) => orDamaged(() => decodeChunk(points), `table chunks, series ${id}, day ${day}`)))]))
}

/** Hourly rollups of some days: those that begin at `from` or later and before `until`. */
export async function readHours(db: Kysely<Tables>, series: readonly number[], days: readonly DayRange[], range?: { readonly from: number; readonly until: number }): Promise<BySeries<HourRollups>> {
  const found = new Map<number, Map<number, HourRollup>>()
  if (days.length === 0) return found
  const rows = await db.selectFrom('rollups').select(['series_id', 'day', 'hours']).where('series_id', 'in', series).where((row) => row.or(days.map(({ first, last }) => row.between('day', first, last)))).execute()
  for (const { series_id: id, day, hours } of rows) {
    const own = found.get(id) ?? new Map<number, HourRollup>()
    found.set(id, own)
    for (const [hour, rollup] of orDamaged(() => decodeHours(hours, range), `table rollups, series ${id}, day ${day}`)) own.set(hour, rollup)
  }
  return found
}

/** Rollups of whole days, by day and then by shard. */
export type DaysByShard = ReadonlyMap<number, ReadonlyMap<number, DayRollups>>

export async function readDays(db: Kysely<Tables>, shards: readonly number[], days: readonly DayRange[]): Promise<DaysByShard> {
  const found = new Map<number, Map<number, DayRollups>>()
  if (days.length === 0) return found
  const rows = await db.selectFrom('days').selectAll().where('shard', 'in', shards).where((row) => row.or(days.map(({ first, last }) => row.between('day', first, last)))).execute()
  for (const { shard, day, rollups } of rows) {
    const own = found.get(day) ?? new Map<number, DayRollups>()
    found.set(day, own.set(shard, orDamaged(() => decodeDays(rollups, shard, day), `table days, shard ${shard}, day ${day}`)))
  }
  return found
}

/** What is decoded, or an error that says where the damage is. */
export function orDamaged<T>(decode: () => T, where: string): T {
  try {
    return decode()
  } catch (cause) {
    throw new TocsinError('E505', 'history cannot be decoded', { where, fix: 'bring a copy of the store back, or delete these rows', cause, permanent: true })
  }
}
