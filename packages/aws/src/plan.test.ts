import type { Watch } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, startAwsStub, stubCloudWatch } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AwsMetric, awsOptions, cloudWatchUsage, defineAwsCollector, planCloudWatch } from './index.ts'

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
  { name: 'a budget that does not last', watches: () => [watch({ regions: ['us-west-2'], size: 40, maxUsdPerMonth: 6 }, ['depth', 'age']), watch({ regions: ['us-west-2'], size: 10 }, ['depth'])], over: 3 * HOUR },
]

describe('a plan is what CloudWatch counts', () => {
  it.each(CASES)('for $name', async ({ watches, interval = MINUTE, over = 2 * HOUR }) => {
    const planning = testServices(clock)
    const plan = await planCloudWatch(watches(), planning, { interval, over, signal })
    await planning.close()
    expect(plan.failures).toEqual([])
    // Nothing that costs was asked for.
    expect(stub.count('GetMetricData')).toBe(0)
    const { billed, owners } = await lived(watches(), interval, over)
    expect({ calls: plan.total.calls, metrics: plan.total.metrics }).toEqual(billed)
    expect(plan.owners).toEqual(owners.map(({ owner, ...spending }) => ({ owner, ...Object.fromEntries(Object.entries(spending).map(([key, value]) => [key, expect.closeTo(value, 6)])) })))
    expect(billed.metrics).toBeGreaterThan(0)
  }, 60_000)
})

describe('a plan', () => {
  it('looks a month ahead at ten thousand resources in less time than a cycle has', async () => {
    const services = testServices(clock)
    const began = performance.now()
    const plan = await planCloudWatch([watch({ regions: ['us-west-2'], size: 10_000 }, ['depth', 'age'])], services, { interval: MINUTE, signal })
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(plan).toMatchObject({ over: 30 * 24 * HOUR, first: { calls: 40, metrics: 20_000 }, regions: [{ account: '123456789012', region: 'us-west-2', series: 20_000, metrics: 20_000 }] })
    // Every minute of 30 days, and every fifth.
    expect(plan.total.metrics).toBe(10_000 * 43_200 + 10_000 * 8_640)
    expect(plan.total.dollars).toBeCloseTo(5_184)
    await services.close()
  }, 60_000)

  it('says what it could not discover', async () => {
    stub.on('GetCallerIdentity', () => undefined)
    const failing = defineAwsCollector({ name: 'failing', resources: 'queues', options: awsOptions, ttl: 300, catalogue: { depth: metric() }, discover: () => Promise.reject(new Error('no')) })
    const services = testServices(clock)
    const one: Watch = { ...failing({ regions: ['us-west-2'] }, {}), rules: watch({ size: 1 }, ['depth']).rules }
    const plan = await planCloudWatch([one], services, { interval: MINUTE, signal })
    expect(plan.failures.map(({ code }) => code)).toEqual(['E200'])
    expect(plan.total).toEqual({ calls: 0, attempts: 0, metrics: 0, dollars: 0 })
    await services.close()
  })

  it('leaves collectors alone that do not ask CloudWatch', async () => {
    stub.on('GetMetricData', () => fault('ValidationError', 'nobody asks'))
    const services = testServices(clock)
    const other: Watch = { ...watch({ size: 1 }, ['depth']), open: () => ({ async *collect() {} }) }
    expect((await planCloudWatch([other], services, { interval: MINUTE, signal })).total.metrics).toBe(0)
    await services.close()
  })
})
