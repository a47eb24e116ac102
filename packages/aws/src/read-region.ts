import { asTocsinError, type CollectContext, type Resource, type Scope, type Series, TocsinError } from '@tocsin/core'
import type { AwsMetric, Discovered } from './catalogue.ts'
import type { Seat } from './engine/engine.ts'
import type { MetricQuery } from './engine/metric-query.ts'
import type { DiscoverCycle, Inventory } from './inventory.ts'
import { listMetrics } from './listed-metrics.ts'
import { requestAll, type SeriesRequest } from './request-series.ts'
import type { Target } from './target.ts'

/** One region to read for one collector. */
export interface RegionRead<Options, Name extends string, Facts> {
  readonly target: Target
  /** Labels of the account: tags of all its resources. */
  readonly labels: Readonly<Record<string, string>>
  readonly catalogue: Readonly<Record<Name, AwsMetric<Facts>>>
  readonly wanted: ReadonlySet<Name>
  readonly cycle: CollectContext & DiscoverCycle<Options>
  readonly inventory: Inventory<Options, Facts>
  readonly seat: Seat
}

/** How many resources a region has. */
export interface RegionCount {
  readonly target: Target
  readonly resources: number
  /** Whether they were looked for in this cycle. */
  readonly fresh: boolean
}

/** What a region gave. */
export interface RegionSeries<Name extends string> {
  readonly series: readonly Series<Name>[]
  /** Undefined: it could not be told. */
  readonly count: RegionCount | undefined
}

/** Finds the resources of a region and reads their metrics. Never rejects: what fails is told to the context, and other regions go on. */
export async function readRegion<Options, Name extends string, Facts>(read: RegionRead<Options, Name, Facts>): Promise<RegionSeries<Name>> {
  const { target, seat } = read
  const fail = failing(read)
  try {
    const { requests, count } = await findSeries(read, fail)
    if (requests.length === 0) return { series: [], count }
    const answers = await seat.submit(target, requests.flatMap(({ queries }) => queries))
    for (const { error } of answers) if (error) fail(error)
    let next = 0
    const series = requests.map((request) => request.read(answers.slice(next, (next += request.queries.length))))
    return { series, count }
  } catch (error) {
    fail(error)
    return { series: [], count: undefined }
  } finally {
    seat.pass(target)
  }
}

/** What a region would be asked for. */
interface Demanded {
  readonly queries: readonly MetricQuery[]
  /** Undefined: it could not be told. */
  readonly count: RegionCount | undefined
}

/** What a region would be asked for. Never rejects either. */
export async function demandOf<Options, Name extends string, Facts>(read: Reading<Options, Name, Facts>): Promise<Demanded> {
  const fail = failing(read)
  try {
    const { requests, count } = await findSeries(read, fail)
    return { queries: requests.flatMap(({ queries }) => queries), count }
  } catch (error) {
    fail(error)
    return { queries: [], count: undefined }
  }
}

/** One region, as its series are found. */
export type Reading<Options, Name extends string, Facts> = Omit<RegionRead<Options, Name, Facts>, 'seat'>

/** Tells each failure once: hundreds of metrics may fail for one reason. */
export function failing<Options, Name extends string, Facts>({ target, cycle }: Reading<Options, Name, Facts>): (thrown: unknown) => void {
  const told = new Set<string>()
  return (thrown) => {
    const error = coded(thrown, target, cycle.signal)
    if (told.has(String(error))) return
    told.add(String(error))
    cycle.fail(error, scopeOf(target))
  }
}

/** Every series of a region that is wanted, at their own periods or longer ones. Rejects when discovery does. */
export async function findSeries<Options, Name extends string, Facts>(
  { target, labels, catalogue, wanted, cycle, inventory }: Reading<Options, Name, Facts>,
  fail: (error: unknown) => void,
  leastPeriod = 1,
): Promise<{ requests: readonly SeriesRequest<Name>[]; count: RegionCount }> {
  const { resources, problems, fresh } = await inventory.find(target, cycle)
  problems.forEach(fail)
  const options = {
    found: resources,
    resourceOf: resourceOf(target, labels),
    interval: cycle.interval / 1_000,
    leastPeriod,
    listMetrics: (query: Parameters<typeof listMetrics>[1]) => listMetrics(target, query, { ...cycle, fail }),
  }
  return { requests: await requestAll(catalogue, wanted, options, fail), count: { target, resources: resources.length, fresh } }
}

/** What a failure in the target covers. While the account is unknown it is left out: a guess would cover nothing. */
export function scopeOf({ account, accountId, region }: Target): Scope {
  return accountId === undefined ? { region } : { account, region }
}

/** Completes a resource. While STS does not say whose account it is, its ARN may: the account is part of every alert's identity. */
function resourceOf(target: Target, labels: Readonly<Record<string, string>>): (found: Discovered<unknown>) => Resource {
  const shown = new Map<Discovered<unknown>['resource'], Resource>()
  return ({ resource, account }) => {
    const known = shown.get(resource)
    if (known) return known
    const owner = target.accountId === undefined ? resource.id.split(':')[4] : undefined
    const complete = { ...resource, tags: { ...labels, ...resource.tags }, account: account ?? (owner || target.account), region: target.region }
    shown.set(resource, complete)
    return complete
  }
}

function coded(error: unknown, { account, region }: Target, signal: AbortSignal): TocsinError {
  const where = `${account}, ${region}`
  if (signal.aborted && !(error instanceof TocsinError)) {
    return new TocsinError('E205', 'the time of the cycle was up', { where, fix: 'raise the time a collector may take, or watch less per monitor', cause: error })
  }
  return asTocsinError(error, 'E200', { where, fix: 'see the log; other regions go on' })
}
