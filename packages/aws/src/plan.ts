import { asTocsinError, type CollectContext, type Services, type TocsinError, type Watch } from '@tocsin/core'
import { MONTH } from './apis.ts'
import { DEMAND, isAwsCollector, type RegionDemand } from './aws-collector.ts'
import { createBudget } from './engine/budget.ts'
import type { Spent } from './engine/fetch-due.ts'
import { pack } from './engine/pack.ts'
import { dueWindow, isDue, polled, type SeriesMemory } from './engine/series-memory.ts'
import { type Owned, type OwnerSpending, type Spending, spendingBook, type SpendingBook } from './engine/spending.ts'
import { createSubscriptions } from './engine/subscriptions.ts'
import type { Target } from './target.ts'

/** What a monitor is going to ask of CloudWatch, and what that costs. */
export interface CloudWatchPlan {
  /** The time that the figures are for, milliseconds. */
  readonly over: number
  /** All collectors together. GetMetricData alone: discovery by Describe calls is free, and a million ListMetrics a month are. */
  readonly total: Spending
  /** The first cycle, in which everything is due. */
  readonly first: Spending
  /** Each collector's part of the total. */
  readonly owners: readonly OwnerSpending[]
  /** Regions, with the series and the different metrics that are read in each. */
  readonly regions: readonly PlannedRegion[]
  /** What could not be discovered, and is missing in the figures. */
  readonly failures: readonly TocsinError[]
}

export interface PlannedRegion {
  readonly account: string
  readonly region: string
  /** Statistics of metrics. */
  readonly series: number
  readonly metrics: number
}

export interface PlanOptions {
  /** Milliseconds between two cycles. */
  readonly interval: number
  /** Milliseconds to look ahead. Default: 30 days. */
  readonly over?: number
  readonly signal: AbortSignal
}

/**
 * Says what the watches of a monitor would cost, before the first call of GetMetricData. It discovers as a cycle does, then runs the
 * engine's own timing and packing over the time to come. The figures are exact as long as resources stay as they are, every call
 * succeeds at once, and all collectors run side by side.
 */
export async function planCloudWatch(watches: readonly Watch[], services: Services, { interval, over = MONTH * 1_000, signal }: PlanOptions): Promise<CloudWatchPlan> {
  const failures: TocsinError[] = []
  const now = services.clock.now()
  const context = { ...services, signal, now, interval, fail: (error: TocsinError) => void failures.push(error) }
  const demands = (await Promise.all(watches.map((watch) => demandsOf(watch, context)))).flat()
  const subscriptions = createSubscriptions(createBudget(services.logger))
  const subscribe = (at: number): Map<string, Set<SeriesMemory>> => {
    const series = new Map<string, Set<SeriesMemory>>()
    for (const { owner, target, queries } of demands) {
      const found = series.get(target.key) ?? new Set()
      for (const one of subscriptions.subscribe({ owner, place: target.key, queries, interval }, at)) found.add(one)
      series.set(target.key, found)
    }
    return series
  }

  const [first, total] = [spendingBook(), spendingBook()]
  for (const series of subscribe(now).values()) {
    for (const spent of pollAll([...series], now)) {
      first.add(spent)
      total.add(spent)
    }
  }
  // Who shares what with whom is known from the second cycle on; budgets settle with it.
  const all = subscribe(now + interval)
  for (const series of all.values()) lookAhead([...series], { from: now + interval, until: now + over, interval }, total)
  return { over, total: total.total, first: first.total, owners: total.owners, regions: regionsOf(demands.map(({ target }) => target), all), failures }
}

async function demandsOf(watch: Watch, context: CollectContext): Promise<readonly RegionDemand[]> {
  const collector = watch.open()
  try {
    return isAwsCollector(collector) ? await collector[DEMAND](new Set(watch.rules.map(({ metric }) => metric.name)), context) : []
  } catch (error) {
    context.fail(asTocsinError(error, 'E200', { where: watch.collector, fix: 'see the log' }))
    return []
  } finally {
    await collector.close?.()
  }
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
function lookAhead(series: readonly SeriesMemory[], { from, until, interval }: { readonly from: number; readonly until: number; readonly interval: number }, book: SpendingBook): void {
  const kinds = [...Map.groupBy(series, ({ query: { period, settle, lookBack, every }, slot, completeUntil }) => JSON.stringify([period, settle, lookBack, every, slot, completeUntil])).values()].flatMap((members) => {
    const [sample] = members
    return sample ? [{ members, sample: { ...sample } }] : []
  })
  const polls = new Map<string, { readonly calls: readonly Spent<Owned>[]; times: number }>()
  for (let now = from; now < until; now += interval) {
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

function regionsOf(targets: readonly Target[], all: ReadonlyMap<string, ReadonlySet<SeriesMemory>>): PlannedRegion[] {
  const unique = new Map(targets.map((target) => [target.key, target]))
  return [...unique.values()].map(({ account, region, key }) => {
    const series = [...(all.get(key) ?? [])]
    return { account, region, series: series.length, metrics: new Set(series.map(({ metric }) => metric)).size }
  })
}
