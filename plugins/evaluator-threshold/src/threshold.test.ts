import { type Judgement, type Level, type Metric, rank, SEVERITIES, type Unit } from '@tocsin/core'
import { aSeries, evaluatorContract } from '@tocsin/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPERATORS, type ThresholdOptions } from './options.ts'
import { threshold } from './threshold.ts'

evaluatorContract('threshold', { rule: () => threshold({ warning: 70, critical: 80 }), values: [61, 73, 64, 85, 62, 56, 47] })
evaluatorContract('threshold with clear lines', { rule: () => threshold({ warning: 70, critical: 80, clear: { warning: 60, critical: 70 } }), values: [61, 73, 64, 85, 62, 56, 47] })
evaluatorContract('threshold on free bytes', {
  rule: () => threshold({ critical: '1GB', clear: '2GB' }),
  metric: { unit: 'bytes', worse: 'low', help: 'Free' },
  values: [5e9, 1.5e9, 0.5e9, 1.5e9, 3e9],
})

const PERCENT: Metric = { unit: 'percent', worse: 'high', help: 'CPU' }
const FREE: Metric = { unit: 'bytes', worse: 'low', help: 'Free' }

function judge(options: ThresholdOptions, values: readonly number[], metric: Metric = PERCENT): Judgement[] {
  const { evaluator } = threshold(options)
  return [...evaluator.evaluate(aSeries(values), { metric: { name: 'cpu', ...metric }, state: undefined }).judgements]
}

const breaches = (options: ThresholdOptions, values: readonly number[], metric?: Metric): Level[] => judge(options, values, metric).map((one) => one.breaches)
const reasons = (options: ThresholdOptions, values: readonly number[], metric?: Metric): string[] => judge(options, values, metric).map((one) => one.reason)

/** The latch of the alert engine, each level by itself: hot = latched ? not cleared : breached. */
function levels(judgements: readonly Judgement[]): Level[] {
  const hot = { warning: false, critical: false }
  return judgements.map((one) => {
    for (const level of SEVERITIES) {
      const breached = rank(one.breaches) >= rank(level)
      const cleared = one.clears === undefined ? !breached : one.clears !== 'none' && rank(one.clears) <= rank(level)
      hot[level] = hot[level] ? !cleared : breached
    }
    return hot.critical ? 'critical' : hot.warning ? 'warning' : 'none'
  })
}

describe('hysteresis', () => {
  it('follows the published table', () => {
    const judged = judge({ warning: 70, critical: 80, clear: { warning: 60, critical: 70 } }, [61, 73, 64, 85, 62, 56, 47])
    expect(levels(judged)).toEqual(['none', 'warning', 'warning', 'critical', 'warning', 'none', 'none'])
  })

  it('gives a single clear line to the lowest level', () => {
    const values = [85, 79, 65, 59]
    expect(levels(judge({ warning: 70, critical: 80, clear: 60 }, values))).toEqual(['critical', 'warning', 'warning', 'none'])
    expect(levels(judge({ critical: 80, clear: 60 }, values))).toEqual(['critical', 'critical', 'critical', 'none'])
  })

  it('stays hot on the clear line and is not hot on the breach line', () => {
    expect(levels(judge({ warning: 70, clear: 60 }, [70, 70.1, 60, 59.9]))).toEqual(['none', 'warning', 'warning', 'none'])
  })

  it('ends a level without a clear line as soon as it is not breached, beside one that has its own', () => {
    const onlyCritical = judge({ warning: 70, critical: 90, clear: { critical: 80 } }, [95, 85, 79, 71, 70, 75, 70])
    expect(levels(onlyCritical)).toEqual(['critical', 'critical', 'warning', 'warning', 'none', 'warning', 'none'])
    const onlyWarning = judge({ warning: 70, critical: 90, clear: { warning: 60 } }, [95, 90, 61, 59])
    expect(levels(onlyWarning)).toEqual(['critical', 'warning', 'warning', 'none'])
  })

  it('holds warning on a line that is both its breach line and the clear line of critical', () => {
    expect(levels(judge({ warning: 70, critical: 80, clear: { critical: 70 } }, [85, 70, 69]))).toEqual(['critical', 'critical', 'none'])
    expect(levels(judge({ warning: 70, critical: 80, clear: { critical: 70 } }, [75, 70, 69]))).toEqual(['warning', 'warning', 'none'])
  })

  it('leaves out what clears where no level has a clear line', () => {
    for (const one of judge({ warning: 70, critical: 80 }, [60, 75, 90])) expect('clears' in one).toBe(false)
  })
})

