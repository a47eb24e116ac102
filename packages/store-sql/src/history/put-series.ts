import { type Kysely, sql } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { takeNumbers } from '../state/sequence.ts'
import { writeRows } from '../state/write-rows.ts'
import type { ResourceTable, SeriesTable } from './history-tables.ts'

export type ResourceRow = Omit<ResourceTable, 'gone_at'>

const RESOURCE = ['id', 'monitor', 'resource', 'account', 'region', 'value'] as const
const SERIES = ['id', 'resource_id', 'metric', 'labels', 'unit', 'period', 'first_at'] as const

/** Writes resources as they are now seen: so they are not gone. Gives them with the ids that they have. */
export async function putResources(db: Kysely<Tables>, resources: readonly Omit<ResourceRow, 'id'>[]): Promise<ResourceRow[]> {
  if (resources.length === 0) return []
  const first = await takeNumbers(db, 'resources', resources.length)
  const rows = resources.map((resource, index) => ({ ...resource, id: first + index }))
  return writeRows<ResourceRow, ResourceRow>(db, 'put resources', RESOURCE, rows, (db, values) =>
    db
      .insertInto('resources')
      .values(values)
      .onConflict((conflict) => conflict.columns(['monitor', 'resource', 'account', 'region']).doUpdateSet((row) => ({ value: row.ref('excluded.value'), gone_at: sql<null>`null` })))
      .returning(RESOURCE),
  )
}

/** Writes series as they are now measured. Gives them with the ids that they have, and since when there are points of them. */
export async function putSeries(db: Kysely<Tables>, series: readonly Omit<SeriesTable, 'id'>[]): Promise<SeriesTable[]> {
  if (series.length === 0) return []
  const first = await takeNumbers(db, 'series', series.length)
  const rows = series.map((one, index) => ({ ...one, id: first + index }))
  return writeRows<SeriesTable, SeriesTable>(db, 'put series', SERIES, rows, (db, values) =>
    db
      .insertInto('series')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['resource_id', 'metric', 'labels']).doUpdateSet((row) => ({
          unit: row.ref('excluded.unit'),
          period: row.ref('excluded.period'),
          first_at: row.case().when('excluded.first_at', '<', row.ref('series.first_at')).then(row.ref('excluded.first_at')).else(row.ref('series.first_at')).end(),
        })),
      )
      .returning(SERIES),
  )
}
