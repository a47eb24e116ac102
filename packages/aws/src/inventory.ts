import type { Services, TocsinError } from '@tocsin/core'
import type { Discovered } from './catalogue.ts'
import type { DiscoverContext } from './discover-context.ts'
import { listMetrics } from './listed-metrics.ts'
import { createStaleCache } from './stale-cache.ts'
import type { Target } from './target.ts'

/** How a collector finds its resources. */
export interface Discovery<Options, Facts> {
  /** Seconds. */
  readonly ttl: number
  readonly locate?: ((home: Target, context: DiscoverContext<Options>) => Promise<readonly string[]>) | undefined
  readonly discover: (target: Target, context: DiscoverContext<Options>) => Promise<readonly Discovered<Facts>[]>
}

/** The cycle in which something is looked for. */
export interface DiscoverCycle<Options> extends Services {
  readonly options: Options
  readonly wanted: ReadonlySet<string>
  readonly signal: AbortSignal
}

/** What discovery found in one region. */
export interface Found<Facts> {
  readonly resources: readonly Discovered<Facts>[]
  /** What discovery could not read while the rest counts, and why it could not be repeated for too long. */
  readonly problems: readonly unknown[]
  /** Whether nobody was given it before. */
  readonly fresh: boolean
}

/** The resources of a collector by region, looked for again every `ttl` seconds. */
export interface Inventory<Options, Facts> {
  /** Rejects as `discover` does, when nothing is known yet. */
  find(target: Target, cycle: DiscoverCycle<Options>): Promise<Found<Facts>>
  /** The regions of an account, where the collector can tell them. Rejects as `locate` does, when nothing is known yet. */
  readonly locate: ((home: Target, cycle: DiscoverCycle<Options>) => Promise<readonly string[]>) | undefined
  close(): void
}

export function createInventory<Options, Facts>({ ttl, discover, locate }: Discovery<Options, Facts>): Inventory<Options, Facts> {
  const resources = createStaleCache<Omit<Found<Facts>, 'fresh'>>(ttl)
  const regions = createStaleCache<readonly string[]>(ttl)

  return {
    async find(target, cycle) {
      const load = async (signal: AbortSignal): Promise<Omit<Found<Facts>, 'fresh'>> => {
        const problems: TocsinError[] = []
        return { resources: await discover(target, contextOf(target, cycle, signal, (error) => void problems.push(error))), problems }
      }
      const { value, fresh, error } = await resources.get(keyOf(target, cycle), load, cycle)
      return { resources: value.resources, fresh, problems: error === undefined ? value.problems : [...value.problems, error] }
    },
    locate:
      locate &&
      (async (home, cycle) => {
        const { value, error } = await regions.get(keyOf(home, cycle), (signal) => locate(home, contextOf(home, cycle, signal, reject)), cycle)
        if (error !== undefined) throw error
        return value
      }),
    close() {
      resources.close()
      regions.close()
    },
  }
}

/** What discovery finds may depend on what is wanted. */
function keyOf<Options>({ key }: Target, { wanted }: DiscoverCycle<Options>): string {
  return `${key}|${[...wanted].sort().join(',')}`
}

function contextOf<Options>(target: Target, cycle: DiscoverCycle<Options>, signal: AbortSignal, fail: DiscoverContext<Options>['fail']): DiscoverContext<Options> {
  return { ...cycle, signal, fail, listMetrics: (query) => listMetrics(target, query, cycle, signal) }
}

/** A list of regions with some missing would look like regions that are gone. */
function reject(error: TocsinError): never {
  throw error
}