describe('direction', () => {
  it('is that of the metric', () => {
    expect(breaches({ warning: '20GB', critical: '5GB' }, [21e9, 20e9, 19e9, 5e9, 4e9], FREE)).toEqual(['none', 'none', 'warning', 'warning', 'critical'])
    const judged = judge({ warning: '20GB', critical: '5GB', clear: { warning: '30GB', critical: '10GB' } }, [4e9, 9e9, 10e9, 11e9, 30e9, 31e9], FREE)
    expect(levels(judged)).toEqual(['critical', 'critical', 'critical', 'warning', 'warning', 'none'])
  })

  it.each([
    ['>', ['none', 'none', 'critical']],
    ['>=', ['none', 'critical', 'critical']],
    ['<', ['critical', 'none', 'none']],
    ['<=', ['critical', 'critical', 'none']],
  ] as const)('%s decides on the line', (operator, expected) => {
    expect(breaches({ critical: 50, operator }, [49, 50, 51])).toEqual(expected)
    expect(breaches({ critical: 50, operator }, [49, 50, 51], FREE)).toEqual(expected)
    expect(breaches({ warning: 50, operator }, [49, 50, 51])).toEqual(expected.map((level) => (level === 'critical' ? 'warning' : level)))
  })

  it('compares infinity and passes over what is missing', () => {
    expect(breaches({ warning: 1, critical: 2 }, [-Infinity, NaN, Infinity])).toEqual(['none', 'critical'])
    expect(breaches({ warning: 1, operator: '>=' }, [Infinity])).toEqual(['warning'])
    expect(breaches({ critical: 1 }, [-Infinity, Infinity], FREE)).toEqual(['critical', 'none'])
    expect(levels(judge({ critical: 2, clear: 1 }, [Infinity, 1.5, -Infinity]))).toEqual(['critical', 'critical', 'none'])
  })
})

describe('units', () => {
  it.each<[ThresholdOptions, Unit, number, number]>([
    [{ critical: '80%' }, 'percent', 80, 80.01],
    [{ critical: '20GB' }, 'bytes', 20e9, 20e9 + 1],
    [{ critical: '20GiB' }, 'bytes', 20 * 2 ** 30, 20 * 2 ** 30 + 1],
    [{ critical: '1.5MB' }, 'bytes/second', 1.5e6, 1.5e6 + 1],
    [{ critical: '250ms' }, 'seconds', 0.25, 0.251],
    [{ critical: 100 }, 'count', 100, 101],
    [{ critical: 0 }, 'count/second', 0, 0.1],
  ])('%j on %s', (options, unit, on, past) => {
    expect(breaches(options, [on, past], { unit, worse: 'high', help: '' })).toEqual(['none', 'critical'])
  })

  it('reads its lines anew for another unit', () => {
    const { evaluator } = threshold({ critical: 80 })
    const first = (metric: Metric): Judgement | undefined => [...evaluator.evaluate(aSeries([79]), { metric: { name: 'x', ...metric }, state: undefined }).judgements][0]
    expect(first(PERCENT)).toMatchObject({ breaches: 'none', reason: '<= 80%' })
    expect(first(FREE)).toMatchObject({ breaches: 'critical', reason: '< 80 B' })
    expect(first({ ...PERCENT, worse: 'low' })).toMatchObject({ breaches: 'critical', reason: '< 80%' })
    expect(first(PERCENT)).toMatchObject({ breaches: 'none' })
  })
})

