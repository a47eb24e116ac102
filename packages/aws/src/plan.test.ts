import { type CostPlan, planCosts, type Watch } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, startAwsStub, stubCloudWatch } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AwsMetric, awsOptions, cloudWatchUsage, defineAwsCollector } from './index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const signal = AbortSignal.timeout(120_000)

let stub: AwsStub
let clock: FakeClock
beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  clock = new FakeClock('2026-01-05T12:00:30Z')
})

const metric = (over: Partial<AwsMetric<{ size: number }>> & { metric?: string } = {}): AwsMetric<{ size: number }> => ({
  unit: 'count',
  worse: 'high',
  help: 'test',
  namespace: 'Jobs',
  metric: 'Depth',
  stat: 'Average',
  period: 60,
  settle: 120,
  ...over,
})

/** A fleet with metrics of several periods, statistics and sources. */
const fleet = defineAwsCollector({
  name: 'fleet',
  resources: 'queues',
  options: awsOptions.extend({ size: z.int(), from: z.int().default(0) }),
  ttl: 1_000_000,
  catalogue: {
    depth: metric(),
    peak: metric({ stat: 'Maximum' }),
    age: metric({ metric: 'Age', period: 300, settle: 300 }),
    rare: metric({ metric: 'Rare', period: 300, settle: 120, every: 900 }),
    odd: metric({ metric: 'Odd', period: 180, settle: 60 }),
    daily: metric({ metric: 'Size', period: 86_400, settle: 43_200, lookBack: 3 * 86_400, every: 21_600 }),
    fast: metric({ metric: 'Fast', period: 10, settle: 30 }),
    six: {
      unit: 'count',
      worse: 'high',
      help: 'test',
      sources: Object.fromEntries(['p10', 'p20', 'p30', 'p40', 'p50', 'p60'].map((stat) => [stat, { namespace: 'Jobs', metric: 'Six', stat, period: 60, settle: 120 }])),
      combine: (values: Readonly<Record<string, number>>) => values['p10'],
    },
  },
  discover: async (_target, { options }) =>
    Array.from({ length: options.size }, (_, index) => ({ resource: { id: `q${options.from + index}`, type: 'queue', name: `q${options.from + index}`, tags: {} }, dimensions: { Queue: `q${options.from + index}` }, facts: { size: 1 } })),
})

/** A watch as a monitor has it, with a rule for each of these metrics. */
function watch(options: Parameters<typeof fleet>[0], metrics: readonly string[]): Watch {
  const made = fleet(options, {})
  const rules = metrics.map((name) => ({ name: `fleet.${name}`, metric: { name, unit: 'count', worse: 'high', help: '' } }))
  return { ...made, rules: rules as unknown as Watch['rules'] }
}

const NO_LIMITS: NonNullable<Parameters<typeof planCosts>[1]>['limiter'] = { schedule: (_limit, call) => call(), slowDown: () => {}, close: () => {} }

/** The plan of a monitor with these watches. */
const planOf = (watches: readonly Watch[], { interval = MINUTE, over }: { readonly interval?: number; readonly over?: number } = {}): Promise<CostPlan> =>
  planCosts({ watch: watches, every: interval, schedule: undefined, timeZone: 'UTC' }, { clock, limiter: NO_LIMITS, signal, ...(over === undefined ? {} : { over }) })

/** Runs the cycles that a plan is made for, and says what CloudWatch counted. */
async function lived(watches: readonly Watch[], interval: number, over: number) {
  const service = stubCloudWatch({ now: () => clock.now(), value: () => 1 })
  stub.use(service.handlers)
  const services = testServices(clock)
  const collectors = watches.map((one) => ({ collector: one.open(), wanted: new Set(one.rules.map((rule) => rule.metric.name)) }))
  const end = clock.now() + over
  for (; clock.now() < end; clock.set(clock.now() + interval)) {
    await Promise.all(
      collectors.map(async ({ collector, wanted }) => {
        const context = collectContext({ ...services, now: clock.now(), interval })
        for await (const one of collector.collect(wanted, context)) expect(one.status).toBe('complete')
        expect(context.failures).toEqual([])
      }),
    )
  }
  const { owners } = cloudWatchUsage(services)
  await Promise.all(collectors.map(async ({ collector }) => collector.close?.()))
  await services.close()
  return { billed: { ...service.billed }, owners }
}

