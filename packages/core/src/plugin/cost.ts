import type { CollectContext } from './collector.ts'

/** What is spent at a source that has a price. */
export interface Cost {
  /** Requests. */
  readonly calls: number
  /** What the source puts on its bill, in its own unit. */
  readonly billed: number
  /** US dollars. */
  readonly dollars: number
}

/** What all collectors of a monitor together are going to spend at one source. */
export interface SourceCost {
  /** Who is paid: `CloudWatch GetMetricData`. */
  readonly source: string
  /** What `billed` counts, in the plural: `metrics`. */
  readonly unit: string
  /** All planned cycles. */
  readonly total: Cost
  /** The first cycle. */
  readonly first: Cost
  /** Calls that cost nothing and were answered for the plan, by name: `ec2:DescribeInstances`. */
  readonly free: Readonly<Record<string, number>>
}

/** A limit that the configuration sets, and what it does. */
export interface CostLimit {
  /** US dollars in 30 days. */
  readonly usdPerMonth: number
  /** What 30 days would cost without it. */
  readonly unlimitedUsdPerMonth: number
  /** How many times less often the source is asked, so that the limit is kept. 1: as often as without it. */
  readonly stretch: number
}

/** What one collector is going to spend. */
export interface PlannedCost {
  /** Its part of the total. What several collectors share is split between them, so this may be a fraction. */
  readonly own: Cost
  /** Left out where the configuration sets none. */
  readonly limit?: CostLimit
  /** What is spent at the source: one object, the same for all collectors that share it. */
  readonly shared: SourceCost
}

export interface PlanContext extends CollectContext {
  /** The times of the cycles to plan, milliseconds since the epoch, ascending. The first is `now`. */
  readonly cycles: readonly number[]
}
