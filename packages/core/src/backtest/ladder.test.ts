import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { defineMonitor, type Monitor } from '../config/monitor.ts'
import type { Judgement } from '../model/judgement.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import type { RuleOptions } from '../plugin/rule.ts'
import { aResource, aSeries } from '../testing/builders.ts'
import { inboxes } from '../testing/fleet.ts'
import { backtest } from './backtest.ts'
import { ladderValues } from './ladder-values.ts'
import { tryLadder } from './ladder.ts'
import type { PastSource, PastWindow } from './past-window.ts'
import { summarize } from './summary.ts'
import { trace } from './trace.ts'
import { tryOptions } from './try-options.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

/** RED above one line, and nothing else. */
const above = defineEvaluator({
  name: 'above',
  options: z.object({ critical: z.number().max(100), unlined: z.boolean().default(false) }),
  create: ({ critical, unlined }) => ({
    evaluate: ({ timestamps, values }) => ({
      judgements: [...values].map((value, index) => ({ at: timestamps[index] ?? 0, value, breaches: value > critical ? ('critical' as const) : ('none' as const), reason: `> ${critical}` })),
    }),
    ...(unlined ? {} : { lines: () => ({ critical }) }),
  }),
})
const pool = defineCollector({
  name: 'pool',
  metrics: { busy: { unit: 'percent', worse: 'high', help: 'Busy' }, idle: { unit: 'percent', worse: 'low', help: 'Idle' } },
  create: () => ({
    async *collect() {
      yield* []
    },
  }),
})

const poolMonitor = (critical: number, options: RuleOptions & { unlined?: boolean } = {}): Monitor =>
  defineMonitor({ watch: [pool({ busy: above({ critical, flapping: false, ...options }), idle: above({ critical: 5 }) })], notify: inboxes('ops'), groupWait: '0s' })

/** Two weeks; each day one machine peaks for a minute, higher every day. */
function peaks(...machines: readonly string[]): PastSource & { readonly read: string[][] } {
  const all = machines.length === 0 ? ['low', 'high'] : machines
  const read: string[][] = []
  return {
    read,
    progress: () => 1,
    async *windows(only) {
      const names = all.filter((name) => only === undefined || only.has(name))
      read.push(names)
      if (names.length === 0) return
      for (let day = 0; day < 14; day++) {
        const at = (minute: number): number => day * DAY + minute * MINUTE
        const valuesOf = (name: string): number[] => [10, name === 'high' ? 60 + 2 * day : 15, 10]
        const window: PastWindow = {
          from: at(0),
          until: at(1_440),
          series: names.map((name) => ({ rule: 'pool.busy', knownUntil: at(3), series: aSeries([], { metric: 'busy', resource: aResource({ id: name, name }), timestamps: Float64Array.of(at(0), at(1), at(2)), values: Float64Array.from(valuesOf(name)) }) })),
        }
        yield window
      }
    },
  }
}

describe('a ladder', () => {
  it('says for each value what a backtest with it says, the configured one among them', async () => {
    const source = peaks()
    const rungs = await tryLadder(poolMonitor(71), 'pool.busy', { source })
    expect(rungs.map(({ value }) => value)).toEqual([10, 20, 30, 40, 50, 60, 70, 71, 80])
    for (const { value, configured, summary } of rungs) {
      const monitor = poolMonitor(value)
      const alone = summarize(await backtest(monitor, { windows: peaks().windows() }), monitor)
      expect(summary).toMatchObject({ from: alone.from, until: alone.until, pages: alone.pages, pagesPerWeek: alone.pagesPerWeek, alerts: alone.alerts })
      expect(configured).toBe(value === 71)
    }
    // 72, 74, ... 86 are above 71: eight of two weeks.
    expect(rungs.find(({ configured }) => configured)?.summary).toMatchObject({ pages: 8, pagesPerWeek: 4 })
  })

  it('does not read again what comes near no line, but where missing points count', async () => {
    const [alone, quiet, silent] = [peaks('high'), peaks('low'), peaks('low')]
    const rungs = await tryLadder(poolMonitor(71), 'pool.busy', { source: alone })
    expect(rungs.map(({ value }) => value)).toEqual([70, 71, 72, 74, 76, 78, 80, 82, 84, 86])
    // It comes near these lines on some days, not on all.
    expect(rungs.find(({ configured }) => configured)?.summary.pages).toBe(8)
    const [rung, ...others] = await tryLadder(poolMonitor(50), 'pool.busy', { source: quiet })
    expect([quiet.read, others]).toEqual([[['low'], []], []])
    expect(rung?.summary).toMatchObject({ pages: 0, from: 0, until: 14 * DAY })
    await tryLadder(poolMonitor(50, { missing: 'breaching' }), 'pool.busy', { source: silent })
    expect(silent.read).toEqual([['low'], ['low']])
  })

  it('has nothing to try without a line, a rule, or points', async () => {
    expect(await tryLadder(poolMonitor(71, { unlined: true }), 'pool.busy', { source: peaks() })).toEqual([])
    expect(await tryLadder(poolMonitor(71), 'pool.none', { source: peaks() })).toEqual([])
    expect((await tryLadder(poolMonitor(71), 'pool.idle', { source: peaks() })).map(({ value }) => value)).toEqual([5])
  })

  it('leaves out values that contradict the other options', async () => {
    const high = peaks()
    const monitor = poolMonitor(99)
    const rungs = await tryLadder(monitor, 'pool.busy', { source: { ...high, windows: async function* windows(only) { for await (const window of high.windows(only)) yield { ...window, series: [...window.series].map((one) => ({ ...one, series: { ...one.series, values: one.series.values.map((value) => value * 2) } })) } } } })
    expect(Math.max(...rungs.map(({ value }) => value))).toBe(100)
  })
})

