import type { CollectorPastPart, Watch } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, startAwsStub, stubCloudWatch, type StubCloudWatch, type StubCloudWatchOptions, stubQueries } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { awsOptions } from './aws-options.ts'
import { type Catalogue, perSecond } from './catalogue.ts'
import { defineAwsCollector } from './define-aws-collector.ts'
import { cloudWatchUsage } from './engine/engine.ts'

const NOW = Date.parse('2026-03-20T12:00:30Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const jobs = { namespace: 'Jobs', period: 60, settle: 120 } as const
const catalogue = {
  waiting: { ...jobs, unit: 'count', worse: 'high', help: 'Waiting', metric: 'Waiting', stat: 'Maximum' },
  most: { ...jobs, unit: 'count', worse: 'high', help: 'Waiting, on average', metric: 'Waiting', stat: 'Average' },
  rate: { ...jobs, unit: 'count/second', worse: 'high', help: 'Done', metric: 'Done', stat: 'Sum', value: perSecond },
  slow: { ...jobs, unit: 'count', worse: 'high', help: 'Slow', metric: 'Slow', stat: 'Maximum', period: 300 },
  size: { ...jobs, unit: 'count', worse: 'high', help: 'Size', metric: 'Size', stat: 'Average', period: 86_400, settle: 0 },
  fast: { ...jobs, unit: 'count', worse: 'high', help: 'Fast', metric: 'Fast', stat: 'Maximum', period: 10 },
  total: {
    unit: 'count',
    worse: 'high',
    help: 'Waiting and running',
    sources: { waiting: { ...jobs, metric: 'Waiting', stat: 'Maximum' }, running: { ...jobs, metric: 'Running', stat: 'Maximum' } },
    combine: ({ waiting, running }) => (waiting === undefined || running === undefined ? undefined : waiting + running),
  },
} as const satisfies Catalogue<undefined>

const queues = (world: Readonly<Record<string, readonly string[]>>) =>
  defineAwsCollector({
    name: 'queue',
    resources: 'queues',
    options: awsOptions,
    ttl: 300,
    catalogue,
    discover: async ({ region }) => (world[region] ?? []).map((name) => ({ resource: { id: `arn:aws:jobs:${region}:123456789012:queue/${name}`, type: 'queue', name, tags: {} }, dimensions: { Queue: name }, facts: undefined })),
  })

let stub: AwsStub
let cloudwatch: StubCloudWatch
let clock: FakeClock
let services: ReturnType<typeof testServices>

beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  clock = new FakeClock(NOW)
  services = testServices(clock)
  serve({ value: ({ period }) => period / 1_000 })
})
afterEach(() => services.close())

function serve(options: StubCloudWatchOptions): void {
  cloudwatch = stubCloudWatch({ now: () => clock.now(), ...options })
  stub.use(cloudwatch.handlers)
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `q${index}`)

/** What a collector says of its past, and what reading it gives. */
async function past(watch: Watch, wanted: readonly string[], from: number, until = NOW) {
  const context = collectContext({ ...services, clock, now: clock.now() })
  const offered = await watch.open().history?.(new Set(wanted), { from, until }, context)
  if (offered === undefined) throw new Error('an AWS collector has a past')
  const { series, calls, dollars } = offered
  const before = stub.count('GetMetricData')
  const shares: number[] = []
  const read = async (): Promise<CollectorPastPart[]> => {
    const parts: CollectorPastPart[] = []
    for await (const part of offered.read((share) => shares.push(share))) parts.push(part)
    return parts
  }
  return { series, calls, dollars, before, shares, read, problems: () => context.failures.map(({ error }) => String(error)) }
}

const shown = ({ series: { resource, metric, period, timestamps, values }, from, until }: CollectorPastPart) => ({
  name: `${resource.name} ${metric}`,
  period: period / 1_000,
  days: [(from - NOW) / DAY, (until - NOW) / DAY].map((days) => Math.round(days * 10) / 10 + 0),
  points: timestamps.length,
  first: timestamps[0],
  last: timestamps.at(-1),
  value: values[0],
})

