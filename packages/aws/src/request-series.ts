import type { Resource, Series } from '@tocsin/core'
import type { AwsMetric, CombinedMetric, Discovered, MetricSource, SingleMetric } from './catalogue.ts'
import type { ListedMetric, ListQuery } from './discover-context.ts'
import type { MetricPoints, MetricQuery } from './engine/metric-query.ts'
import { type Expanded, expandListed } from './expand-listed.ts'
import { combined, converted } from './series-points.ts'
import { queryOf, type QueryOptions } from './source-query.ts'

/** One series to be: what to ask for, and how to make it of the answers. */
export interface SeriesRequest<Name extends string> {
  readonly queries: readonly MetricQuery[]
  /** @param answers in the order of the queries. */
  read(answers: readonly MetricPoints[]): Series<Name>
}

/** What requests are made of. */
export interface RequestOptions<Facts> extends QueryOptions {
  readonly found: readonly Discovered<Facts>[]
  /** The resource as it is shown, with account and region. */
  readonly resourceOf: (found: Discovered<Facts>) => Resource
  readonly listMetrics: (query: ListQuery) => Promise<readonly ListedMetric[]>
}

/** All requests of the wanted metrics. One metric that fails does not keep the others. */
export async function requestAll<Name extends string, Facts>(
  catalogue: Readonly<Record<Name, AwsMetric<Facts>>>,
  wanted: ReadonlySet<Name>,
  options: RequestOptions<Facts>,
  fail: (error: unknown) => void,
): Promise<SeriesRequest<Name>[]> {
  const requests = await Promise.all(
    [...wanted].map((name) =>
      requestSeries(name, catalogue[name], options).catch((error: unknown) => {
        fail(error)
        return []
      }),
    ),
  )
  return requests.flat()
}

/** Every series of one metric, for the resources that have it. Lists metrics where only CloudWatch knows the dimensions. */
async function requestSeries<Name extends string, Facts>(name: Name, metric: AwsMetric<Facts>, options: RequestOptions<Facts>): Promise<SeriesRequest<Name>[]> {
  const found = options.found.filter((one) => metric.when?.(one) !== false)
  if (found.length === 0) return []
  if ('sources' in metric) return found.map((one) => combinedRequest(name, metric, one, options))
  const series = metric.listed ? await listedSeries(metric, metric.listed, found, options) : found.map((one): Expanded<Facts> => ({ found: one, labels: undefined, dimensions: undefined }))
  return series.map((one) => singleRequest(name, metric, one, options))
}

async function listedSeries<Facts>(
  metric: MetricSource<Facts>,
  listed: NonNullable<SingleMetric<Facts>['listed']>,
  found: readonly Discovered<Facts>[],
  { listMetrics }: RequestOptions<Facts>,
): Promise<readonly Expanded<Facts>[]> {
  const nameOf = (one: Discovered<Facts>): string => (typeof metric.metric === 'function' ? metric.metric(one) : metric.metric)
  let series: readonly Expanded<Facts>[] = []
  for (const resources of Map.groupBy(found, (one) => JSON.stringify([nameOf(one), one.account])).values()) {
    const [sample] = resources
    if (sample === undefined) continue
    // Only names that all of them have: the list must hold the metrics of each.
    const names = Object.keys(sample.dimensions).filter((one) => resources.every(({ dimensions }) => one in dimensions))
    const dimensions = Object.fromEntries(names.map((one) => [one, undefined]))
    const query = { namespace: metric.namespace, metric: nameOf(sample), dimensions, account: sample.account }
    const [all, active] = await Promise.all([listMetrics(query), listMetrics({ ...query, recentlyActive: true })])
    // A spread of a hundred thousand arguments is more than the stack holds.
    series = series.concat(expandListed(all, active, resources, listed))
  }
  return series
}

function singleRequest<Name extends string, Facts>(name: Name, metric: SingleMetric<Facts>, { found, dimensions, labels }: Expanded<Facts>, options: RequestOptions<Facts>): SeriesRequest<Name> {
  const query = queryOf(metric, found, options, dimensions)
  const { value } = metric
  const of = { ...found, period: query.period }
  return {
    queries: [query],
    read: ([points]) => ({
      resource: options.resourceOf(found),
      metric: name,
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
      period: query.period * 1_000,
      ...converted(points, value && ((raw) => value(raw, of))),
    }),
  }
}

function combinedRequest<Name extends string, Facts>(name: Name, { sources, combine }: CombinedMetric<Facts>, found: Discovered<Facts>, options: RequestOptions<Facts>): SeriesRequest<Name> {
  const byName = Object.entries(typeof sources === 'function' ? sources(found) : sources)
  const queries = byName.map(([, source]) => queryOf(source, found, options))
  const period = Math.max(...queries.map((query) => query.period))
  return {
    queries,
    read: (answers) => ({
      resource: options.resourceOf(found),
      metric: name,
      period: period * 1_000,
      ...combined(byName.map(([key]) => key), answers, (values) => combine(values, { ...found, period })),
    }),
  }
}