describe('the reason', () => {
  it('is the line that decided', () => {
    expect(reasons({ warning: 70, critical: 80 }, [60, 75, 90])).toEqual(['<= 70%', '> 70%', '> 80%'])
    expect(reasons({ critical: 80, operator: '>=' }, [60, 80])).toEqual(['< 80%', '>= 80%'])
    expect(reasons({ warning: 70, critical: 80, clear: { warning: 60, critical: 70 } }, [59, 60, 65, 75, 90])).toEqual(['< 60%', '>= 60%', '>= 60%', '> 70%', '> 80%'])
    expect(reasons({ critical: '1GB', clear: '2GB' }, [3e9, 2e9, 0.5e9], FREE)).toEqual(['> 2 GB', '<= 2 GB', '< 1 GB'])
    expect(reasons({ warning: 70, critical: 80, clear: { critical: 75 } }, [70, 73])).toEqual(['<= 70%', '> 70%'])
  })

  it.each<[ThresholdOptions, Unit, string]>([
    [{ critical: 99.95 }, 'percent', '> 99.95%'],
    [JSON.parse('{"critical":"99.95"}'), 'percent', '> 99.95%'],
    [{ critical: '20GiB' }, 'bytes', '> 20GiB'],
    [{ critical: '20MiB' }, 'bytes/second', '> 20MiB/s'],
    [{ critical: '20MB' }, 'bytes/second', '> 20 MB/s'],
    [{ critical: 1234.5 }, 'count', '> 1234.5'],
    [{ critical: 12345 }, 'count', '> 12,345'],
    [{ critical: 0.5 }, 'count/second', '> 0.5/s'],
    [{ critical: 90 }, 'seconds', '> 90s'],
    [{ critical: '5m' }, 'seconds', '> 5m'],
    [{ critical: 1234567890 }, 'bytes', '> 1234567890 B'],
  ])('never rounds a line: %j in %s', (options, unit, reason) => {
    expect(reasons(options, [1e15], { unit, worse: 'high', help: '' })).toEqual([reason])
  })
})

describe('properties', () => {
  const value = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-Infinity, Infinity))
  const line = fc.option(fc.integer({ min: -15, max: 15 }), { nil: undefined })
  /** Any options whose lines do not contradict each other. */
  const options = fc
    .record({ warning: line, critical: line, clearWarning: line, clearCritical: line, operator: fc.constantFrom(...OPERATORS) })
    .map(({ warning, critical, clearWarning, clearCritical, operator }): ThresholdOptions => ({
      operator,
      ...(warning !== undefined && { warning }),
      ...(critical !== undefined && { critical }),
      clear: { ...(clearWarning !== undefined && { warning: clearWarning }), ...(clearCritical !== undefined && { critical: clearCritical }) },
    }))
    .filter((made) => threshold(made).evaluator.check?.(PERCENT).length === 0)

  it('a worse value never breaches less, and never clears more', () => {
    fc.assert(
      fc.property(options, fc.array(value, { minLength: 2 }), (made, values) => {
        const worst = made.operator?.startsWith('>') ? 1 : -1
        const judged = judge(made, values.toSorted((a, b) => worst * (a - b)))
        const breached = judged.map((one) => rank(one.breaches))
        expect(breached).toEqual(breached.toSorted((a, b) => a - b))
        const kept = judged.map(({ clears }) => (clears === 'none' ? 3 : rank(clears ?? 'none')))
        expect(kept).toEqual(kept.toSorted((a, b) => a - b))
      }),
    )
  })

  it('latches each level by its own lines, with warning hot wherever critical is', () => {
    fc.assert(
      fc.property(options, fc.array(value), (made, values) => {
        const clear = typeof made.clear === 'object' ? made.clear : {}
        // There both levels end together; the test above holds it.
        fc.pre(clear.warning !== undefined || clear.critical !== made.warning)
        expect(levels(judge(made, values))).toEqual(levelsBySpec(made, clear, values))
      }),
      { numRuns: 1_000 },
    )
  })
})

/** Section by section as the semantics are written, without the judgements' encoding of them. */
function levelsBySpec({ warning, critical, operator = '>' }: ThresholdOptions, clear: { warning?: unknown; critical?: unknown }, values: readonly number[]): Level[] {
  const high = operator.startsWith('>')
  const breach = (value: number, line: unknown): boolean =>
    typeof line === 'number' && ((operator.endsWith('=') && value === line) || (high ? value > line : value < line))
  const cleared = (value: number, line: unknown, end: unknown): boolean => (typeof end === 'number' ? (high ? value < end : value > end) : !breach(value, line))
  const hot = { warning: false, critical: false }
  return values.map((value) => {
    hot.critical = hot.critical ? !cleared(value, critical, clear.critical) : breach(value, critical)
    hot.warning = warning !== undefined && (hot.warning ? !cleared(value, warning, clear.warning) : breach(value, warning)) || hot.critical
    return hot.critical ? 'critical' : hot.warning ? 'warning' : 'none'
  })
}
