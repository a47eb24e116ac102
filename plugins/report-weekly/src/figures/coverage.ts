import type { Resource } from '@tocsin/core'
import type { Coverage, Row } from '../figures.ts'
import { resourceKey } from './watched.ts'

/** A row that lacks more than this share of its points is named. */
const WORTH_NAMING = 0.05

/**
 * What was watched of what should have been.
 *
 * @param known whether the store keeps points at all: where it does not, their absence says nothing.
 */
export function coverageOf(rows: readonly Row[], known: boolean): Coverage {
  const resources = new Map<string, { readonly resource: Resource; seen: boolean; expected: boolean }>()
  for (const { resource, values, coverage, wentAt } of rows) {
    const key = resourceKey(resource)
    const one = resources.get(key) ?? { resource, seen: false, expected: false }
    one.seen ||= values !== undefined || !known
    one.expected ||= coverage !== undefined || wentAt === undefined
    resources.set(key, one)
  }
  const expected = [...resources.values()].filter(({ expected: wanted, seen }) => wanted || seen)
  const gaps = rows.flatMap(({ resource, metric, coverage }) => (coverage !== undefined && coverage > 0 && coverage < 1 - WORTH_NAMING ? [{ resource, metric, coverage }] : []))
  return {
    watched: expected.filter(({ seen }) => seen).length,
    expected: expected.length,
    silent: expected.filter(({ seen }) => !seen).map(({ resource }) => resource),
    gaps: [...gaps, ...silentMetrics(rows, (resource) => resources.get(resourceKey(resource))?.seen === true)].toSorted((a, b) => a.coverage - b.coverage),
  }
}

/** Metrics without a single point, of resources that others were seen of. A disk that was taken out is not one as long as another of its resource is there. */
function silentMetrics(rows: readonly Row[], isSeen: (resource: Row['resource']) => boolean): Coverage['gaps'] {
  const metrics = Map.groupBy(rows, ({ resource, metric }) => JSON.stringify([resourceKey(resource), metric]))
  return [...metrics.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined || !isSeen(first.resource)) return []
    const isSilent = own.every(({ values }) => values === undefined) && own.some(({ coverage }) => coverage !== undefined)
    return isSilent ? [{ resource: first.resource, metric: first.metric, coverage: 0 }] : []
  })
}
