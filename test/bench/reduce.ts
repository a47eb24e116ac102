import { defineCollector, memoryStore, type Series, type WatchedRule } from '@tocsin/core'
import { threshold, type ThresholdOptions } from '@tocsin/evaluator-threshold'
import type { AlertPolicy } from '../../packages/core/src/alerting/reducer.ts'
import type { AlertSubject } from '../../packages/core/src/model/alert.ts'
import { type AlertBook, alertBook } from '../../packages/core/src/runner/alert-book.ts'
import { judgeSeries, policyOf } from '../../packages/core/src/runner/judge.ts'

const SERIES = 100_000
const ROUNDS = 25
/** The first rounds make the alerts and let the compiler see the code. */
const WARM_UP = 5
/** The floor is too low for the clock of a thread to see it once. */
const FLOOR_PASSES = 50
const MINUTE = 60_000
const GOAL = 1_000
const START = Date.parse('2026-01-05T12:00:00Z')
const WARNING = 70
const CRITICAL = 90

const host = defineCollector({ name: 'host', metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } }, create: () => ({ async *collect() {} }) })

/**
 * What a point costs through a threshold and the alert engine: 100,000 series get one point each, again and again, by the path of
 * production, `judgeSeries` into an alert book. Processor time of the thread, its share of garbage collection included. What the rounds
 * wrote is taken out of the book between them, outside of the measurement. The floor is what it costs to read the same points from the same
 * series and to compare them with the two lines.
 */
export async function reduce(): Promise<void> {
  process.stdout.write(`reduce: ${SERIES} series, one point each a round; ns of processor time a point, ${ROUNDS} rounds after ${WARM_UP} to warm up; goal ${GOAL}\n`)
  const lines = { warning: WARNING, critical: CRITICAL, clear: 60 } as const
  await measure('1 of 1, 1 % hot', lines, 0.01)
  await measure('3 of 5, 1 % hot', { ...lines, occurrences: '3 of 5' }, 0.01)
  await measure('3 of 5, 20 % hot', { ...lines, occurrences: '3 of 5' }, 0.2)
  await measure('1 of 1, for and keepFiringFor 5m, 20 % hot', { ...lines, for: '5m', keepFiringFor: '5m' }, 0.2)
}

async function measure(name: string, options: ThresholdOptions<'percent'>, hot: number): Promise<void> {
  const [rule] = host({ cpu: threshold(options) }).rules
  if (rule === undefined) throw new Error('the rule was refused')
  const policy = policyOf(rule, 2)
  const store = memoryStore()
  const book = alertBook('bench', [])
  const subjects = Array.from({ length: SERIES }, (_, index) => subjectOf(index, rule))
  const series = subjects.map(({ resource }) => seriesOf(resource))
  const engine: number[] = []
  const floor: number[] = []
  let changes = 0
  let past = 0
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const at = START + round * MINUTE
    for (const [index, one] of series.entries()) {
      one.timestamps[0] = at
      one.values[0] = valueOf(index, round, hot)
      one.settledUntil = at + MINUTE
    }
    const bare = timed(() => {
      for (let pass = 0; pass < FLOOR_PASSES; pass++) past += comparisons(series)
    })
    const full = timed(() => judgeAll(series, subjects, rule, policy, book))
    const changed = book.transitions.length
    const written = await store.transaction((tx) => book.write(tx, new Set(), at))
    written()
    if (round < WARM_UP) continue
    floor.push(bare / FLOOR_PASSES)
    engine.push(full)
    changes += changed
  }
  if (past === 0 || changes === 0) throw new Error(`nothing happened in "${name}": it measures nothing`)
  const share = ((changes / ROUNDS / SERIES) * 100).toFixed(1)
  process.stdout.write(`reduce: ${name}: median ${show(middle(engine))}, best ${show(Math.min(...engine))}, worst ${show(Math.max(...engine))}; floor ${show(middle(floor))}; ${share} changes for 100 points\n`)
}

function judgeAll(series: readonly Series[], subjects: readonly AlertSubject[], rule: WatchedRule, policy: AlertPolicy, book: AlertBook): void {
  for (const [index, subject] of subjects.entries()) judgeSeries(series[index] as Series, subject, rule, policy, undefined, book, Infinity)
}

function comparisons(series: readonly Series[]): number {
  let past = 0
  for (const { timestamps, values } of series) {
    for (let index = 0; index < timestamps.length; index++) {
      const value = values[index] as number
      if (value > CRITICAL) past += 2
      else if (value > WARNING) past++
    }
  }
  return past
}

function timed(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return ((user + system) * 1_000) / SERIES
}

/** The same in every run, and no two neighbours alike. A series that is hot stays so for ten rounds. */
function valueOf(index: number, round: number, hot: number): number {
  const place = ((index * 7_919 + Math.floor((round + index) / 10) * 104_729) % 10_007) / 10_007
  return place < hot ? 95 - place : 30 + place
}

/** Made once and changed in place: what a collector allocates is not what is measured. */
function seriesOf(resource: Series['resource']): { -readonly [Key in keyof Series]: Series[Key] } {
  return { resource, metric: 'cpu', period: MINUTE, timestamps: new Float64Array(1), values: new Float64Array(1), settledUntil: 0, status: 'complete' }
}

function subjectOf(index: number, rule: WatchedRule): AlertSubject {
  const resource = { id: `i-${index}`, type: 'host', name: `host-${index}`, tags: {} }
  return {
    fingerprint: index.toString(16).padStart(32, '0'),
    monitor: 'bench',
    rule: rule.name,
    metric: rule.metric.name,
    unit: rule.metric.unit,
    resource,
    dimensions: {},
    labels: { rule: rule.name, resource: resource.id },
    annotations: {},
    for: rule.options.for,
  }
}

const middle = (rounds: readonly number[]): number => rounds.toSorted((a, b) => a - b)[rounds.length >> 1] ?? NaN
const show = (nanoseconds: number): string => nanoseconds.toFixed(0)
