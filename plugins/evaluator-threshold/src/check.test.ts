import type { Metric } from '@tocsin/core'
import { aSeries } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import type { ThresholdOptions } from './options.ts'
import { threshold } from './threshold.ts'

const PERCENT: Metric = { unit: 'percent', worse: 'high', help: 'CPU' }
const FREE: Metric = { unit: 'bytes', worse: 'low', help: 'Free' }
const COUNT: Metric = { unit: 'count', worse: 'high', help: 'Things' }

const check = (options: ThresholdOptions, metric: Metric = PERCENT): string[] => (threshold(options).evaluator.check?.(metric) ?? []).map(String)

describe('lines that are refused', () => {
  it.each<[ThresholdOptions, Metric, string[]]>([
    [{}, PERCENT, ['E103 a threshold needs "warning", "critical" or both · give at least one of them a line']],
    [{ clear: 60 }, PERCENT, ['E103 a threshold needs "warning", "critical" or both · give at least one of them a line']],
    [{ critical: '80%' }, FREE, ['E105 "critical" cannot be "80%": the metric is in bytes · write 1000000 or "20GB"']],
    [{ critical: '80%' }, COUNT, ['E105 "critical" cannot be "80%": the metric is in count · write 100']],
    [{ warning: '5m', clear: '4GB' }, PERCENT, [
      'E105 "warning" cannot be "5m": the metric is in percent · write 80 or "80%"',
      'E105 "clear.warning" cannot be "4GB": the metric is in percent · write 80 or "80%"',
    ]],
    [{ warning: 70, clear: 71 }, PERCENT, ['E112 the clear line 71% of warning is on the wrong side of its breach line > 70% · clear at 70% or below']],
    [{ warning: '20GB', clear: '19GB' }, FREE, ['E112 the clear line 19 GB of warning is on the wrong side of its breach line < 20 GB · clear at 20 GB or above']],
    [{ warning: 70, critical: 80, clear: { critical: 81 } }, PERCENT, ['E112 the clear line 81% of critical is on the wrong side of its breach line > 80% · clear at 80% or below']],
    [{ warning: 80, critical: 70 }, PERCENT, ['E112 "critical" > 70% is not stricter than "warning" > 80% · put critical above 80%, or warning below 70%']],
    [{ warning: 80, critical: 80 }, PERCENT, ['E112 "critical" > 80% is not stricter than "warning" > 80% · put critical above 80%, or warning below 80%']],
    [{ warning: '5GB', critical: '20GB' }, FREE, ['E112 "critical" < 20 GB is not stricter than "warning" < 5 GB · put critical below 5 GB, or warning above 20 GB']],
    [{ warning: 10, critical: 20, operator: '<=' }, PERCENT, ['E112 "critical" <= 20% is not stricter than "warning" <= 10% · put critical below 10%, or warning above 20%']],
    [{ warning: 70, clear: { warning: 60, critical: 70 } }, PERCENT, ['E112 "clear" has a line for critical, but critical has no breach line · add "critical" or remove its clear line']],
    [{ warning: 70, critical: 80, clear: { critical: 65 } }, PERCENT, ['E112 critical would end at 65%, after warning, which ends at 70% · clear warning at 65% or below, or critical at 70% or above']],
    [{ warning: 70, critical: 80, clear: { warning: 60, critical: 55 } }, PERCENT, ['E112 critical would end at 55%, after warning, which ends at 60% · clear warning at 55% or below, or critical at 60% or above']],
  ])('%j', (options, metric, problems) => {
    expect(check(options, metric)).toEqual(problems)
  })

  it('is what evaluating them throws too', () => {
    const { evaluator } = threshold({ critical: '80%' })
    expect(() => evaluator.evaluate(aSeries([1]), { metric: { name: 'free', ...FREE }, state: undefined })).toThrow(expect.objectContaining({ code: 'E105' }))
  })
})

it.each<[ThresholdOptions, Metric]>([
  [{ warning: 70 }, PERCENT],
  [{ critical: '80%' }, PERCENT],
  [{ warning: 70, clear: 70 }, PERCENT],
  [{ warning: 70, critical: 80, clear: { critical: 70 } }, PERCENT],
  [{ warning: 70, critical: 80, clear: { warning: 60, critical: 60 } }, PERCENT],
  [{ warning: '20GB', critical: '5GB', clear: '25GB' }, FREE],
  [{ warning: 10, critical: 5, operator: '<' }, PERCENT],
])('takes %j', (options, metric) => {
  expect(check(options, metric)).toEqual([])
})

it('knows its levels', () => {
  expect(threshold({ warning: 70 }).evaluator.levels).toEqual(['warning'])
  expect(threshold({ critical: 70 }).evaluator.levels).toEqual(['critical'])
  expect(threshold({ warning: 70, critical: 80 }).evaluator.levels).toEqual(['warning', 'critical'])
})

it('finds misspelt and misplaced options, and reads those of every rule', () => {
  const problems = (options: object): string[] => threshold(options).problems.map(({ path, error }) => `${path.join('.')} ${String(error)}`)
  expect(problems({ warnin: 70 })).toEqual(['warnin E102 unknown key "warnin" · did you mean "warning"?'])
  expect(problems({ warning: 70, operator: '=' })).toEqual([expect.stringContaining('operator E103')])
  expect(problems({ warning: 70, clear: { red: 1 } })).toEqual([expect.stringContaining('clear.red E102 unknown key "red"')])
  expect(threshold({ warning: 70, for: '5m', runbook: 'https://example.com/cpu' })).toMatchObject({ problems: [], options: { for: { warning: 300_000 } } })
})

it('tells its lines in the unit of the metric', () => {
  const lines = (options: ThresholdOptions, metric: Metric): unknown => threshold(options).evaluator.lines?.(metric)
  expect(lines({ warning: '60%', critical: 80, clear: 50 }, PERCENT)).toEqual({ warning: 60, critical: 80 })
  expect(lines({ critical: '20GB' }, FREE)).toEqual({ critical: 20e9 })
})
