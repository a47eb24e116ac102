import type { Dimensions } from './engine/metric-query.ts'
import type { Discovered, ListedDimensions } from './catalogue.ts'
import type { ListedMetric } from './discover-context.ts'

/** A series of a resource, and the dimensions of the metric behind it where they are not the resource's own. */
export interface Expanded<Facts> {
  readonly found: Discovered<Facts>
  readonly dimensions: Dimensions | undefined
  /** Tell this series apart from others of the same metric and resource. */
  readonly labels: Readonly<Record<string, string>> | undefined
}

/** A listed metric that belongs to a resource. */
interface Listed<Facts> extends Expanded<Facts> {
  readonly dimensions: Dimensions
}

/**
 * Which listed metrics belong to which resource: those that have all of its dimensions. CloudWatch lists a metric for two weeks after
 * its last point, so a resource with active metrics keeps only those: the others are mounts that are gone and devices that were
 * renamed. A resource without any keeps what it had: its agent went silent, and that is to be seen. Of several with the same labels
 * the one with the fewest dimensions is taken, so that the same series is read in every cycle.
 *
 * @param active those of the listed metrics that had points in the last three hours.
 */
export function expandListed<Facts>(
  listed: readonly ListedMetric[],
  active: readonly ListedMetric[],
  resources: readonly Discovered<Facts>[],
  spec: ListedDimensions<Facts>,
): Listed<Facts>[] {
  const owners = ownersOf(resources)
  const belonging = (metrics: readonly ListedMetric[]): Listed<Facts>[] =>
    metrics.flatMap(({ dimensions }) =>
      owners(dimensions).flatMap((found) => {
        const labels = labelsOf(dimensions, spec.labels)
        return labels === undefined || spec.where?.(dimensions, found) === false ? [] : [{ found, dimensions, labels }]
      }),
    )
  const live = belonging(active)
  const alive = new Set(live.map(({ found }) => found))
  const best = new Map<string, Listed<Facts>>()
  for (const one of [...live, ...belonging(listed).filter(({ found }) => !alive.has(found))]) {
    const key = JSON.stringify([one.found.resource.id, one.labels])
    const known = best.get(key)
    if (!known || rank(one.dimensions) < rank(known.dimensions)) best.set(key, one)
  }
  return [...best.values()]
}

/** Finds resources by their dimensions in one look per set of dimension names: there is one such set for most services. */
function ownersOf<Facts>(resources: readonly Discovered<Facts>[]): (dimensions: Dimensions) => Discovered<Facts>[] {
  const indexes = new Map<string, { readonly names: readonly string[]; readonly byValues: Map<string, Discovered<Facts>> }>()
  for (const found of resources) {
    const names = Object.keys(found.dimensions).sort()
    const id = JSON.stringify(names)
    const index = indexes.get(id) ?? { names, byValues: new Map<string, Discovered<Facts>>() }
    index.byValues.set(valuesOf(found.dimensions, names), found)
    indexes.set(id, index)
  }
  return (dimensions) => [...indexes.values()].flatMap(({ names, byValues }) => byValues.get(valuesOf(dimensions, names)) ?? [])
}

function valuesOf(dimensions: Dimensions, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => dimensions[name] ?? null))
}

function labelsOf(dimensions: Dimensions, wanted: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  for (const [label, dimension] of Object.entries(wanted)) {
    const value = dimensions[dimension]
    if (value === undefined) return undefined
    labels[label] = value
  }
  return labels
}

/** Sorts by the number of dimensions, then by their text. */
function rank(dimensions: Dimensions): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${String(sorted.length).padStart(3, '0')}${JSON.stringify(sorted)}`
}
