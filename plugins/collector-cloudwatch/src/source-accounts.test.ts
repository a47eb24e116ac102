import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planCosts, type Series, type Services, type Watch } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, startAwsStub, stubCloudWatch, type StubCloudWatch, type StubMetric } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { cloudwatch } from './index.ts'

const OWN = '123456789012'
const PAYMENTS = '210987654321'
const SANDBOX = '310987654321'
const MINUTE = 60_000
const regions = ['us-west-2']
const depth = { namespace: 'Jobs', metric: 'Depth', stat: 'Maximum', period: '1m', unit: 'count', dimensions: { Queue: 'a' } } as const
const wherever = { ...depth, dimensions: { Queue: '*' } } as const
const metric = (Queue: string, account?: string): StubMetric => ({ namespace: 'Jobs', metric: 'Depth', dimensions: { Queue }, ...(account === undefined ? {} : { account }) })

let stub: AwsStub
let clock: FakeClock
let service: StubCloudWatch
let forbidden: string | undefined
beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  forbidden = undefined
  clock = new FakeClock('2026-01-05T12:00:30Z')
  service = stubCloudWatch({
    now: () => clock.now(),
    value: ({ account = OWN }) => Number(account.slice(0, 3)),
    metrics: [metric('a'), metric('a', PAYMENTS), metric('b', PAYMENTS), metric('c', SANDBOX)],
    status: ({ account }) => (account !== undefined && account === forbidden ? 'Forbidden' : undefined),
  })
  stub.use(service.handlers)
})

/** One cycle of all watches, as a process that begins with it has it. */
async function cycle(watches: readonly Watch[], services: Services = servicesOfTest()) {
  const series: Series[] = []
  const context = collectContext({ ...services, now: clock.now() })
  const collectors = watches.map((watch) => watch.open())
  await Promise.all(
    collectors.map(async (collector) => {
      for await (const one of collector.collect(new Set(['depth']), context)) series.push(one)
    }),
  )
  await Promise.all(collectors.map(async (collector) => collector.close?.()))
  return { series, failures: context.failures.map(({ error, scope }) => ({ code: error.code, scope })) }
}

function servicesOfTest(): Services {
  const services = testServices(clock)
  onTestFinished(() => services.close())
  return services
}

/** What went over the wire: the accounts of the queries, by call. */
const sent = z.object({ MetricDataQueries: z.array(z.object({ AccountId: z.string().optional() })) })
const asked = (): (string | undefined)[][] => stub.requests.filter(({ api }) => api === 'GetMetricData').map(({ input }) => sent.parse(input).MetricDataQueries.map(({ AccountId }) => AccountId))
const shown = (series: readonly Series[]): string[] => series.map(({ resource, values }) => `${resource.account} ${resource.id} ${values.at(-1)}`).sort()

it('reads the same metric of several accounts in one call, each a resource of its account', async () => {
  const { series, failures } = await cycle([cloudwatch({ regions, sourceAccounts: [PAYMENTS, SANDBOX], metrics: { depth } }, {})])
  expect(failures).toEqual([])
  expect(asked()).toEqual([[PAYMENTS, SANDBOX]])
  expect(service.billed).toEqual({ calls: 1, metrics: 2 })
  expect(shown(series)).toEqual([`${PAYMENTS} cloudwatch:${PAYMENTS}:us-west-2:Jobs:Queue=a 210`, `${SANDBOX} cloudwatch:${SANDBOX}:us-west-2:Jobs:Queue=a 310`])
})

it('lists the metrics of the source account alone where a dimension is *', async () => {
  const { series } = await cycle([cloudwatch({ regions, sourceAccounts: [PAYMENTS, SANDBOX], metrics: { depth: wherever } }, {})])
  expect(shown(series).map((line) => line.split(':').at(-1))).toEqual(['Queue=a 210', 'Queue=b 210', 'Queue=c 310'])
  const lists = stub.requests.filter(({ api }) => api === 'ListMetrics').map(({ input: { IncludeLinkedAccounts, OwningAccount } }) => [IncludeLinkedAccounts, OwningAccount])
  expect(lists).toEqual([[true, PAYMENTS], [true, SANDBOX]])
})

