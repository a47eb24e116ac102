import type { Kysely } from 'kysely'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import { type Batch, decodeBatch } from './batch.ts'
import { encodeChunk } from './chunk.ts'
import { collectPoints } from './collect-points.ts'
import { asRanges } from './days.ts'
import type { BatchTable, ChunkTable, DayTable, RollupTable } from './history-tables.ts'
import { packDay, type Packed } from './pack-day.ts'
import { hoursWithin, readShardDays, withDays } from './pack-days.ts'
import { NO_POINTS, type Points, slice } from './points.ts'
import { orDamaged, readChunks, readHours } from './read-rows.ts'
import { DAY, encodeHours, type HourRollups } from './rollup-chunk.ts'
import { columnsOf } from './write-batches.ts'

export interface PackResult {
  readonly packed: number
  readonly tooLate: number
}

/** New points of a series and day. */
interface FreshDay {
  readonly series: number
  readonly day: number
  readonly points: Points
}

/** Batches that are looked at in one step, and days of series that are packed by one transaction. */
const MOST_BATCHES = 4_096
const MOST_DAYS = 256

/** Thrown inside a transaction, so that nothing of it is kept: another process packed the same batches meanwhile. */
const OVERTAKEN = new Error('another process packs these points')

/**
 * Packs the earliest days of a shard that have new points before `before`. It reads, packs with pauses for others, and then writes all
 * of it in one transaction: batches leave and chunks come together.
 *
 * @returns `undefined` when there was nothing to pack.
 */
export async function packShard(database: Database, shard: number, before: number): Promise<PackResult | undefined> {
  const batches = await database.transaction((db) => db.selectFrom('batches').selectAll().where('shard', '=', shard).where('first_at', '<', before).orderBy('seq').limit(MOST_BATCHES).execute())
  if (batches.length === 0) return undefined
  const fresh = earliest(daysOf(collectPoints(batches.map(batchOf), (_, time) => time < before)))
  const until = Math.max(...fresh.map(({ day }) => (day + 1) * DAY))
  const { stored, days } = await database.transaction(async (db) => ({ stored: await readPacked(db, fresh), days: await readShardDays(db, shard, [...new Set(fresh.map(({ day }) => day))]) }))

  const rollups: RollupTable[] = []
  const chunks: ChunkTable[] = []
  const changed = new Map<number, Map<number, HourRollups>>()
  let [packed, tooLate] = [0, 0]
  for (const { series, day, points } of fresh) {
    const before = stored(series, day)
    // Its resource was forgotten, and so is this.
    if (before === undefined) continue
    const after = packDay(before, points, before.period)
    tooLate += after.tooLate
    packed += points.values.length - after.tooLate
    rollups.push({ series_id: series, day, hours: encodeHours(after.hours) })
    changed.set(day, (changed.get(day) ?? new Map<number, HourRollups>()).set(series, after.hours))
    if (after.points.values.length > 0) chunks.push({ series_id: series, day, points: encodeChunk(after.points) })
    await nextTurn()
  }
  const blocks: DayTable[] = []
  for (const [day, series] of changed) {
    blocks.push(withDays(shard, day, days.get(day) ?? new Map(), series))
    await nextTurn()
  }
  try {
    await database.transaction(async (db) => {
      await takeOut(db, batches, until)
      await writePacked(db, rollups, blocks, chunks)
    })
  } catch (error) {
    if (error === OVERTAKEN) return { packed: 0, tooLate: 0 }
    throw error
  }
  return { packed, tooLate }
}

const batchOf = ({ shard, seq, points }: BatchTable): Batch => orDamaged(() => decodeBatch(points, shard), `table batches, shard ${shard}, seq ${seq}`)

function daysOf(points: ReadonlyMap<number, Points>): FreshDay[] {
  return [...points].flatMap(([series, own]) => {
    const days = new Set(Array.from(own.timestamps, (time) => Math.floor(time / DAY)))
    return [...days].map((day) => ({ series, day, points: slice(own, day * DAY, (day + 1) * DAY) }))
  })
}

/** Whole days, the first ones, as many as one transaction should write. */
function earliest(days: readonly FreshDay[]): FreshDay[] {
  const sorted = days.toSorted((a, b) => a.day - b.day)
  const [first, end] = [sorted[0]?.day, sorted[MOST_DAYS]?.day ?? Infinity]
  return sorted.filter(({ day }) => day === first || day < end)
}

/** What is packed of the series and days of which there are new points; `undefined` for a series that is not known any more. */
async function readPacked(db: Kysely<Tables>, fresh: readonly FreshDay[]): Promise<(series: number, day: number) => (Packed & { readonly period: number }) | undefined> {
  const ids = [...new Set(fresh.map(({ series }) => series))]
  const days = asRanges([], new Set(fresh.map(({ day }) => day)))
  const periods = new Map((await db.selectFrom('series').select(['id', 'period']).where('id', 'in', ids).execute()).map(({ id, period }) => [id, period]))
  const chunks = await readChunks(db, ids, days)
  const rollups = await readHours(db, ids, days)
  return (series, day) => {
    const period = periods.get(series)
    if (period === undefined) return undefined
    const hours = hoursWithin(rollups.get(series) ?? new Map(), day)
    return { period, hours, points: slice(chunks.get(series) ?? NO_POINTS, day * DAY, (day + 1) * DAY) }
  }
}

/** Takes points before `until` out of batches; `OVERTAKEN` when the batches are not as they were read. */
async function takeOut(db: Kysely<Tables>, batches: readonly BatchTable[], until: number): Promise<void> {
  const shard = batches[0]?.shard ?? NaN
  const whole = new Map(batches.filter(({ last_at }) => last_at < until).map(({ seq, first_at }) => [seq, first_at]))
  if (whole.size > 0) {
    const deleted = await db.deleteFrom('batches').where('shard', '=', shard).where('seq', 'in', [...whole.keys()]).returning(['seq', 'first_at']).execute()
    if (deleted.length !== whole.size || deleted.some(({ seq, first_at }) => whole.get(seq) !== first_at)) throw OVERTAKEN
  }
  for (const batch of batches.filter(({ first_at, last_at }) => first_at < until && last_at >= until)) {
    const rest = columnsOf(from(batchOf(batch), until))
    const { numUpdatedRows } = await db.updateTable('batches').set(rest).where('shard', '=', shard).where('seq', '=', batch.seq).where('first_at', '=', batch.first_at).executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw OVERTAKEN
  }
}

function from({ series, times, values }: Batch, start: number): Batch {
  const isLater = (_: number, index: number): boolean => (times[index] ?? NaN) >= start
  return { series: series.filter(isLater), times: times.filter(isLater), values: values.filter(isLater) }
}

async function writePacked(db: Kysely<Tables>, rollups: readonly RollupTable[], days: readonly DayTable[], chunks: readonly ChunkTable[]): Promise<void> {
  if (rollups.length > 0) await db.insertInto('rollups').values(rollups).onConflict((conflict) => conflict.columns(['series_id', 'day']).doUpdateSet((row) => ({ hours: row.ref('excluded.hours') }))).execute()
  if (days.length > 0) await db.insertInto('days').values(days).onConflict((conflict) => conflict.columns(['shard', 'day']).doUpdateSet((row) => ({ rollups: row.ref('excluded.rollups') }))).execute()
  if (chunks.length > 0) await db.insertInto('chunks').values(chunks).onConflict((conflict) => conflict.columns(['series_id', 'day']).doUpdateSet((row) => ({ points: row.ref('excluded.points') }))).execute()
}