const REGIONS = ['us-west-2', 'us-east-1']
const CASES: readonly { readonly name: string; readonly watches: () => Watch[]; readonly interval?: number; readonly over?: number }[] = [
  { name: 'one metric', watches: () => [watch({ regions: ['us-west-2'], size: 3 }, ['depth'])] },
  { name: 'more than a call takes', watches: () => [watch({ regions: ['us-west-2'], size: 700 }, ['depth'])], over: 20 * MINUTE },
  { name: 'statistics of one metric, up to six', watches: () => [watch({ regions: ['us-west-2'], size: 90 }, ['depth', 'peak', 'six'])], over: 30 * MINUTE },
  { name: 'periods of every kind in two regions', watches: () => [watch({ regions: REGIONS, size: 120 }, ['depth', 'age', 'rare', 'odd', 'fast'])] },
  { name: 'metrics that two collectors share', watches: () => [watch({ regions: REGIONS, size: 60 }, ['depth', 'age']), watch({ regions: ['us-west-2'], size: 50, from: 40 }, ['depth', 'peak', 'rare'])] },
  { name: 'cycles longer than periods', watches: () => [watch({ regions: ['us-west-2'], size: 20 }, ['depth', 'age', 'odd'])], interval: 7 * MINUTE, over: 5 * HOUR },
  { name: 'metrics of a day', watches: () => [watch({ regions: ['us-west-2'], size: 20 }, ['daily', 'age'])], interval: 10 * MINUTE, over: 40 * HOUR },
  {
    name: 'a budget that lasts once others share the cost',
    watches: () => [watch({ regions: ['us-west-2'], size: 80, maxUsdPerMonth: 26 }, ['depth']), watch({ regions: ['us-west-2'], size: 40 }, ['depth'])],
    over: HOUR,
  },
  { name: 'a budget that two regions share', watches: () => [watch({ regions: REGIONS, size: 40, maxUsdPerMonth: 12 }, ['depth', 'age'])], over: 3 * HOUR },
  { name: 'a budget that does not last', watches: () => [watch({ regions: ['us-west-2'], size: 40, maxUsdPerMonth: 6 }, ['depth', 'age']), watch({ regions: ['us-west-2'], size: 10 }, ['depth'])], over: 3 * HOUR },
]

describe('a plan is what CloudWatch counts', () => {
  it.each(CASES)('for $name', async ({ watches, interval = MINUTE, over = 2 * HOUR }) => {
    const plan = await planOf(watches(), { interval, over })
    expect(plan.failures).toEqual([])
    // Nothing that costs was asked for.
    expect(stub.count('GetMetricData')).toBe(0)
    const { billed, owners } = await lived(watches(), interval, over)
    expect(plan.sources.map(({ total }) => ({ calls: total.calls, metrics: total.billed }))).toEqual([billed])
    expect(plan.watches.map(({ cost }) => cost?.own)).toEqual(owners.map(({ calls, metrics, dollars }) => ({ calls: expect.closeTo(calls, 6), billed: expect.closeTo(metrics, 6), dollars: expect.closeTo(dollars, 6) })))
    expect(billed.metrics).toBeGreaterThan(0)
  }, 60_000)
})

