import { type CollectContext, type Collector, TocsinError } from '@tocsin/core'
import { asCompleted } from './as-completed.ts'
import type { AwsOptions } from './aws-options.ts'
import type { AwsMetric } from './catalogue.ts'
import { pastOf } from './aws-past.ts'
import { credentialDiagnoses, emptyRegionDiagnoses } from './diagnose.ts'
import { type Engine, sharedEngine } from './engine/engine.ts'
import type { Owner } from './engine/owner.ts'
import { createInventory, type Discovery } from './inventory.ts'
import { planWithOthers, type RegionDemand } from './plan.ts'
import { demandOf, readRegion, type RegionCount, type RegionRead, scopeOf } from './read-region.ts'
import { targetsOf } from './targets.ts'

/** The collector of one watch: it keeps what it discovered, and shares sessions and the query engine with all others. */
export function createAwsCollector<Options extends AwsOptions, Name extends string, Facts>(
  spec: Discovery<Options, Facts> & { readonly resources: string; readonly spansAccounts?: (options: Options) => boolean },
  options: Options,
  catalogue: Readonly<Record<Name, AwsMetric<Facts>>>,
): Collector<Name> {
  const inventory = createInventory(spec, options.cache ?? (process.env['TOCSIN_CACHE_DIR'] || undefined))
  const owner: Owner = { name: spec.name, maxUsdPerMonth: options.maxUsdPerMonth }
  let engine: Engine | undefined

  /** What a failure covers may belong to other accounts than the one that was asked. */
  const covering = <Context extends CollectContext>(context: Context): Context =>
    spec.spansAccounts?.(options) ? { ...context, fail: (error, { region, metrics } = {}) => context.fail(error, { ...(region && { region }), ...(metrics && { metrics }) }) } : context

  /** Every region of the cycle, as it is to be read. */
  const regionsOf = async (wanted: ReadonlySet<Name>, context: CollectContext): Promise<Omit<RegionRead<Options, Name, Facts>, 'seat'>[]> => {
    const cycle = { ...context, options, wanted }
    const targets = await targetsOf(cycle, inventory)
    return targets.map(({ target, labels }) => ({ target, labels, catalogue, wanted, cycle, inventory }))
  }

  const demandsOf = async (wanted: ReadonlySet<Name>, context: CollectContext): Promise<RegionDemand[]> => {
    const regions = await regionsOf(wanted, context)
    const found = await Promise.all(regions.map(demandOf))
    reportEmpty(spec.resources, found.flatMap(({ count }) => count ?? []), context)
    return regions.map(({ target }, index) => ({ owner, target, queries: found[index]?.queries ?? [] }))
  }

  return {
    async *collect(wanted, cycle) {
      const context = covering(cycle)
      // Before the first await: the calls of all collectors of the cycle wait for this seat.
      engine = sharedEngine(context)
      const seat = engine.join({ ...context, owner })
      try {
        const regions = await regionsOf(wanted, context)
        seat.expect(regions.map(({ target }) => target))
        const counts: RegionCount[] = []
        for await (const { series, count } of asCompleted(regions.map((region) => readRegion({ ...region, seat })))) {
          if (count) counts.push(count)
          yield* series
        }
        reportEmpty(spec.resources, counts, context)
      } finally {
        seat.leave()
      }
    },
    async diagnose(wanted, context) {
      const cycle = { ...context, options, wanted }
      // What keeps the targets from being told is told by the cycle itself.
      const targets = await targetsOf({ ...cycle, fail: () => {} }, inventory)
      const credentials = await credentialDiagnoses(targets, context)
      const refused = credentials.some(({ found }) => typeof found !== 'string')
      return refused || spec.locate !== undefined ? credentials : [...credentials, ...(await emptyRegionDiagnoses(spec.resources, targets, inventory, cycle))]
    },
    // Not async: all collectors of the plan must be known before the first of them goes on.
    plan: (wanted, context) => planWithOthers(owner, demandsOf(wanted, covering(context)), context),
    history: async (wanted, range, context) => pastOf(await regionsOf(wanted, covering(context)), range, owner, covering(context)),
    usage() {
      const { calls, metrics, dollars } = engine?.spentBy(owner) ?? { calls: 0, metrics: 0, dollars: 0 }
      return { calls, billed: metrics, dollars }
    },
    close: async () => inventory.close(),
  }
}

/**
 * Tells of regions where nothing was found, in the cycle that looked. It holds no alerts and wakes nobody (E203): a fleet that was
 * scaled to zero is no failure, a region that was mistyped is worth a word.
 */
function reportEmpty(resources: string, counts: readonly RegionCount[], { fail }: CollectContext): void {
  const others = counts.filter((count) => count.resources > 0).map((count) => `${count.resources} are in ${count.target.region}`)
  const fix = others.length > 0 ? `${others.slice(0, 3).join(', ')}; change regions?` : 'check regions, filters and the account'
  for (const count of counts) {
    if (count.resources > 0 || !count.fresh) continue
    fail(new TocsinError('E203', `no ${resources}`, { where: `${count.target.account}, ${count.target.region}`, fix }), scopeOf(count.target))
  }
}
