import type { Monitor } from '../config/monitor.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import type { HistoryPoints, HistorySeries, HistoryStore } from '../model/history.ts'
import { ruleOfSeries } from '../plugin/rule-of-series.ts'
import type { PastSeries, PastSource } from './past-window.ts'

/** What a backtest asks of a store's history. */
export type PastHistory = Pick<HistoryStore, 'series' | 'points'>

export interface StorePastOptions {
  /** Milliseconds since the epoch, half-open. */
  readonly from: number
  readonly until: number
}

const DAY = 86_400_000
const NONE = new Float64Array()

/** What a store kept of what a monitor saw, as a past that begins with its first point. What no rule of the monitor judges is left out. */
export async function storePast(history: PastHistory, monitor: Pick<Monitor, 'name' | 'watch'>, { from, until }: StorePastOptions): Promise<PastSource> {
  const rules = monitor.watch.flatMap((watch) => watch.rules)
  const known = (await history.series({ monitor: monitor.name })).flatMap((series) => {
    const rule = ruleOfSeries(series, rules)
    return rule === undefined ? [] : [{ series, rule }]
  })
  const begin = known.reduce((least, { series: { firstAt, goneAt = Infinity } }) => (goneAt < from ? least : Math.min(least, Math.max(from, firstAt))), until)
  let reached = begin

  return {
    progress: () => (until > begin ? (reached - begin) / (until - begin) : 1),
    async *windows(only) {
      reached = begin
      const seen = new Set<number>()
      for (let start = begin; start < until; start = reached) {
        const end = Math.min(start + DAY, until)
        const there = known.filter(({ series: { resource, firstAt, goneAt = Infinity } }) => firstAt < end && goneAt >= start && (only === undefined || only.has(resource.id)))
        const points = new Map((await history.points({ series: there.map(({ series }) => series.id), from: start, until: end })).map((one) => [one.series, one]))
        const series = there.flatMap(({ series: one, rule }) => {
          const found = points.get(one.id)
          const past = pastOf(one, rule, found, end)
          if (seen.has(one.id)) return [past]
          if (found === undefined) return []
          seen.add(one.id)
          return [{ ...past, knownFrom: found.timestamps[0] ?? end }]
        })
        // Before the first point that is still kept, nothing is known, so nothing is missing.
        yield { from: start, until: end, series }
        reached = end
      }
    },
  }
}

function pastOf({ resource, metric, labels, period, goneAt }: HistorySeries, rule: WatchedRule, points: HistoryPoints | undefined, end: number): PastSeries {
  const { timestamps = NONE, values = NONE } = points ?? {}
  const series = { resource, metric, ...(Object.keys(labels).length === 0 ? {} : { labels }), period, timestamps, values, settledUntil: end, status: 'complete' } as const
  return { rule: rule.name, series, ...(goneAt !== undefined && goneAt < end ? { goneAt } : {}) }
}
