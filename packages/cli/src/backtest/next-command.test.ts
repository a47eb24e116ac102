import { expect, it } from 'vitest'
import { defineMonitor, type Rung } from '@tocsin/core'
import { readFlags } from './flags.ts'
import { nextCommand } from './next-command.ts'
import type { BacktestReport } from './report.ts'

const summary = (pagesPerWeek: number): Rung['summary'] => ({ from: 0, until: 1, series: 1, points: 1, rules: [], alerts: [], receivers: [], pages: 0, pagesAtNight: 0, pagesPerWeek })
const report = (tried: readonly string[], rates: readonly number[]): BacktestReport => ({
  file: '/tocsin.config.ts',
  source: 'a.csv',
  monitor: defineMonitor({ watch: [], notify: {} }),
  tried,
  summary: summary(9),
  compared: undefined,
  advice: { rule: 'ec2.cpu', rungs: rates.map((rate, index) => ({ value: 80 + index, configured: index === 0, summary: summary(rate) })) },
  worst: undefined,
})
const flags = readFlags({ in: ['a.csv', "it's.csv"], since: '14d', rule: 'ec2.cpu' })

it('is the advised value, else to look whether the configuration is sound', () => {
  expect(nextCommand(flags, report([], [9, 2, 0.5, 0]), 'b.yaml')).toBe("tocsin backtest --config b.yaml --in a.csv --in 'it'\\''s.csv' --since 14d --rule ec2.cpu --set ec2.cpu.critical=82")
  expect(nextCommand(flags, report([], [0.5, 0]), undefined)).toBe('tocsin check')
  expect(nextCommand(flags, report([], [9, 8]), undefined)).toBe('tocsin check')
  expect(nextCommand(flags, report(['ec2.cpu.critical=82'], [9, 0]), undefined)).toBe('tocsin check')
})