describe('ladder values', () => {
  it.each([
    ['high', [61, 95], { warning: 60, critical: 80 }, [60, 65, 70, 75, 80, 85, 90, 95]],
    ['high', [20, 97], { warning: 60, critical: 80 }, [60, 65, 70, 75, 80, 85, 90, 95]],
    ['high', [20, 59], { warning: 60, critical: 80 }, [80]],
    ['low', [5, 30, 40], { warning: 20, critical: 10 }, [20, 18, 16, 14, 12, 10, 8, 6]],
    ['high', [100, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90], { critical: 85 }, [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]],
    ['high', [60, 70, 80], { critical: 50 }, [50, 55, 60, 65, 70, 75, 80]],
    ['high', [97], { critical: 80 }, [80, 82, 84, 86, 88, 90, 92, 94, 96]],
    ['high', [0.01, 0.013], { critical: 1 }, [0.01, 0.0105, 0.011, 0.0115, 0.012, 0.0125, 0.013, 1]],
    ['high', [5, 5, 5], { critical: 5 }, [5]],
    ['high', [], { critical: 5 }, [5]],
    ['high', [1, Infinity], { critical: 5 }, [5]],
  ] as const)('of what is bad when %s, with days as bad as %j and lines %j, are %j', (worse, worsts, lines, values) => {
    expect(ladderValues(worsts, { worse }, lines)).toEqual(values)
  })
})

describe('trying options', () => {
  it('changes one rule, what it does not name kept', async () => {
    const tried = tryOptions(poolMonitor(71, { for: '5m', labels: { team: 'a' } }), 'pool.busy', { critical: 80, labels: { tier: 'b' }, for: undefined })
    const [busy, idle] = tried.watch[0]?.rules ?? []
    expect(busy?.options).toMatchObject({ for: { critical: 0 }, labels: { team: 'a', tier: 'b' } })
    expect(busy?.evaluator.lines?.(busy.metric)).toEqual({ critical: 80 })
    expect(idle?.evaluator.lines?.(idle.metric)).toEqual({ critical: 5 })
    expect(tryOptions(tried, 'pool.busy', { critical: 90 }).watch[0]?.rules[0]?.options).toMatchObject({ labels: { team: 'a', tier: 'b' } })
  })

  it('refuses what is wrong, all at once, and a rule that is not there', () => {
    expect(() => tryOptions(poolMonitor(71), 'pool.bussy', {})).toThrow(expect.objectContaining({ code: 'E101', fix: 'did you mean "pool.busy"?' }))
    expect(() => tryOptions(poolMonitor(71), 'pool.busy', { critical: 101, forr: '5m' })).toThrow(/E103 .*pool\.busy[\s\S]*E102 .*forr|E102 .*forr[\s\S]*E103/)
  })
})

it('traces with the state that the evaluator keeps from window to window', async () => {
  const counting = defineEvaluator<z.ZodObject, number>({
    name: 'counting',
    options: z.object({}),
    create: () => ({ evaluate: ({ values }, { state = 0 }) => ({ judgements: [{ at: 0, value: state, breaches: 'none', reason: '' }], state: state + values.length }) }),
  })
  const rule = { ...(poolMonitor(80).watch[0]?.rules ?? [])[0], name: 'pool.busy', evaluator: counting({}).evaluator }
  const points: number[] = []
  const { metric, options } = rule
  if (metric === undefined || options === undefined) throw new Error('there is one')
  for await (const { value } of trace(peaks('high'), { ...rule, metric, options }, { resource: aResource({ id: 'high' }), dimensions: {} })) points.push(value)
  expect(points).toEqual(Array.from({ length: 14 }, (_, day) => day * 3))
})

it('traces one series as its rule judges it, from window to window', async () => {
  const monitor = poolMonitor(80)
  const { alerts } = await backtest(monitor, { windows: peaks().windows() })
  const [record] = [...alerts.values()].filter(({ subject }) => subject.resource.id === 'high')
  const [rule] = monitor.watch[0]?.rules ?? []
  if (record === undefined || rule === undefined) throw new Error('there is one')
  const points: Judgement[] = []
  for await (const point of trace(peaks(), rule, record.subject)) points.push(point)
  expect(points.length).toBe(42)
  expect(points.filter(({ breaches }) => breaches === 'critical').map(({ value }) => value)).toEqual([82, 84, 86])
})
