import { expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import { planCosts } from './plan-costs.ts'
import type { Collector } from '../plugin/collector.ts'
import type { PlanContext, PlannedCost, SourceCost } from '../plugin/cost.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { FakeClock } from '../testing/fake-clock.ts'

const START = Date.parse('2026-01-05T12:00:30Z')
const HOUR = 3_600_000
const line = defineEvaluator({ name: 'line', create: () => ({ evaluate: () => ({ judgements: [] }) }) })

type Plan = NonNullable<Collector['plan']>
const closed: string[] = []

/** A watch of a source that has a price, or of none. */
function watch(name: string, plan?: Plan) {
  const collector = defineCollector({
    name,
    metrics: { depth: { unit: 'count', worse: 'high', help: '' }, age: { unit: 'seconds', worse: 'high', help: '' } },
    create: () => ({ async *collect() {}, close: async () => void closed.push(name), ...(plan === undefined ? {} : { plan }) }),
  })
  return collector({ depth: line() })
}

const costOf = (calls: number) => ({ calls, billed: calls, dollars: calls / 100 })
const sourceOf = (source: string, calls: number): SourceCost => ({ source, unit: 'queries', total: costOf(calls), first: costOf(1), free: {} })
const planOf = (...watches: ReturnType<typeof watch>[]) => planCosts({ watch: watches, every: 60_000, schedule: undefined, timeZone: 'UTC' }, { clock: new FakeClock(START), over: HOUR })

it('asks every collector before any has answered, for the metrics that have rules and all cycles to come', async () => {
  const asked: string[] = []
  const contexts: PlanContext[] = []
  const plan = (name: string): Plan => async (wanted, context) => {
    asked.push(`${name} ${[...wanted].join()}`)
    contexts.push(context)
    await Promise.resolve()
    asked.push(`${name} answers`)
    return { own: costOf(context.cycles.length), shared: sourceOf(name, context.cycles.length) }
  }
  const { sources, watches } = await planOf(watch('a', plan('a')), watch('b', plan('b')))
  expect(asked).toEqual(['a depth', 'b depth', 'a answers', 'b answers'])
  expect(contexts[0]).toMatchObject({ now: START, interval: 60_000 })
  expect(contexts[0]?.cycles).toEqual(Array.from({ length: 60 }, (_, index) => START + index * 60_000))
  expect(sources.map(({ source, total }) => [source, total.calls])).toEqual([['a', 60], ['b', 60]])
  expect(watches.map(({ watch: { collector }, cost, complete }) => [collector, cost?.own.calls, complete])).toEqual([['a', 60, true], ['b', 60, true]])
})

it('counts a source that several share once, and what has no plan as nothing', async () => {
  const shared = sourceOf('bank', 10)
  const part = async (): Promise<PlannedCost> => ({ own: costOf(5), shared })
  const { sources, watches, failures } = await planOf(watch('a', part), watch('b'), watch('c', part))
  expect(sources).toEqual([shared])
  expect(watches.map(({ cost, complete }) => [cost?.own.calls, complete])).toEqual([[5, true], [undefined, true], [5, true]])
  expect(failures).toEqual([])
})

it('goes on when one fails, says so, and closes all', async () => {
  closed.length = 0
  const denied = new TocsinError('E201', 'access denied', { fix: 'allow it' })
  const partly: Plan = async (_wanted, { fail }) => {
    fail(denied, { region: 'us-west-2' })
    return { own: costOf(5), shared: sourceOf('bank', 5) }
  }
  const empty: Plan = async (_wanted, { fail }) => {
    fail(new TocsinError('E203', 'no queues', { fix: 'look elsewhere' }))
    return { own: costOf(0), shared: sourceOf('bar', 0) }
  }
  const { watches, sources, failures } = await planOf(watch('thrown', () => Promise.reject(new Error('broken'))), watch('partly', partly), watch('empty', empty))
  expect(watches.map(({ cost, complete }) => [cost?.own.calls, complete])).toEqual([[undefined, false], [5, false], [0, true]])
  expect(sources.map(({ source }) => source)).toEqual(['bank', 'bar'])
  expect(failures.map(({ collector, scope, error }) => [collector, scope, error.code])).toEqual([['thrown', {}, 'E200'], ['partly', { region: 'us-west-2' }, 'E201'], ['empty', {}, 'E203']])
  expect(closed).toEqual(['thrown', 'partly', 'empty'])
})

it('looks 30 days ahead where nothing else is said, at the pace of the schedule', async () => {
  const plan: Plan = async (_wanted, { cycles, interval }) => ({ own: costOf(interval), shared: sourceOf('bank', cycles.length) })
  const { over, sources } = await planCosts({ watch: [watch('a', plan)], every: 60_000, schedule: '0 * * * *', timeZone: 'UTC' }, { clock: new FakeClock(START) })
  expect(over).toBe(30 * 24 * HOUR)
  // One at once, then every full hour.
  expect(sources.map(({ total }) => total.calls)).toEqual([1 + 30 * 24])
})
