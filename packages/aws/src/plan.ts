import { type Cost, type PlanContext, type PlannedCost, type SharedKey, silentLogger, type SourceCost } from '@tocsin/core'
import { CALLS_ANSWERED } from './calls-answered.ts'
import { type Budget, createBudget } from './engine/budget.ts'
import type { Spent } from './engine/fetch-due.ts'
import type { MetricQuery } from './engine/metric-query.ts'
import type { Owner } from './engine/owner.ts'
import { pack } from './engine/pack.ts'
import { dueWindow, isDue, polled, type SeriesMemory } from './engine/series-memory.ts'
import { type Owned, type Spending, spendingBook, type SpendingBook } from './engine/spending.ts'
import { createSubscriptions } from './engine/subscriptions.ts'
import type { Target } from './target.ts'

/** What one collector asks of one region in every cycle. */
export interface RegionDemand {
  readonly owner: Owner
  readonly target: Target
  readonly queries: readonly MetricQuery[]
}

/** The plan of all collectors together: they share calls and metrics. */
interface Planning {
  readonly demands: Promise<readonly RegionDemand[]>[]
  planned: Promise<Planned> | undefined
}

interface Planned {
  readonly shared: SourceCost
  readonly book: SpendingBook
  readonly budget: Budget
}

const PLANNING: SharedKey<Planning> = { name: 'cloudwatch plan', create: () => ({ demands: [], planned: undefined }) }

/** One collector's part of the plan of all. Call it before the first `await`: it waits for the demands of all that have called it. */
export async function planWithOthers(owner: Owner, demands: Promise<readonly RegionDemand[]>, context: PlanContext): Promise<PlannedCost> {
  const planning = context.shared(PLANNING)
  planning.demands.push(demands)
  await demands
  planning.planned ??= Promise.all(planning.demands).then((all) => planAll(all.flat(), context))
  const { shared, book, budget } = await planning.planned
  const own = costOf(book.of(owner))
  if (owner.maxUsdPerMonth === undefined) return { own, shared }
  const { dollars, factor } = budget.standing(owner) ?? { dollars: 0, factor: 1 }
  return { own, shared, limit: { usdPerMonth: owner.maxUsdPerMonth, unlimitedUsdPerMonth: dollars, stretch: factor } }
}

/** Runs the engine's own timing and packing over the cycles to come. */
function planAll(demands: readonly RegionDemand[], { cycles, interval, shared }: PlanContext): Planned {
  const budget = createBudget(silentLogger)
  const subscriptions = createSubscriptions(budget)
  const subscribe = (at: number): Map<string, Set<SeriesMemory>> => {
    const series = new Map<string, Set<SeriesMemory>>()
    for (const { owner, target, queries } of demands) {
      const found = series.get(target.key) ?? new Set()
      for (const one of subscriptions.subscribe({ owner, place: target.key, queries, interval }, at)) found.add(one)
      series.set(target.key, found)
    }
    return series
  }

  const [first, book] = [spendingBook(), spendingBook()]
  const [now = 0, ...later] = cycles
  for (const series of subscribe(now).values()) {
    for (const spent of pollAll([...series], now)) {
      first.add(spent)
      book.add(spent)
    }
  }
  // Who shares what with whom is known from the second cycle on; budgets settle with it.
  if (later[0] !== undefined) for (const series of subscribe(later[0]).values()) lookAhead([...series], later, book)
  const calls = Object.fromEntries(shared(CALLS_ANSWERED))
  return { shared: { source: 'CloudWatch GetMetricData', unit: 'metrics', total: costOf(book.total), first: costOf(first.total), free: calls }, book, budget }
}

function costOf({ calls, metrics, dollars }: Spending): Cost {
  return { calls, billed: metrics, dollars }
}

/** One poll of series that are all due, as it will go when nothing fails. */
function pollAll(series: readonly SeriesMemory[], now: number): Spent<Owned>[] {
  const due = series.map((one) => ({ metric: one.metric, query: one.query, window: dueWindow(one, now, Infinity), owners: one.demands.map(({ owner }) => owner) }))
  const calls = pack(due, now)
  due.forEach(({ window }, index) => {
    const one = series[index]
    if (one) polled(one, window.end, now)
  })
  return calls.map(({ queries }) => ({ queries, calls: 1, attempts: 1, billed: true }))
}

/** Polls one series of each kind through all cycles; where the same kinds are due with the same windows, the calls are the same too. */
function lookAhead(series: readonly SeriesMemory[], cycles: readonly number[], book: SpendingBook): void {
  const kinds = [...Map.groupBy(series, ({ query: { period, settle, lookBack, every }, slot, completeUntil }) => JSON.stringify([period, settle, lookBack, every, slot, completeUntil])).values()].flatMap((members) => {
    const [sample] = members
    return sample ? [{ members, sample: { ...sample } }] : []
  })
  const polls = new Map<string, { readonly calls: readonly Spent<Owned>[]; times: number }>()
  for (const now of cycles) {
    const due = kinds.filter(({ sample }) => isDue(sample, now))
    if (due.length === 0) continue
    const windows = due.map(({ sample }) => dueWindow(sample, now, Infinity))
    const id = JSON.stringify(due.map((kind, index) => [kinds.indexOf(kind), (windows[index]?.start ?? 0) - now, (windows[index]?.end ?? 0) - now]))
    const known = polls.get(id)
    if (known) known.times++
    else polls.set(id, { calls: pollAll(due.flatMap(({ members, sample }) => members.map((one) => ({ ...one, completeUntil: sample.completeUntil }))), now), times: 1 })
    due.forEach(({ sample }, index) => polled(sample, windows[index]?.end, now))
  }
  for (const { calls, times } of polls.values()) for (const spent of calls) book.add(spent, times)
}
