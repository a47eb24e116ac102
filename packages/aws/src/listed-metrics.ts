import type { ListMetricsCommandInput } from '@aws-sdk/client-cloudwatch'
import { asTocsinError, type Services, type SharedKey, type TocsinError } from '@tocsin/core'
import type { ListedMetric, ListQuery } from './discover-context.ts'
import { CLOUDWATCH } from './engine/get-metric-data.ts'
import { createStaleCache, type StaleCache } from './stale-cache.ts'
import type { Target } from './target.ts'

/** CloudWatch itself takes up to 15 minutes to list a new metric. */
const TTL = 900

const LISTED: SharedKey<StaleCache<readonly ListedMetric[]>> = {
  name: 'cloudwatch metric lists',
  create: () => createStaleCache(TTL),
  close: async (cache) => cache.close(),
}

/** Who lists metrics. */
export interface Listing extends Services {
  readonly signal: AbortSignal
  /** Told why a list could not be renewed for too long. The old one goes on. */
  readonly fail: (error: TocsinError) => void
}

/** The metrics that CloudWatch has, kept for the whole process. Rejects as `Target.call` does, while nothing is known yet. */
export async function listMetrics(target: Target, query: ListQuery, listing: Listing): Promise<readonly ListedMetric[]> {
  const { namespace, metric, dimensions = {}, account, recentlyActive = false } = query
  const wanted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
  const key = JSON.stringify([target.key, namespace, metric, wanted.map(([name, value]) => [name, value ?? null]), account, recentlyActive])
  const input: ListMetricsCommandInput = {
    Namespace: namespace,
    ...(metric === undefined ? {} : { MetricName: metric }),
    ...(wanted.length === 0 ? {} : { Dimensions: wanted.map(([Name, Value]) => ({ Name, ...(Value === undefined ? {} : { Value }) })) }),
    ...(account === undefined ? {} : { IncludeLinkedAccounts: true, OwningAccount: account }),
    ...(recentlyActive ? { RecentlyActive: 'PT3H' } : {}),
  }
  const { value, error } = await listing.shared(LISTED).get(key, (until) => allPages(target, input, until), listing)
  if (error !== undefined) listing.fail(asTocsinError(error, 'E200', { where: `${target.account}, ${target.region}`, fix: 'see the log; the old list goes on' }))
  return value
}

async function allPages(target: Target, input: ListMetricsCommandInput, signal: AbortSignal): Promise<ListedMetric[]> {
  const { ListMetricsCommand } = await import('@aws-sdk/client-cloudwatch')
  const listed: ListedMetric[] = []
  let token: string | undefined
  do {
    const command = new ListMetricsCommand(token === undefined ? input : { ...input, NextToken: token })
    const page = await target.call(CLOUDWATCH, 'ListMetrics', (client, options) => client.send(command, options), signal)
    for (const { MetricName, Dimensions = [] } of page.Metrics ?? []) {
      if (MetricName === undefined) continue
      listed.push({ metric: MetricName, dimensions: Object.fromEntries(Dimensions.flatMap(({ Name, Value }) => (Name === undefined || Value === undefined ? [] : [[Name, Value]]))) })
    }
    token = page.NextToken
  } while (token)
  return listed
}
