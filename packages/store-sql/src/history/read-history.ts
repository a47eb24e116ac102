import { type HistoryFilter, type HistoryPoints, type HistoryRange, type HistoryRollups, type HistorySeries, type HistorySteps, UNITS } from '@tocsin/core'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../schema/tables.ts'
import { shardOf } from './batch.ts'
import type { DayRollup } from './day-block.ts'
import { asRanges, type DayRange, daysBetween, except, wholeDays } from './days.ts'
import { merge, NO_POINTS, slice } from './points.ts'
import { type DaysByShard, readChunks, readDays, readHours, readNew } from './read-rows.ts'
import { rawHours, rollUp } from './roll-up.ts'
import { DAY, HOUR } from './rollup-chunk.ts'
import { stepEdges } from './step-edges.ts'
import { LATEST_TIME } from './time-column.ts'

const resource = z.object({ id: z.string(), type: z.string(), name: z.string(), account: z.string().exactOptional(), region: z.string().exactOptional(), tags: z.record(z.string(), z.string()) })
const labels = z.record(z.string(), z.string())
const unit = z.enum(UNITS)

/** Series by id, in that order. */
export async function readSeries(db: Kysely<Tables>, { monitor, metric, resource: of }: HistoryFilter): Promise<HistorySeries[]> {
  const rows = await db
    .selectFrom('series')
    .innerJoin('resources', 'resources.id', 'series.resource_id')
    .select(['series.id', 'resources.monitor', 'resources.value', 'resources.gone_at', 'series.metric', 'series.labels', 'series.unit', 'series.period', 'series.first_at'])
    .$if(monitor !== undefined, (query) => query.where('resources.monitor', '=', monitor ?? ''))
    .$if(of !== undefined, (query) => query.where('resources.resource', '=', of ?? ''))
    .$if(metric !== undefined, (query) => query.where('series.metric', '=', metric ?? ''))
    .orderBy('series.id')
    .execute()
  return rows.map(
    (row): HistorySeries => ({
      id: row.id,
      monitor: row.monitor,
      resource: resource.parse(JSON.parse(row.value)),
      metric: row.metric,
      labels: labels.parse(JSON.parse(row.labels)),
      unit: unit.parse(row.unit),
      period: row.period,
      firstAt: row.first_at,
      ...(row.gone_at === null ? {} : { goneAt: row.gone_at }),
    }),
  )
}

/** Points of each of the series that has some, packed ones and others. */
export async function readPoints(db: Kysely<Tables>, range: HistoryRange): Promise<HistoryPoints[]> {
  const { series } = range
  const { from, until } = bounded(range)
  // New points before chunks: what is packed between the two is seen twice, never missed.
  const fresh = await readNew(db, series, from, until)
  const chunks = await readChunks(db, series, [daysBetween(from, until)])
  return series.flatMap((id) => {
    const points = slice(merge(chunks.get(id) ?? NO_POINTS, fresh.get(id) ?? NO_POINTS), from, until)
    return points.timestamps.length === 0 ? [] : [{ series: id, ...points }]
  })
}

/** @throws RangeError for a time zone that does not exist, or a range without an end. */
export async function readRollups(db: Kysely<Tables>, range: HistoryRange & HistorySteps): Promise<HistoryRollups[]> {
  const { series: ids } = range
  const { from, until } = bounded(range)
  if (until > LATEST_TIME) throw new RangeError('a range of rollups has no end')
  const edges = stepEdges(from, until, range)
  const found = await readLives(db, ids)
  const fresh = await readNew(db, ids, from, until)
  const raw = new Set(ids.flatMap((id) => [...rawHours(edges, fresh.get(id) ?? NO_POINTS)]))
  const rawDays = new Set(Array.from(raw, (hour) => Math.floor((hour * HOUR) / DAY)))
  const chunks = await readChunks(db, ids, asRanges([], rawDays))
  const whole = wholeDays(edges)
  const days = await readDays(db, [...new Set(ids.map(shardOf))], asRanges(whole))
  const hours = await readHours(db, ids, asRanges(except(daysBetween(from, until), whole), [...rawDays, ...daysByHour(ids, whole, days)]))
  return ids.flatMap((id) => {
    const series = found.get(id)
    if (series === undefined) return []
    return [{ series: id, rollups: rollUp({ series, fresh: fresh.get(id) ?? NO_POINTS, packed: chunks.get(id) ?? NO_POINTS, hours: hours.get(id) ?? new Map(), days: ownDays(days, id) }, edges) }]
  })
}

/** What tells how many points a series should have. */
async function readLives(db: Kysely<Tables>, ids: readonly number[]): Promise<ReadonlyMap<number, Pick<HistorySeries, 'period' | 'firstAt' | 'goneAt'>>> {
  const rows = await db.selectFrom('series').innerJoin('resources', 'resources.id', 'series.resource_id').select(['series.id', 'series.period', 'series.first_at', 'resources.gone_at']).where('series.id', 'in', ids).execute()
  return new Map(rows.map(({ id, period, first_at, gone_at }) => [id, { period, firstAt: first_at, ...(gone_at === null ? {} : { goneAt: gone_at }) }]))
}

/** Of days that lie within one step those that must be read by the hour for one of the series at least: nothing stands for the whole of them. */
function daysByHour(ids: readonly number[], whole: readonly DayRange[], days: DaysByShard): number[] {
  const shards = [...new Set(ids.map(shardOf))]
  const isWhole = (day: number): boolean => {
    const blocks = days.get(day)
    return shards.every((shard) => blocks?.has(shard)) && ids.every((id) => !blocks?.get(shardOf(id))?.has(id) || wholeDay(days, day, id) !== undefined)
  }
  return whole.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((day) => !isWhole(day)))
}

const wholeDay = (days: DaysByShard, day: number, id: number): DayRollup | undefined => days.get(day)?.get(shardOf(id))?.get(id)

function ownDays(days: DaysByShard, id: number): Map<number, DayRollup> {
  const own = new Map<number, DayRollup>()
  for (const day of days.keys()) {
    const rollup = wholeDay(days, day, id)
    if (rollup !== undefined) own.set(day, rollup)
  }
  return own
}

/**
 * A range as databases understand it: in whole milliseconds, none of them beyond what is kept.
 *
 * @throws RangeError for one that has no start or no end.
 */
function bounded({ from, until }: HistoryRange): { readonly from: number; readonly until: number } {
  if (Number.isNaN(from) || Number.isNaN(until)) throw new RangeError('a range has no start or no end')
  const whole = (time: number): number => Math.min(Math.max(0, Math.ceil(time)), LATEST_TIME + 1)
  return { from: whole(from), until: Math.max(whole(from), whole(until)) }
}
