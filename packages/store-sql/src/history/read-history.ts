import { type HistoryFilter, type HistoryPoints, type HistoryRange, type HistorySeries, type Resource, UNITS } from '@tocsin/core'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../schema/tables.ts'
import { bounded } from './bounded.ts'
import { daysBetween } from './days.ts'
import { merge, NO_POINTS, slice } from './points.ts'
import { readChunks, readNew } from './read-rows.ts'

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
  // Series of one resource have the same text: it is parsed once.
  const resources = new Map<string, Resource>()
  return rows.map((row): HistorySeries => {
    const of = resources.get(row.value) ?? resource.parse(JSON.parse(row.value))
    resources.set(row.value, of)
    return {
      id: row.id,
      monitor: row.monitor,
      resource: of,
      metric: row.metric,
      labels: labels.parse(JSON.parse(row.labels)),
      unit: unit.parse(row.unit),
      period: row.period,
      firstAt: row.first_at,
      ...(row.gone_at === null ? {} : { goneAt: row.gone_at }),
    }
  })
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
