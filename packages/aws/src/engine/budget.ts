import type { Logger } from '@tocsin/core'
import { MONTH, PRICES } from '../apis.ts'
import { everyOf } from './demand.ts'
import { metricKey, type MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'

/** What an owner asks of one place in one cycle. */
export interface Ask {
  readonly place: string
  readonly queries: readonly MetricQuery[]
  /** Seconds between two cycles, each of which polls what is due. */
  readonly interval: number
}

/** Holds owners to their `maxUsdPerMonth`: what would cost more is polled less often, and that is said. Nothing is ever left out. */
export interface Budget {
  /**
   * The queries as the owner can pay for them: each with a longer time between polls, where the budget asks for that.
   *
   * @param sharers how many owners share the query at an index, this one included.
   */
  afford(owner: Owner, ask: Ask, sharers: (index: number) => number): readonly MetricQuery[]
}

interface Account {
  /** Dollars a month by place, if nothing were stretched. */
  readonly costs: Map<string, number>
  /** The last factor that was told. */
  told: number
}

/** A fleet that grows a little is not worth another warning. */
const WORTH_TELLING = 1.1

export function createBudget(logger: Logger): Budget {
  const accounts = new Map<Owner, Account>()

  const tell = (owner: Owner, account: Account, dollars: number, factor: number): void => {
    if (factor <= account.told * WORTH_TELLING && factor >= account.told / WORTH_TELLING) return
    account.told = factor
    if (factor === 1) return
    logger.warn(
      { collector: owner.name, dollars, maxUsdPerMonth: owner.maxUsdPerMonth },
      `${owner.name} would cost $${dollars.toFixed(2)} a month, more than its maxUsdPerMonth of $${owner.maxUsdPerMonth}: its metrics are polled ${factor.toFixed(1)} times less often`,
    )
  }

  return {
    afford(owner, ask, sharers) {
      const { maxUsdPerMonth } = owner
      if (maxUsdPerMonth === undefined) return ask.queries
      const account = accounts.get(owner) ?? { costs: new Map<string, number>(), told: 1 }
      accounts.set(owner, account)
      account.costs.set(ask.place, monthlyCost(ask, sharers))
      const dollars = [...account.costs.values()].reduce((sum, cost) => sum + cost, 0)
      const factor = Math.max(1, dollars / maxUsdPerMonth)
      tell(owner, account, dollars, factor)
      return factor === 1 ? ask.queries : ask.queries.map((query) => stretched(query, ask.interval, factor))
    },
  }
}

/** What the queries cost in a month. Statistics of one metric with the same time between polls share its price. */
function monthlyCost({ queries, interval }: Ask, sharers: (index: number) => number): number {
  const metrics = new Map<string, { readonly stats: Set<string>; readonly polls: number; readonly sharers: number }>()
  queries.forEach((query, index) => {
    const every = Math.max(everyOf(query), interval)
    const key = `${every} ${metricKey(query)}`
    const known = metrics.get(key)
    if (known) known.stats.add(query.stat)
    else metrics.set(key, { stats: new Set([query.stat]), polls: MONTH / every, sharers: sharers(index) })
  })
  return [...metrics.values()].reduce((sum, { stats, polls, sharers: count }) => sum + (Math.ceil(stats.size / PRICES.statistics) * polls * PRICES.metricRequested) / count, 0)
}

/** Polled so much less often, in whole periods. A poll reaches back to the last one, so no point is lost by it. */
function stretched(query: MetricQuery, interval: number, factor: number): MetricQuery {
  return { ...query, every: Math.ceil((Math.max(everyOf(query), interval) * factor) / query.period) * query.period }
}