describe('the past of CloudWatch', () => {
  it('costs each metric once, says so before it asks for any, and is right about it', async () => {
    const { series, calls, dollars, before, shares, read, problems } = await past(queues({ 'us-west-2': names(12) })({ regions: ['us-west-2'] }, {}), ['waiting', 'most'], NOW - 14 * DAY)
    expect([series, before]).toEqual([24, 0])
    // 14 days of one minute are 20,160 points: five statistics a call, and two of one metric are never apart.
    expect(calls).toBe(6)
    expect(dollars).toBeCloseTo(12 * 0.00001, 10)
    const parts = await read()
    expect(problems()).toEqual([])
    expect(cloudwatch.billed).toEqual({ calls, metrics: 12 })
    expect(cloudWatchUsage(services)).toMatchObject({ calls, metrics: 12, dollars })
    expect(parts.map(({ series: { resource, metric } }) => `${resource.name} ${metric}`).toSorted()).toEqual(names(12).flatMap((name) => [`${name} most`, `${name} waiting`]).toSorted())
    for (const part of parts) expect(shown(part)).toMatchObject({ period: 60, points: 14 * 1_440 - 3, first: Date.parse('2026-03-06T12:01:00Z'), last: Date.parse('2026-03-20T11:57:00Z') })
    expect(shares.at(-1)).toBe(1)
  })

  it('is read at the shortest period that is still kept, part by part', async () => {
    const { read, calls } = await past(queues({ 'us-west-2': ['a'] })({ regions: ['us-west-2'] }, {}), ['rate'], NOW - 100 * DAY)
    const parts = await read()
    expect(calls).toBe(3)
    // Five minutes in one sum are still a rate a second.
    expect(parts.map(shown)).toMatchObject([
      { period: 3_600, days: [-100, -62.9], value: 1 },
      { period: 300, days: [-62.9, -14.9], value: 1 },
      { period: 60, days: [-14.9, 0], value: 1 },
    ])
    const points = parts.flatMap(({ series }) => [...series.timestamps])
    expect(points).toEqual([...new Set(points)].toSorted((a, b) => a - b))
    parts.slice(1).forEach((part, index) => expect(part.from).toBe(parts[index]?.until))
    for (const { series, from, until } of parts) expect(series.timestamps).toHaveLength((until - from) / series.period)
  })

  it('is paid for once where longer periods are kept as they are, and begins where CloudWatch does', async () => {
    const { read, dollars } = await past(queues({ 'us-west-2': ['a'] })({ regions: ['us-west-2'] }, {}), ['slow', 'size'], NOW - 60 * DAY)
    expect((await read()).map(shown)).toMatchObject([{ name: 'a slow', period: 300, points: 60 * 288 - 2 }, { name: 'a size', period: 86_400, points: 60 - 1 }])
    expect(dollars).toBeCloseTo(2 * 0.00001, 10)
    const whole = await (await past(queues({ 'us-west-2': ['a'] })({ regions: ['us-west-2'] }, {}), ['waiting'], 0)).read()
    expect(whole[0]?.from).toBeGreaterThan(NOW - 455 * DAY)
    expect(whole[0]?.series.timestamps).toHaveLength(((whole[0]?.until ?? 0) - (whole[0]?.from ?? 0)) / HOUR)
  })

  it('has short periods for three hours', async () => {
    const parts = await (await past(queues({ 'us-west-2': ['a'] })({ regions: ['us-west-2'] }, {}), ['fast'], NOW - DAY)).read()
    expect(parts.map(shown)).toMatchObject([{ period: 60, points: 22 * 60 - 1 }, { period: 10, points: 711 }])
  })

  it('has a value where all sources of one have a point', async () => {
    serve({ value: ({ metric }, at) => (metric === 'Running' ? (at % (2 * MINUTE) === 0 ? 100 : undefined) : 1) })
    const { read, calls } = await past(queues({ 'us-west-2': names(7) })({ regions: ['us-west-2'] }, {}), ['total'], NOW - 14 * DAY)
    const parts = await read()
    expect(calls).toBe(3)
    expect(parts.map(shown)).toMatchObject(names(7).map((name) => ({ name: `${name} total`, points: 14 * 720 - 2, value: 101 })))
  })

  it('waits for what is in a later call', async () => {
    // Twenty-one queries of fourteen days are five calls, and the fourth ends between the two sources of the last value.
    const { read, calls } = await past(queues({ 'us-west-2': names(7) })({ regions: ['us-west-2'] }, {}), ['rate', 'total'], NOW - 14 * DAY)
    const parts = await read()
    expect(calls).toBe(5)
    expect(parts.map(shown).filter(({ name }) => name.endsWith('total'))).toMatchObject(names(7).map((name) => ({ name: `${name} total`, points: 14 * 1_440 - 3, value: 120 })))
  })

  it('reads all regions, and the others where one is forbidden', async () => {
    stub.on('GetMetricData', ({ region }) => (region === 'us-east-1' ? fault('AccessDeniedException', 'no') : undefined))
    const { read, problems, series } = await past(queues({ 'us-west-2': ['a'], 'us-east-1': names(40) })({ regions: ['us-east-1', 'us-west-2'] }, {}), ['waiting'], NOW - DAY)
    expect((await read()).map((part) => shown(part).name)).toEqual(['a waiting'])
    expect(series).toBe(41)
    expect(problems()).toEqual(['E201 access denied: cloudwatch:GetMetricData · role/mon, us-east-1 · allow cloudwatch:GetMetricData for role/mon'])
  })

  it('asks for what fails inside CloudWatch again, and tells of what fails for good', async () => {
    let failures = 0
    serve({ value: () => 1, status: ({ dimensions }) => (dimensions['Queue'] === 'q1' && failures++ < 1 ? 'InternalError' : dimensions['Queue'] === 'q2' ? 'InternalError' : undefined) })
    const { read, problems } = await past(queues({ 'us-west-2': names(3) })({ regions: ['us-west-2'] }, {}), ['waiting'], NOW - DAY)
    expect((await read()).map((part) => shown(part).name).toSorted()).toEqual(['q0 waiting', 'q1 waiting'])
    expect(problems()).toEqual([expect.stringContaining('CloudWatch failed on Jobs Waiting 3 times')])
  })

  it('asks for whole windows', async () => {
    await (await past(queues({ 'us-west-2': names(6) })({ regions: ['us-west-2'] }, {}), ['waiting'], NOW - 14 * DAY)).read()
    const sizes = stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? [stubQueries(input).length] : []))
    expect(sizes).toEqual([5, 1])
  })
})
