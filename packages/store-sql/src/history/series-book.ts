import type { Labels, MeasuredSeries, Resource } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import type { SeriesTable } from './history-tables.ts'
import { putResources, putSeries, type ResourceRow } from './put-series.ts'

/** Knows the rows of resources and series, so that points of known series cost no question. */
export interface SeriesBook {
  /** The ids of a monitor's series in the order given; what is new or has changed is written first. */
  identify(db: Kysely<Tables>, monitor: string, measured: readonly MeasuredSeries[], now: number): Promise<Identified>
  /** Knows nothing of these resources any more. */
  forget(resources: readonly Omit<ResourceRow, 'id'>[]): void
}

interface Identified {
  readonly ids: readonly number[]
  /** To be called once the transaction is committed. */
  remember(): void
}

type KnownResource = Pick<ResourceRow, 'id' | 'value'> & { readonly writtenAt: number }
type KnownSeries = Pick<SeriesTable, 'id' | 'unit' | 'period' | 'first_at'>

/**
 * Each resource is written again after this time: by then, what another process did to its row, such as marking it gone, is undone.
 * Rows are kept much longer than that after they were marked.
 */
const REWRITE_AFTER = 86_400_000

export function seriesBook(): SeriesBook {
  const resources = new Map<string, KnownResource>()
  /** By metric and labels, then by resource: there are many resources, and few names. */
  const series = new Map<string, Map<number, KnownSeries>>()
  let sweptAt = 0

  const forget = (key: string): void => {
    const id = resources.get(key)?.id
    resources.delete(key)
    if (id !== undefined) for (const own of series.values()) own.delete(id)
  }
  /** Machines come and go: what was not written for two turns has no points any more. */
  const sweep = (now: number): void => {
    if (now - sweptAt < REWRITE_AFTER) return
    sweptAt = now
    for (const [key, { writtenAt }] of resources) if (now - writtenAt > 2 * REWRITE_AFTER) forget(key)
  }

  return {
    async identify(db, monitor, measured, now) {
      sweep(now)
      const described = new Map<Resource, Described>()
      for (const { series: { resource } } of measured) if (!described.has(resource)) described.set(resource, describe(monitor, resource))
      const outdated = new Map([...described.values()].filter(({ key, row }) => isOutdated(row, resources.get(key), now)).map(({ key, row }) => [key, row]))
      const written = new Map((await putResources(db, [...outdated.values()])).map((row) => [keyOf(row), { id: row.id, value: row.value, writtenAt: now }]))

      const found = measured.map(({ unit, series: { resource, metric, labels, period, timestamps } }) => {
        const key = described.get(resource)?.key ?? ''
        const row = { resource_id: (written.get(key) ?? resources.get(key))?.id ?? NaN, metric, labels: labelsOf(labels), unit, period, first_at: timestamps[0] ?? NaN }
        return { row, known: series.get(nameOf(row))?.get(row.resource_id) }
      })
      const unlike = new Map(found.filter(({ row, known }) => differs(row, known)).map(({ row }) => [`${row.resource_id} ${nameOf(row)}`, row]))
      const learned = new Map((await putSeries(db, [...unlike.values()])).map((row) => [`${row.resource_id} ${nameOf(row)}`, row]))
      return {
        ids: found.map(({ row, known }) => (learned.size === 0 ? known : (learned.get(`${row.resource_id} ${nameOf(row)}`) ?? known))?.id ?? NaN),
        remember() {
          for (const [key, resource] of written) resources.set(key, resource)
          for (const [key, { id, first_at }] of learned) {
            const row = unlike.get(key)
            if (row === undefined) continue
            const own = series.get(nameOf(row)) ?? new Map<number, KnownSeries>()
            series.set(nameOf(row), own)
            own.set(row.resource_id, { id, unit: row.unit, period: row.period, first_at })
          }
        },
      }
    },
    forget(rows) {
      for (const row of rows) forget(keyOf(row))
    },
  }
}

/** A resource as its row, but for the id, and the key that tells it from all others. */
interface Described {
  readonly key: string
  readonly row: Omit<ResourceRow, 'id'>
}

export function describe(monitor: string, resource: Resource): Described {
  const { id, account = '', region = '' } = resource
  const row = { monitor, resource: id, account, region, value: JSON.stringify(resource) }
  return { key: keyOf(row), row }
}

const keyOf = ({ monitor, resource, account, region }: Omit<ResourceRow, 'id' | 'value'>): string => JSON.stringify([monitor, resource, account, region])

const isOutdated = ({ value }: Omit<ResourceRow, 'id'>, before: KnownResource | undefined, now: number): boolean => before?.value !== value || now - before.writtenAt >= REWRITE_AFTER

/** What tells a series from the others of its resource. */
const nameOf = ({ metric, labels }: Pick<SeriesTable, 'metric' | 'labels'>): string => `${metric} ${labels}`

const differs = ({ unit, period, first_at }: Omit<SeriesTable, 'id'>, known: KnownSeries | undefined): boolean => known?.unit !== unit || known.period !== period || first_at < known.first_at

const NO_LABELS = '{}'

const labelsOf = (labels: Labels | undefined): string => (labels === undefined ? NO_LABELS : JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))))
