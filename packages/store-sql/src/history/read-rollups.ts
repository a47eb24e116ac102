import type { HistoryRange, HistoryRollups, HistorySeries, HistorySteps } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { shardOf } from './batch.ts'
import { bounded } from './bounded.ts'
import type { DayRollup } from './day-block.ts'
import { asRanges, type DayRange, daysBetween, except, wholeDays } from './days.ts'
import { NO_POINTS } from './points.ts'
import { type DaysByShard, readChunks, readDays, readHours, readNew } from './read-rows.ts'
import { rawHours, rollUp } from './roll-up.ts'
import { DAY, HOUR } from './rollup-chunk.ts'
import { stepEdges } from './step-edges.ts'
import { LATEST_TIME } from './time-column.ts'

/** A range cut into steps. */
export interface Steps {
  readonly from: number
  readonly until: number
  /** Where each step begins, and last of all where the last one ends. */
  readonly edges: readonly number[]
  /** The days that lie within one step each. */
  readonly whole: readonly DayRange[]
}

/** @throws RangeError for a time zone that does not exist, or a range without an end. */
export function stepsOf(range: Pick<HistoryRange, 'from' | 'until'> & HistorySteps): Steps {
  const { from, until } = bounded(range)
  if (until > LATEST_TIME) throw new RangeError('a range of rollups has no end')
  const edges = stepEdges(from, until, range)
  return { from, until, edges, whole: wholeDays(edges) }
}

/** Rollups of each of the series that is known, of days as a whole where they lie within one step, by the hour else. */
export async function readRollups(db: Kysely<Tables>, ids: readonly number[], { from, until, edges, whole }: Steps): Promise<HistoryRollups[]> {
  const found = await readLives(db, ids)
  // New points before packed ones: what is packed between the two is seen twice, never missed.
  const fresh = await readNew(db, ids, from, until)
  const raw = new Set(ids.flatMap((id) => [...rawHours(edges, fresh.get(id) ?? NO_POINTS)]))
  const rawDays = new Set(Array.from(raw, (hour) => Math.floor((hour * HOUR) / DAY)))
  const chunks = await readChunks(db, ids, asRanges([], rawDays))
  const days = await readDays(db, [...new Set(ids.map(shardOf))], asRanges(whole))
  const byHour = asRanges(except(daysBetween(from, until), whole), [...rawDays, ...daysByHour(ids, whole, days)])
  const hours = await readHours(db, ids, byHour, { from: Math.floor(from / HOUR) * HOUR, until })
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
