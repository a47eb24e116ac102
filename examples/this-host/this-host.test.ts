import { runOnce } from '@tocsin/core'
import { expect, it } from 'vitest'
import monitor from './tocsin.config.ts'

it('measures this machine, the page of its own included', async () => {
  const { observations, failures } = await runOnce(monitor, { dryRun: true })
  const measured = new Set(observations.filter(({ value }) => Number.isFinite(value)).map(({ metric }) => metric))
  for (const metric of ['cpu', 'memory', 'disk', 'responseTime']) expect(measured).toContain(metric)
  // A machine without a network has no utilisation; nothing else may be missing anywhere.
  expect(failures.map(({ error }) => error.code).filter((code) => code !== 'E207')).toEqual([])
})

it('is amber at 60 and red at 80', () => {
  const rules = monitor.watch.flatMap((watch) => watch.rules)
  expect(rules.map(({ name }) => name)).toEqual(['host.cpu', 'host.memory', 'host.disk', 'host.networkUtilization', 'host.responseTime'])
  for (const { metric, evaluator } of rules) {
    const scale = metric.unit === 'seconds' ? 1 / 1_000 : 1
    const levelAt = (value: number): unknown => {
      const series = { resource: { id: 'x', type: 'host', name: 'x', tags: {} }, metric: metric.name, period: 5_000, timestamps: Float64Array.of(1), values: Float64Array.of(value * scale), settledUntil: 2, status: 'complete' } as const
      return [...evaluator.evaluate(series, { metric, state: undefined }).judgements][0]?.breaches
    }
    expect([59, 61, 79, 81].map(levelAt)).toEqual(['none', 'warning', 'warning', 'critical'])
  }
})
