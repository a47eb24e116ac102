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
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Holds owners to their `maxUsdPerMonth`: what would cost more is polled less often, and that is said. Nothing is ever left out. */
export interface Budget {
  /**
   * The queries as the owner can pay for them: each with a longer time between polls, where the budget asks for that.
   *
   * @param sharers how many owners share the query at an index, this one included.
   */
  afford(owner: Owner, ask: Ask, sharers: (index: number) => number): readonly MetricQuery[]
  /** How the owner stands with its budget. Undefined: it has none, or has not asked yet. */
  standing(owner: Owner): Standing | undefined
}

export interface Standing {
  /** What a month would cost if nothing were stretched. */
  readonly dollars: number
  /** How many times less often metrics are polled; 1 where the budget lasts. */
  readonly factor: number
}

interface Account {
  /** Dollars a month by place, if nothing were stretched, and when that was asked for last. */
  readonly costs: Map<string, { readonly dollars: number; readonly askedAt: number }>
  /** The last factor that was told. */
  told: number
}

/** A fleet that grows a little is not worth another warning. */
const WORTH_TELLING = 1.1

/** Milliseconds beyond a cycle after which a place that is not asked for costs nothing any more: its resources are gone. */
const GONE_AFTER = 3_600_000

export function createBudget(logger: Logger): Budget {
  const accounts = new WeakMap<Owner, Account>()

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
      const account: Account = accounts.get(owner) ?? { costs: new Map(), told: 1 }
      accounts.set(owner, account)
      const { costs } = account
      costs.set(ask.place, { dollars: monthlyCost(ask, sharers), askedAt: ask.now })
      for (const [place, { askedAt }] of costs) if (ask.now - askedAt > GONE_AFTER + ask.interval * 1_000) costs.delete(place)
      const { dollars, factor } = standingOf(account, maxUsdPerMonth)
      tell(owner, account, dollars, factor)
      return factor === 1 ? ask.queries : ask.queries.map((query) => stretched(query, ask.interval, factor))
    },
    standing(owner) {
      const account = accounts.get(owner)
      return account && owner.maxUsdPerMonth !== undefined ? standingOf(account, owner.maxUsdPerMonth) : undefined
    },
  }
}

function standingOf({ costs }: Account, maxUsdPerMonth: number): Standing {
  const dollars = [...costs.values()].reduce((sum, cost) => sum + cost.dollars, 0)
  return { dollars, factor: Math.max(1, dollars / maxUsdPerMonth) }
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

/** A budget that is just enough must not cost a whole period more because dollars are added up in binary fractions. */
const ROUNDING = 1e-9

/** Polled so much less often, in whole periods. A poll reaches back to the last one, so no point is lost by it. */
function stretched(query: MetricQuery, interval: number, factor: number): MetricQuery {
  return { ...query, every: Math.ceil((Math.max(everyOf(query), interval) * factor) / query.period - ROUNDING) * query.period }
}
