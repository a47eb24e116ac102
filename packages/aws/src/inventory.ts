import type { Services, TocsinError } from '@tocsin/core'
import { z } from 'zod'
import type { Discovered } from './catalogue.ts'
import type { DiscoverContext } from './discover-context.ts'
import { fileOf, type Kept } from './disk-store.ts'
import { listMetrics } from './listed-metrics.ts'
import { createStaleCache } from './stale-cache.ts'
import type { Target } from './target.ts'

/** How a collector finds its resources. */
export interface Discovery<Options, Facts> {
  readonly name: string
  /** Seconds. */
  readonly ttl: number
  readonly locate?: ((home: Target, context: DiscoverContext<Options>) => Promise<readonly string[]>) | undefined
  readonly discover: (target: Target, context: DiscoverContext<Options>) => Promise<readonly Discovered<Facts>[]>
  /** What facts must be when they are read from disk. Without it nothing is kept there. */
  readonly facts?: z.ZodType<Facts> | undefined
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

/** The regions of an account. */
export interface Located {
  readonly regions: readonly string[]
  /** Why they could not be located again for too long. */
  readonly problem: unknown
}

/** The resources of a collector by region, looked for again every `ttl` seconds. */
export interface Inventory<Options, Facts> {
  /** Rejects as `discover` does, when nothing is known yet. */
  find(target: Target, cycle: DiscoverCycle<Options>): Promise<Found<Facts>>
  /** The regions of an account, where the collector can tell them. Rejects as `locate` does, when nothing is known yet. */
  readonly locate: ((home: Target, cycle: DiscoverCycle<Options>) => Promise<Located>) | undefined
  close(): void
}

/** @param folder where resources outlive the process. Default: nowhere. */
export function createInventory<Options, Facts>({ name, ttl, discover, locate, facts }: Discovery<Options, Facts>, folder: string | undefined): Inventory<Options, Facts> {
  const resources = createStaleCache<Omit<Found<Facts>, 'fresh'>>(ttl)
  const regions = createStaleCache<readonly string[]>(ttl)

  const kept = <T>(what: string, { account, accountId, region }: Target, { options, wanted, logger }: DiscoverCycle<Options>, schema: z.ZodType<T> | undefined): Kept<T> | undefined =>
    folder === undefined || schema === undefined ? undefined : fileOf(folder, [what, name, accountId ?? account, region, options, [...wanted].sort()], schema, logger)
  const schema = facts && z.array(z.object({ resource, account: z.string().optional(), dimensions: z.record(z.string(), z.string()), facts }))

  return {
    async find(target, cycle) {
      const load = async (signal: AbortSignal): Promise<Omit<Found<Facts>, 'fresh'>> => {
        const problems: TocsinError[] = []
        return { resources: await discover(target, contextOf(target, cycle, signal, (error) => void problems.push(error))), problems }
      }
      const file = kept('resources', target, cycle, schema)
      const { value, fresh, error } = await resources.get(keyOf(target, cycle), load, cycle, file && wholeOnly(file))
      return { resources: value.resources, fresh, problems: error === undefined ? value.problems : [...value.problems, error] }
    },
    locate:
      locate &&
      (async (home, cycle) => {
        const { value, error } = await regions.get(keyOf(home, cycle), (signal) => locate(home, contextOf(home, cycle, signal, reject)), cycle, kept('regions', home, cycle, z.array(z.string())))
        return { regions: value, problem: error }
      }),
    close() {
      resources.close()
      regions.close()
    },
  }
}

const resource = z.object({ id: z.string(), type: z.string(), name: z.string(), tags: z.record(z.string(), z.string()) })

/** Keeps what was found as a whole. Of what had problems the problems would be forgotten. */
function wholeOnly<Facts>(file: Kept<readonly Discovered<Facts>[]>): Kept<Omit<Found<Facts>, 'fresh'>> {
  return {
    async read() {
      const known = await file.read()
      return known && { value: { resources: known.value, problems: [] }, loadedAt: known.loadedAt }
    },
    write: async ({ resources, problems }, loadedAt) => (problems.length === 0 ? file.write(resources, loadedAt) : undefined),
  }
}

/** What discovery finds may depend on what is wanted. */
function keyOf<Options>({ key }: Target, { wanted }: DiscoverCycle<Options>): string {
  return `${key}|${[...wanted].sort().join(',')}`
}

function contextOf<Options>(target: Target, cycle: DiscoverCycle<Options>, signal: AbortSignal, fail: DiscoverContext<Options>['fail']): DiscoverContext<Options> {
  const context = { ...cycle, signal, fail }
  return { ...context, listMetrics: (query) => listMetrics(target, query, context) }
}

/** A list of regions with some missing would look like regions that are gone. */
function reject(error: TocsinError): never {
  throw error
}
