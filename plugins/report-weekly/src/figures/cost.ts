import { type HistorySeries, type Past, USAGE_TYPE } from '@tocsin/core'
import type { CostFigures } from '../figures.ts'

const MONTH = 30 * 86_400_000

/** What the monitor's own calls cost in a period, or `undefined` where nothing was kept of it. */
export async function costIn(history: NonNullable<Past['history']>, known: readonly HistorySeries[], { from, until }: { readonly from: number; readonly until: number }): Promise<CostFigures | undefined> {
  const usage = known.filter(({ resource, firstAt }) => resource.type === USAGE_TYPE && firstAt < until)
  const metrics = new Map(usage.map(({ id, metric }) => [id, metric]))
  const rolled = await history.rollups({ series: [...metrics.keys()], from, until, step: 'all' })
  const sums = new Map<string, number>()
  for (const { series, rollups } of rolled) {
    const [rollup] = rollups
    if (rollup === undefined || rollup.count === 0) continue
    const metric = metrics.get(series) ?? ''
    sums.set(metric, (sums.get(metric) ?? 0) + rollup.mean * rollup.count)
  }
  const dollars = sums.get('dollars')
  if (dollars === undefined) return undefined
  const begun = Math.max(from, Math.min(...usage.map(({ firstAt }) => firstAt)))
  return { calls: Math.round(sums.get('calls') ?? 0), billedMetrics: Math.round(sums.get('billed') ?? 0), usd: dollars, usdPerMonth: (dollars / (until - begun)) * MONTH }
}
