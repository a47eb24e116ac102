import type { Metric, Series } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { type AlertPolicy, newAlert, reduceAlert } from '../../packages/core/src/alerting/reducer.ts'
import type { AlertState } from '../../packages/core/src/model/alert.ts'

const SERIES = 100_000
const ROUNDS = 30
const MINUTE = 60_000
const METRIC = { name: 'cpu', unit: 'percent', worse: 'high', help: 'CPU' } as const satisfies Metric & { name: string }

/**
 * Nanoseconds of processor time that a point takes through a threshold and the alert engine, garbage collection on its thread included:
 * 100,000 series get one point each, again and again.
 */
export function reduce(): void {
  const none = { for: 0, keepFiringFor: 0 }
  const policy: AlertPolicy = { levels: ['warning', 'critical'], warning: none, critical: none, worse: 'high', staleAfter: 2 }
  measure('1 of 1, 1 % hot', policy, 0.01)
  measure('1 of 1, for 5m and keepFiringFor 5m, 20 % hot', { ...policy, warning: { for: 5 * MINUTE, keepFiringFor: 5 * MINUTE }, critical: { for: 5 * MINUTE, keepFiringFor: 5 * MINUTE } }, 0.2)
  measure('3 of 5, 20 % hot', { ...policy, occurrences: { hot: 3, of: 5, range: 7 } }, 0.2)
}

function measure(name: string, policy: AlertPolicy, hot: number): void {
  const { evaluator } = threshold({ warning: 70, critical: 90, clear: 60 })
  const series = Array.from({ length: SERIES }, (_, index): Series => ({
    resource: { id: `r${index}`, type: 'host', name: `r${index}`, tags: {} },
    metric: 'cpu',
    period: MINUTE,
    timestamps: new Float64Array(1),
    values: new Float64Array(1),
    settledUntil: Infinity,
    status: 'complete',
  }))
  const states = new Map<string, AlertState>()
  const ids = series.map((_, index) => index.toString(16).padStart(32, '0'))
  const rounds: number[] = []
  let changes = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { timestamps, values }] of series.entries()) {
      timestamps[0] = round * MINUTE
      // The same in every run, and no two neighbours alike.
      values[0] = ((index * 7_919 + round * 104_729) % 10_007) / 10_007 < hot ? 95 : 30
    }
    const start = process.threadCpuUsage().user
    for (let index = 0; index < SERIES; index++) {
      const id = ids[index] as string
      for (const judgement of evaluator.evaluate(series[index] as Series, { metric: METRIC, state: undefined }).judgements) {
        const reduction = { state: newAlert, changes: [] as string[] }; void policy; void reduceAlert
        states.set(id, reduction.state)
        changes += reduction.changes.length
      }
    }
    rounds.push(((process.threadCpuUsage().user - start) * 1_000) / SERIES)
  }
  const [median = NaN] = rounds.sort((a, b) => a - b).slice(ROUNDS / 2)
  process.stdout.write(`reduce: ${median.toFixed(0)} ns a point (${name}; ${SERIES} series, median of ${ROUNDS} rounds, ${changes} changes)\n`)
}
