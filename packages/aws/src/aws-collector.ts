import type { CollectContext, Collector } from '@tocsin/core'
import type { MetricQuery } from './engine/metric-query.ts'
import type { Owner } from './engine/owner.ts'
import type { Target } from './target.ts'

/** The power of an AWS collector to say what it would ask for, without asking. */
export const DEMAND = Symbol('what a collector would ask of CloudWatch')

/** What one collector asks of one region in every cycle. */
export interface RegionDemand {
  readonly owner: Owner
  readonly target: Target
  readonly queries: readonly MetricQuery[]
}

/** A collector that asks CloudWatch. */
export interface AwsCollector {
  /** Discovers as a cycle does, which costs nothing. What cannot be read is told to `context.fail`, as in a cycle. */
  [DEMAND](wanted: ReadonlySet<string>, context: CollectContext): Promise<readonly RegionDemand[]>
}

export function isAwsCollector(collector: Collector): collector is Collector & AwsCollector {
  return DEMAND in collector
}