describe('a plan', () => {
  it('looks a month ahead at ten thousand resources in less time than a cycle has', async () => {
    const began = performance.now()
    const plan = await planOf([watch({ regions: ['us-west-2'], size: 10_000 }, ['depth', 'age'])])
    expect(performance.now() - began).toBeLessThan(20_000)
    const [source] = plan.sources
    expect(plan.over).toBe(30 * 24 * HOUR)
    expect(source).toMatchObject({ source: 'CloudWatch GetMetricData', unit: 'metrics', first: { calls: 40, billed: 20_000 } })
    // Every minute of 30 days, and every fifth.
    expect(source?.total.billed).toBe(10_000 * 43_200 + 10_000 * 8_640)
    expect(source?.total.dollars).toBeCloseTo(5_184)
  }, 60_000)

  it('says which calls were made for it', async () => {
    const { sources } = await planOf([watch({ regions: REGIONS, size: 1 }, ['depth'])])
    expect(sources.map(({ free }) => free)).toEqual([{ 'sts:GetCallerIdentity': 1 }])
    expect(stub.requests.map(({ api }) => api)).toEqual(['GetCallerIdentity'])
  })

  it('says what a limit does: nothing where it lasts, else how much less often is polled', async () => {
    // A metric every minute is $0.432 a month.
    const { watches, sources } = await planOf([watch({ regions: ['us-west-2'], size: 100, maxUsdPerMonth: 10.8 }, ['depth']), watch({ regions: ['us-east-1'], size: 10, maxUsdPerMonth: 5 }, ['depth']), watch({ regions: ['us-east-1'], from: 10, size: 1 }, ['depth'])])
    expect(watches.map(({ cost }) => cost?.limit)).toEqual([
      { usdPerMonth: 10.8, unlimitedUsdPerMonth: expect.closeTo(43.2), stretch: expect.closeTo(4) },
      { usdPerMonth: 5, unlimitedUsdPerMonth: expect.closeTo(4.32), stretch: 1 },
      undefined,
    ])
    expect(watches.map(({ cost }) => cost?.own.dollars)).toEqual([expect.closeTo(10.8, 1), expect.closeTo(4.32), expect.closeTo(0.432)])
    expect(sources).toHaveLength(1)
  }, 60_000)

  it('keeps the pace of a cron pattern, nights and weekends included', async () => {
    // A Monday: from noon on 12, 13, 14, 15 and 16 o'clock, then 8 to 16 on four days; the first cycle runs at once.
    const cron = { watch: [watch({ regions: ['us-west-2'], size: 3 }, ['depth'])], every: MINUTE, schedule: '0 8-16 * * 1-5', timeZone: 'UTC' }
    const { sources } = await planCosts(cron, { clock, limiter: NO_LIMITS, signal, over: 7 * 24 * HOUR })
    expect(sources.map(({ total }) => total.calls)).toEqual([1 + 4 + 4 * 9 + 5])
  })

  it('says what it could not discover', async () => {
    stub.on('GetCallerIdentity', () => undefined)
    const failing = defineAwsCollector({ name: 'failing', resources: 'queues', options: awsOptions, ttl: 300, catalogue: { depth: metric() }, discover: () => Promise.reject(new Error('no')) })
    const one: Watch = { ...failing({ regions: ['us-west-2'] }, {}), rules: watch({ size: 1 }, ['depth']).rules }
    const plan = await planOf([one, watch({ regions: ['us-west-2'], size: 1 }, ['depth'])])
    expect(plan.failures.map(({ collector, error }) => [collector, error.code])).toEqual([['failing', 'E200']])
    expect(plan.watches.map(({ complete }) => complete)).toEqual([false, true])
    expect(plan.sources.map(({ first }) => first.billed)).toEqual([1])
  })

  it('says where nothing was found, which is no gap in the figures', async () => {
    const plan = await planOf([watch({ regions: ['us-west-2'], size: 0 }, ['depth'])])
    expect(plan.failures.map(({ error }) => error.code)).toEqual(['E203'])
    expect(plan.watches.map(({ complete, cost }) => [complete, cost?.own])).toEqual([[true, { calls: 0, billed: 0, dollars: 0 }]])
  })

  it('leaves collectors alone that have no price', async () => {
    stub.on('GetMetricData', () => fault('ValidationError', 'nobody asks'))
    const other: Watch = { ...watch({ size: 1 }, ['depth']), open: () => ({ async *collect() {} }) }
    expect(await planOf([other])).toMatchObject({ watches: [{ cost: undefined, complete: true }], sources: [], failures: [] })
  })
})
