import type { Monitor } from '../config/monitor.ts'
import { ConfigError } from '../errors.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { backtestAll } from './backtest.ts'
import { ladderValues } from './ladder-values.ts'
import type { PastSource } from './past-window.ts'
import { type BacktestSummary, summarize } from './summary.ts'
import { tryOptions } from './try-options.ts'

/** What one value of the critical line would have come to. */
export interface Rung {
  readonly value: number
  /** Whether it is the configured one. */
  readonly configured: boolean
  readonly summary: BacktestSummary
}

export interface LadderOptions {
  readonly source: PastSource
  readonly signal?: AbortSignal
  /** Told after each window of each of the two readings. */
  readonly onProgress?: (until: number) => void
}

/**
 * Tries round values of a rule's critical line on the past, the rule by itself: other rules, composites and inhibitions are left out.
 *
 * @returns from the most sensitive value to the least; empty for a rule without such a line, or one that the monitor does not have.
 * @throws what `backtest` throws.
 */
export async function tryLadder(monitor: Monitor, name: string, { source, signal, onProgress }: LadderOptions): Promise<readonly Rung[]> {
  const alone = only(monitor, name)
  const [rule] = alone.watch.flatMap((watch) => watch.rules)
  const line = rule?.evaluator.lines?.(rule.metric).critical
  if (rule?.change === undefined || line === undefined) return []
  const { worsts, from, until } = await dailyWorsts(source, rule, signal, onProgress)
  const values = ladderValues([...worsts.values()].flat(), rule.metric, rule.evaluator.lines?.(rule.metric) ?? {})
  const tried = values.flatMap((value) => soundMonitor(alone, name, value) ?? [])
  const windows = source.windows(reaching(worsts, values, rule))
  const results = await backtestAll(tried.map(({ monitor: one }) => one), { windows, ...(signal && { signal }), ...(onProgress && { onProgress }) })
  return tried.flatMap(({ value, monitor: one }, index) => {
    const result = results[index]
    return result === undefined ? [] : [{ value, configured: value === line, summary: summarize({ ...result, from, until }, one) }]
  })
}

function only(monitor: Monitor, name: string): Monitor {
  const watch = monitor.watch.map((one) => ({ ...one, rules: one.rules.filter((rule) => rule.name === name) }))
  return { ...monitor, watch: watch.filter(({ rules }) => rules.length > 0), composites: {}, inhibit: [] }
}

/** A value that contradicts the rule's other lines is none to try. */
function soundMonitor(monitor: Monitor, rule: string, value: number): { readonly value: number; readonly monitor: Monitor } | undefined {
  try {
    return { value, monitor: tryOptions(monitor, rule, { critical: value }) }
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

interface Worsts {
  /** The worst value in each window, by resource. */
  readonly worsts: ReadonlyMap<string, readonly number[]>
  readonly from: number
  readonly until: number
}

async function dailyWorsts(source: PastSource, { name, metric }: WatchedRule, signal: AbortSignal | undefined, onProgress: LadderOptions['onProgress']): Promise<Worsts> {
  const worsts = new Map<string, number[]>()
  let [from, until] = [Infinity, -Infinity]
  for await (const window of source.windows()) {
    signal?.throwIfAborted()
    from = Math.min(from, window.from)
    until = window.until
    for (const { rule, series: one } of window.series) {
      if (rule !== name || one.values.length === 0) continue
      const worst = one.values.reduce((a, b) => (metric.worse === 'high' ? Math.max(a, b) : Math.min(a, b)), metric.worse === 'high' ? -Infinity : Infinity)
      const known = worsts.get(one.resource.id)
      if (known === undefined) worsts.set(one.resource.id, [worst])
      else known.push(worst)
    }
    onProgress?.(until)
  }
  return { worsts, from, until }
}

/** The resources that come near any line: nothing would ever be said of the others. Where missing points count as a breach, all of them. */
function reaching(worsts: ReadonlyMap<string, readonly number[]>, values: readonly number[], { evaluator, metric, options }: WatchedRule): ReadonlySet<string> | undefined {
  if (options.missing === 'breaching') return undefined
  const lines = [...values, ...Object.values(evaluator.lines?.(metric) ?? {})]
  const mildest = metric.worse === 'high' ? Math.min(...lines) : Math.max(...lines)
  const reaches = (value: number): boolean => (metric.worse === 'high' ? value >= mildest : value <= mildest)
  return new Set([...worsts].filter(([, values]) => values.some(reaches)).map(([id]) => id))
}
