import { type CollectContext, type CollectorPast, type CollectorPastPart, type PastRange } from '@tocsin/core'
import { type Engine, sharedEngine } from './engine/engine.ts'
import type { Outcome } from './engine/fetch-due.ts'
import { metricKey, type MetricPoints } from './engine/metric-query.ts'
import type { Owner } from './engine/owner.ts'
import { pack, type PackedCall } from './engine/pack.ts'
import { toPoints } from './engine/points.ts'
import { type Owned, spendingBook } from './engine/spending.ts'
import { floorTo, type Tier, tiersOf, type Window } from './engine/window.ts'
import { failing, findSeries, type Reading } from './read-region.ts'
import type { SeriesRequest } from './request-series.ts'
import type { Target } from './target.ts'

/** So many calls are under way at once; each may bring a hundred thousand points. */
const AT_ONCE = 4

/** A stretch of one series: all of its points in one answer for each query. */
interface Stretch<Name extends string> {
  readonly request: SeriesRequest<Name>
  readonly window: Window
  readonly due: readonly Owned[]
}

/** What there is to read in one region. */
interface RegionPast<Name extends string> {
  readonly target: Target
  readonly series: number
  readonly stretches: readonly Stretch<Name>[]
  readonly calls: readonly PackedCall<Owned>[]
  readonly fail: (error: unknown) => void
}

/**
 * What CloudWatch still keeps of some regions. A metric is paid for once however long the stretch is, so all of its points come in one call, at the
 * shortest period that is kept: a series has a part for each period.
 */
export async function pastOf<Options, Name extends string, Facts>(regions: readonly Reading<Options, Name, Facts>[], range: PastRange, owner: Owner, context: CollectContext): Promise<CollectorPast<Name>> {
  const pasts = await Promise.all(regions.map((region) => regionPast(region, range, owner, context.now)))
  const book = spendingBook()
  for (const { calls } of pasts) for (const { queries } of calls) book.add({ queries, calls: 1, attempts: 1, billed: true })
  const { calls, dollars } = book.total
  return {
    series: pasts.reduce((sum, { series }) => sum + series, 0),
    calls,
    dollars,
    async *read(onProgress) {
      let done = 0
      const engine = sharedEngine(context)
      for (const past of pasts) yield* readPast(past, engine, context, (count) => onProgress((done += count) / Math.max(1, calls)))
    },
  }
}

async function regionPast<Options, Name extends string, Facts>(region: Reading<Options, Name, Facts>, { from, until }: PastRange, owner: Owner, now: number): Promise<RegionPast<Name>> {
  const fail = failing(region)
  try {
    const tiers = await Promise.all(
      tiersOf({ start: from, end: Math.min(until, now) }, now).map(async (tier) => ({ tier, requests: (await findSeries(region, fail, tier.leastPeriod)).requests })),
    )
    const bySeries = Map.groupBy(tiers.flatMap(({ tier, requests }) => requests.map((request): TierRequest<Name> => ({ tier, request }))), ({ request }) => identityOf(request))
    const stretches = [...bySeries.values()].flatMap((one) => stretchesOf(one, owner, now))
    const due = stretches.flatMap((stretch) => stretch.due)
    // Each period by itself: beside a longer one a call would begin earlier, beyond what is kept.
    const calls = [...Map.groupBy(due, ({ query }) => query.period).values()].flatMap((same) => pack(same, now))
    return { target: region.target, series: bySeries.size, stretches, calls, fail }
  } catch (error) {
    fail(error)
    return { target: region.target, series: 0, stretches: [], calls: [], fail }
  }
}

interface TierRequest<Name extends string> {
  readonly tier: Tier
  readonly request: SeriesRequest<Name>
}

/** The stretches of one series, oldest first: tiers that give the same periods are one. */
function stretchesOf<Name extends string>(tiers: readonly TierRequest<Name>[], owner: Owner, now: number): Stretch<Name>[] {
  const merged: TierRequest<Name>[] = []
  for (const next of tiers) {
    const last = merged.at(-1)
    if (last !== undefined && periodsOf(last) === periodsOf(next)) merged[merged.length - 1] = { request: next.request, tier: { ...next.tier, start: last.tier.start } }
    else merged.push(next)
  }
  return merged.flatMap(({ tier, request }) => {
    const period = Math.max(...request.queries.map((query) => query.period)) * 1_000
    const settle = Math.max(...request.queries.map((query) => query.settle)) * 1_000
    const window = { start: Math.ceil(tier.start / period) * period, end: floorTo(Math.min(tier.end, now - settle), period) }
    if (window.start >= window.end) return []
    return [{ request, window, due: request.queries.map((query) => ({ metric: metricKey(query), query, window, owners: [owner] })) }]
  })
}

function identityOf(request: SeriesRequest<string>): string {
  const { metric, resource, labels } = request.read([])
  return JSON.stringify([metric, resource.id, labels])
}

const periodsOf = ({ request }: TierRequest<string>): string => request.queries.map(({ period }) => period).join()

/** Some calls at a time. What their answers complete is given at once, so that memory holds no more than they bring. */
async function* readPast<Name extends string>({ target, stretches, calls, fail }: RegionPast<Name>, engine: Engine, context: CollectContext, onCalls: (count: number) => void): AsyncGenerator<CollectorPastPart<Name>> {
  const stretchOf = new Map(stretches.flatMap((stretch) => stretch.due.map((due) => [due, stretch] as const)))
  const answers = new Map<Owned, MetricPoints>()
  for (let start = 0; start < calls.length; start += AT_ONCE) {
    const now = calls.slice(start, start + AT_ONCE)
    const outcomes = await Promise.all(now.map(({ queries }) => engine.fetch(target, queries, context)))
    context.signal.throwIfAborted()
    for (const [due, outcome] of outcomes.flatMap((one) => [...one])) answers.set(due, pointsOf(due, outcome))
    onCalls(now.length)
    for (const stretch of new Set(now.flatMap(({ queries }) => queries.flatMap((due) => stretchOf.get(due) ?? [])))) {
      const found = stretch.due.flatMap((due) => answers.get(due) ?? [])
      if (found.length < stretch.due.length) continue
      for (const due of stretch.due) answers.delete(due)
      const errors = found.flatMap(({ error }) => error ?? [])
      errors.forEach(fail)
      if (errors.length === 0) yield { series: stretch.request.read(found), from: stretch.window.start, until: stretch.window.end }
    }
  }
}

function pointsOf({ window, query }: Owned, outcome: Outcome): MetricPoints {
  if ('error' in outcome) return { timestamps: new Float64Array(), values: new Float64Array(), settledUntil: 0, status: 'error', error: outcome.error }
  return { ...toPoints(outcome.answer, window, query.period * 1_000), settledUntil: window.end, status: outcome.answer.status === 'Complete' ? 'complete' : 'partial' }
}
