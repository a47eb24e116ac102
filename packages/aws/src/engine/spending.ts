import { PRICES } from '../apis.ts'
import type { Spent } from './fetch-due.ts'
import type { Owner } from './owner.ts'
import type { Due } from './pack.ts'

/** What GetMetricData has cost. */
export interface Spending {
  /** Requests, pages included. */
  readonly calls: number
  /** Requests that were sent, those that were repeated included. */
  readonly attempts: number
  /** Metrics that were asked for and are paid for: up to five statistics of one metric in one call are one. */
  readonly metrics: number
  /** US dollars by the price list of us-east-1. */
  readonly dollars: number
}

/** What one owner's part of that is. What several owners share is split, so the parts may be fractions; their sum is the whole. */
export interface OwnerSpending extends Spending {
  /** The collector's name; the second of the same name is `ec2 (2)`. */
  readonly owner: string
}

/** A query, and all who want it. */
export interface Owned extends Due {
  readonly owners: readonly Owner[]
}

/** Adds up calls, for all and for each owner. */
export interface SpendingBook {
  /** @param times how often the same was spent. Default 1. */
  add(spent: Spent<Owned>, times?: number): void
  readonly total: Spending
  /** One owner's part. */
  of(owner: Owner): Spending
  readonly owners: readonly OwnerSpending[]
}

type Counts = { -readonly [Name in Exclude<keyof Spending, 'dollars'>]: number }

export function spendingBook(): SpendingBook {
  const total: Counts = { calls: 0, attempts: 0, metrics: 0 }
  const parts = new Map<Owner, Counts>()

  const give = (owners: readonly Owner[], calls: number, attempts: number, metrics: number): void => {
    for (const owner of owners) {
      const part = parts.get(owner) ?? { calls: 0, attempts: 0, metrics: 0 }
      part.calls += calls / owners.length
      part.attempts += attempts / owners.length
      part.metrics += metrics / owners.length
      parts.set(owner, part)
    }
  }

  return {
    add({ queries, calls, attempts, billed }, times = 1) {
      total.calls += calls * times
      total.attempts += attempts * times
      const share = times / queries.length
      for (const { owners } of queries) give(owners, calls * share, attempts * share, 0)
      if (!billed) return
      for (const statistics of Map.groupBy(queries, ({ metric }) => metric).values()) {
        const metrics = Math.ceil(statistics.length / PRICES.statistics) * times
        total.metrics += metrics
        give([...new Set(statistics.flatMap(({ owners }) => owners))], 0, 0, metrics)
      }
    },
    get total() {
      return spendingOf(total)
    },
    of: (owner) => spendingOf(parts.get(owner) ?? { calls: 0, attempts: 0, metrics: 0 }),
    get owners() {
      const seen = new Map<string, number>()
      return [...parts].map(([{ name }, counts]) => {
        const times = (seen.get(name) ?? 0) + 1
        seen.set(name, times)
        return { owner: times === 1 ? name : `${name} (${times})`, ...spendingOf(counts) }
      })
    },
  }
}

function spendingOf(counts: Counts): Spending {
  return { ...counts, dollars: counts.metrics * PRICES.metricRequested }
}