it('keeps an account apart from the one that reads it, in the engine too, and sends nothing for that one', async () => {
  const watches = [cloudwatch({ regions, metrics: { depth } }, {}), cloudwatch({ regions, sourceAccounts: [OWN, PAYMENTS, PAYMENTS], metrics: { depth } }, {})]
  const { series } = await cycle(watches)
  expect(shown(series).map((line) => line.slice(0, 12))).toEqual([OWN, OWN, PAYMENTS])
  // Its own metric is one for both watches.
  expect(asked()).toEqual([[undefined, PAYMENTS]])
  expect(series.map(({ values }) => `${values.at(-1)}`).sort()).toEqual(['123', '123', '210'])
})

it('plans for each account', async () => {
  const watch = cloudwatch({ regions, sourceAccounts: [PAYMENTS, SANDBOX], metrics: { depth } }, { depth: threshold({ critical: 1 }) })
  const { sources } = await planCosts({ watch: [watch], every: MINUTE, schedule: undefined, timeZone: 'UTC' }, { clock, over: 10 * MINUTE })
  expect(sources.map(({ total }) => [total.calls, total.billed])).toEqual([[10, 20]])
})

it('says of a failure that it covers the region whatever the account, so that alerts of source accounts are held', async () => {
  stub.on('ListMetrics', () => fault('AccessDenied', 'no', 403))
  expect((await cycle([cloudwatch({ regions, sourceAccounts: [PAYMENTS], metrics: { depth: wherever } }, {})])).failures).toEqual([{ code: 'E201', scope: { region: 'us-west-2' } }])
  expect((await cycle([cloudwatch({ regions, metrics: { depth: wherever } }, {})])).failures).toEqual([{ code: 'E201', scope: { account: OWN, region: 'us-west-2' } }])
})

it('goes on with the other accounts when one is not shared', async () => {
  forbidden = SANDBOX
  const services = servicesOfTest()
  const watch = cloudwatch({ regions, sourceAccounts: [PAYMENTS, SANDBOX], metrics: { depth } }, {})
  const collector = watch.open()
  for (let pass = 0; pass < 3; pass++) {
    const { series, failures } = await cycle([{ ...watch, open: () => ({ collect: (wanted, context) => collector.collect(wanted, context) }) }], services)
    expect(failures.map(({ code }) => code)).toEqual(['E201'])
    expect(series.map(({ resource, status }) => [resource.account, status])).toEqual([[PAYMENTS, 'complete'], [SANDBOX, 'error']])
    clock.set(clock.now() + MINUTE)
  }
  await collector.close?.()
  expect(asked()).toEqual([[PAYMENTS, SANDBOX], [PAYMENTS, SANDBOX], [PAYMENTS, SANDBOX]])
})

it('keeps the account of what was discovered for the next process', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'tocsin-accounts-'))
  onTestFinished(() => rm(cache, { recursive: true }))
  const watch = cloudwatch({ regions, sourceAccounts: [PAYMENTS], metrics: { depth: wherever }, cache }, {})
  const first = await cycle([watch])
  const second = await cycle([watch])
  expect(stub.count('ListMetrics')).toBe(1)
  expect(shown(second.series)).toEqual(shown(first.series))
  expect(asked()).toEqual([[PAYMENTS, PAYMENTS], [PAYMENTS, PAYMENTS]])
})

it.each([[['1234'], 'sourceAccounts.0: an account number'], [[210987654321], 'sourceAccounts.0: an account number in quotes'], [[], 'sourceAccounts']])('refuses %j', (sourceAccounts, problem) => {
  const { problems } = cloudwatch({ sourceAccounts: sourceAccounts as string[], metrics: { depth } }, {})
  expect(problems.map(({ path, error }) => `${path.join('.')}: ${error.fix}`)).toEqual([expect.stringContaining(problem)])
})
