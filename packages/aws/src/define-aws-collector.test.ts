import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CollectContext, type Series, TocsinError, type Watch } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, output, startAwsStub, stubMetricData, stubQueries, type StubQuery } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type AwsOptions, awsOptions } from './aws-options.ts'
import type { Catalogue, Discovered } from './catalogue.ts'
import { defineAwsCollector } from './define-aws-collector.ts'
import type { DiscoverContext } from './discover-context.ts'
import type { Target } from './target.ts'

const START = Date.parse('2026-01-05T12:00:30Z')
const MINUTE = 60_000
const ROLE = 'arn:aws:iam::210987654321:role/monitoring'

interface Facts {
  readonly capacity: number
  readonly big: boolean
}
const jobs = { namespace: 'Jobs', period: 60, settle: 120 } as const
const catalogue = {
  waiting: { ...jobs, unit: 'count', worse: 'high', help: 'Waiting', metric: 'Waiting', stat: 'Maximum' },
  full: { ...jobs, unit: 'percent', worse: 'high', help: 'Full', metric: 'Waiting', stat: 'Maximum', when: ({ facts }) => facts.big, value: (waiting, { facts }) => (100 * waiting) / facts.capacity },
  total: {
    unit: 'count',
    worse: 'high',
    help: 'Waiting and running',
    sources: { waiting: { ...jobs, metric: 'Waiting', stat: 'Maximum' }, running: { ...jobs, metric: 'Running', stat: 'Maximum' } },
    combine: ({ waiting, running }) => (waiting === undefined || running === undefined ? undefined : waiting + running),
  },
  disk: { ...jobs, unit: 'percent', worse: 'high', help: 'Disk', metric: 'Disk', stat: 'Average', listed: { labels: { mount: 'path' }, where: ({ fstype }) => fstype !== 'tmpfs' } },
} as const satisfies Catalogue<Facts>

type World = Readonly<Record<string, readonly string[] | Error>>

/** A collector over queues by region. */
function queues(world: () => World, over: { locate?: (home: Target, context: DiscoverContext<AwsOptions>) => Promise<readonly string[]>; on?: (context: DiscoverContext<AwsOptions>) => void; facts?: z.ZodType<Facts> } = {}) {
  return defineAwsCollector({
    name: 'queue',
    resources: 'queues',
    options: awsOptions,
    ttl: 300,
    catalogue,
    ...(over.locate ? { locate: over.locate } : {}),
    ...(over.facts ? { facts: over.facts } : {}),
    async discover({ region }, context): Promise<readonly Discovered<Facts>[]> {
      over.on?.(context)
      const found = world()[region] ?? []
      if (found instanceof Error) throw found
      return found.map((name) => ({
        resource: { id: `arn:aws:jobs:${region}:123456789012:queue/${name}`, type: 'queue', name, tags: {} },
        dimensions: { Queue: name },
        facts: { capacity: 200, big: name.startsWith('big') },
      }))
    },
  })
}

let stub: AwsStub
let clock: FakeClock
let services: ReturnType<typeof testServices>

beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  clock = new FakeClock(START)
  services = testServices(clock)
  serve(() => 42)
})
afterEach(() => services.close())

function serve(value: (query: StubQuery, at: number) => number | undefined): void {
  stub.on('GetMetricData', stubMetricData(value, () => clock.now()))
}

const newContext = (over: Partial<CollectContext> = {}) => collectContext({ ...services, clock, now: clock.now(), ...over })

/** One cycle of an open collector. */
async function cycle(collector: ReturnType<Watch['open']>, wanted: readonly string[], context = newContext()) {
  const series: Series[] = []
  for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  return { series, failures: context.failures.map(({ error, scope }) => ({ error: String(error), scope })) }
}

const last = ({ values }: Series): number | undefined => values.at(-1)
const denied = new TocsinError('E201', 'access denied: jobs:List', { fix: 'allow it', permanent: true })

describe('an AWS collector', () => {
  it('gives a series for each metric that a resource has', async () => {
    const watch = queues(() => ({ 'us-west-2': ['big-1', 'small-1'] }))({ regions: ['us-west-2'] }, {})
    const { series, failures } = await cycle(watch.open(), ['waiting', 'full'])
    expect(failures).toEqual([])
    expect(series.map((one) => [one.resource.name, one.metric, last(one)])).toEqual([
      ['big-1', 'waiting', 42],
      ['small-1', 'waiting', 42],
      ['big-1', 'full', 21],
    ])
    expect(series[0]).toMatchObject({
      resource: { id: 'arn:aws:jobs:us-west-2:123456789012:queue/big-1', account: '123456789012', region: 'us-west-2' },
      period: MINUTE,
      settledUntil: Date.parse('2026-01-05T11:58:00Z'),
      status: 'complete',
    })
    expect(stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? stubQueries(input) : []))).toHaveLength(2)
  })

  it('gives an empty series for a resource without points', async () => {
    serve(() => undefined)
    const { series } = await cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open(), ['waiting'])
    expect(series.map(({ timestamps, status }) => [timestamps.length, status])).toEqual([[0, 'complete']])
  })

  it('combines metrics where both have a point', async () => {
    serve(({ metric }, time) => (metric === 'Running' && time === START - 90_000 - 60_000 * 2 ? undefined : metric === 'Running' ? 100 : 1))
    const { series } = await cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open(), ['total'])
    expect(series).toHaveLength(1)
    expect([...(series[0]?.values ?? [])]).toEqual([101, 101, 101, 101, 101, 101])
    expect(series[0]?.timestamps).toHaveLength(6)
  })

  it('looks back over a whole cycle, so that long cycles miss no point', async () => {
    const { series } = await cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open(), ['waiting'], newContext({ interval: 30 * MINUTE }))
    expect(series[0]?.timestamps.length).toBeGreaterThanOrEqual(32)
  })

  it('shares the calls of a cycle with the other collectors of the process', async () => {
    const world = { 'us-west-2': Array.from({ length: 100 }, (_, index) => `q${index}`) }
    const collectors = [queues(() => world), queues(() => world)].map((one) => one({ regions: ['us-west-2'] }, {}).open())
    const results = await Promise.all(collectors.map((one) => cycle(one, ['waiting'])))
    expect(results.map(({ series }) => series.length)).toEqual([100, 100])
    expect(stub.count('GetMetricData')).toBe(1)
  })

  it('reads several accounts, each under its name, each in its regions', async () => {
    stub.on('AssumeRole', () => ({ body: '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>' }))
    const accounts = [{ roleArn: ROLE, name: 'prod', regions: ['us-east-1'] }, { roleArn: ROLE.replace('2109', '3109') }]
    const { series, failures } = await cycle(queues(() => ({ 'us-west-2': ['a'], 'us-east-1': ['b'] }))({ regions: ['us-west-2'], accounts }, {}).open(), ['waiting'])
    expect(failures).toEqual([])
    expect(series.map(({ resource }) => `${resource.account} ${resource.region} ${resource.name}`).sort()).toEqual(['310987654321 us-west-2 a', 'prod us-east-1 b'])
  })

  it('names the account by the ARN while STS does not, and its failures by the region alone', async () => {
    stub.on('GetCallerIdentity', () => ({ status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>' }))
    const { series, failures } = await cycle(queues(() => ({ 'us-west-2': ['a'], 'us-east-1': denied }))({ regions: ['us-west-2', 'us-east-1'] }, {}).open(), ['waiting'])
    expect(series.map(({ resource }) => resource.account)).toEqual(['123456789012'])
    expect(failures.map(({ scope }) => scope)).toEqual([{ region: 'us-east-1' }])
  })
})

describe('failures', () => {
  it('of one region leave the others alone', async () => {
    const collector = queues(() => ({ 'us-west-2': ['a'], 'us-east-1': denied }))({ regions: ['us-west-2', 'us-east-1'] }, {}).open()
    const { series, failures } = await cycle(collector, ['waiting'])
    expect(series.map(({ resource }) => resource.region)).toEqual(['us-west-2'])
    expect(failures).toEqual([{ error: String(denied.at('123456789012, us-east-1')), scope: { account: '123456789012', region: 'us-east-1' } }])
    expect(stub.count('GetMetricData')).toBe(1)
  })

  it('of one region do not keep other collectors waiting for their share of its calls', async () => {
    const hanging = defineAwsCollector({ name: 'hanging', resources: 'queues', options: awsOptions, ttl: 300, catalogue, discover: ({ region }) => (region === 'us-west-2' ? Promise.reject(denied) : new Promise(() => {})) })
    const stop = new AbortController()
    const stuck = cycle(hanging({ regions: ['us-west-2', 'us-east-1'] }, {}).open(), ['waiting'], newContext({ signal: stop.signal }))
    // The clock stands still: what waits for the hanging collector waits for ever.
    const { series } = await cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open(), ['waiting'])
    expect(series).toHaveLength(1)
    stop.abort()
    void stuck
  })

  it('of nobody: a consumer that stops early keeps no others waiting either', async () => {
    const half = defineAwsCollector({
      name: 'half',
      resources: 'queues',
      options: awsOptions,
      ttl: 300,
      catalogue,
      discover: ({ region }) =>
        region === 'us-east-1'
          ? new Promise(() => {})
          : Promise.resolve([{ resource: { id: 'arn:aws:jobs:::a', type: 'queue', name: 'a', tags: {} }, dimensions: { Queue: 'a' }, facts: { capacity: 1, big: false } }]),
    })
    for await (const one of half({ regions: ['us-west-2', 'us-east-1'] }, {}).open().collect(new Set(['waiting']), newContext())) if (one) break
    expect((await cycle(queues(() => ({ 'us-east-1': ['b'] }))({ regions: ['us-east-1'] }, {}).open(), ['waiting'])).series).toHaveLength(1)
  })

  it('of CloudWatch are told once for a region, however many metrics they hit', async () => {
    stub.on('GetMetricData', () => fault('AccessDeniedException', 'no'))
    const { series, failures } = await cycle(queues(() => ({ 'us-west-2': ['a', 'b', 'c'] }))({ regions: ['us-west-2'] }, {}).open(), ['waiting'])
    expect(series.map(({ status }) => status)).toEqual(['error', 'error', 'error'])
    expect(failures.map(({ error }) => error)).toEqual(['E201 access denied: cloudwatch:GetMetricData · role/mon, us-west-2 · allow cloudwatch:GetMetricData for role/mon'])
  })

  it('that leave the rest of a discovery whole are told in every cycle that uses it', async () => {
    const collector = queues(() => ({ 'us-west-2': ['a'] }), { on: ({ fail }) => fail(denied) })({ regions: ['us-west-2'] }, {}).open()
    for (let turn = 0; turn < 2; turn++) {
      const { series, failures } = await cycle(collector, ['waiting'])
      expect(series).toHaveLength(1)
      expect(failures.map(({ scope }) => scope)).toEqual([{ account: '123456789012', region: 'us-west-2' }])
      clock.set(clock.now() + MINUTE)
    }
  })

  it('to discover again keep what is known, and are told when it is three times too old', async () => {
    let world: World = { 'us-west-2': ['a'] }
    const collector = queues(() => world)({ regions: ['us-west-2'] }, {}).open()
    await cycle(collector, ['waiting'])
    world = { 'us-west-2': denied }
    const told: number[] = []
    for (let minute = 1; minute <= 17; minute++) {
      await clock.advance(MINUTE)
      const { series, failures } = await cycle(collector, ['waiting'])
      expect(series.map(({ resource }) => resource.name)).toEqual(['a'])
      if (failures.length > 0) told.push(minute)
    }
    expect(told).toEqual([16, 17])
    world = { 'us-west-2': ['b'] }
    await cycle(collector, ['waiting'])
    await clock.advance(MINUTE)
    expect((await cycle(collector, ['waiting'])).series.map(({ resource }) => resource.name)).toEqual(['b'])
  })

  it('are an E205 when the time of the cycle is up', async () => {
    stub.on('GetMetricData', () => 'silence')
    const stop = new AbortController()
    const running = cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open(), ['waiting'], newContext({ signal: stop.signal }))
    while (stub.count('GetMetricData') === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    const { series, failures } = await running
    expect(series).toEqual([])
    expect(failures.map(({ error }) => error.slice(0, 37))).toEqual(['E205 the time of the cycle was up · 1'])
  })
})

describe('a region without resources', () => {
  it('is told in the cycle that looked, with the region that has some', async () => {
    const collector = queues(() => ({ 'us-west-2': [], 'us-east-1': ['a', 'b'] }))({ regions: ['us-west-2', 'us-east-1'] }, {}).open()
    expect((await cycle(collector, ['waiting'])).failures).toEqual([
      { error: 'E203 no queues · 123456789012, us-west-2 · 2 are in us-east-1; change regions?', scope: { account: '123456789012', region: 'us-west-2' } },
    ])
    expect((await cycle(collector, ['waiting'])).failures).toEqual([])
  })
})

describe('locate', () => {
  const world = { 'eu-west-1': ['a'], 'us-west-2': ['b'] }

  it('names the regions where the options do not', async () => {
    const watch = queues(() => world, { locate: async () => Object.keys(world) })
    expect((await cycle(watch({}).open(), ['waiting'])).series.map(({ resource }) => String(resource.region)).sort()).toEqual(['eu-west-1', 'us-west-2'])
    expect((await cycle(watch({ regions: ['us-west-2'] }, {}).open(), ['waiting'])).series.map(({ resource }) => resource.region)).toEqual(['us-west-2'])
  })

  it('that fails is a failure of the account', async () => {
    const watch = queues(() => world, { locate: () => Promise.reject(denied) })
    expect((await cycle(watch({ accounts: [{ roleArn: ROLE }] }, {}).open(), ['waiting'])).failures.map(({ scope }) => scope)).toEqual([{ account: '210987654321' }])
  })

  it('that fails later keeps the regions that are known, and is told when they are three times too old', async () => {
    let fails = false
    const watch = queues(() => world, { locate: async () => { if (fails) throw denied; return Object.keys(world) } })
    const collector = watch({ accounts: [{ roleArn: ROLE }] }, {}).open()
    await cycle(collector, ['waiting'])
    fails = true
    for (const [minutes, failures] of [[6, 0], [8, 0], [6, 1]] as const) {
      await clock.advance(minutes * MINUTE)
      const seen = await cycle(collector, ['waiting'])
      expect(seen.series).toHaveLength(2)
      expect(seen.failures).toEqual(Array.from({ length: failures }, () => ({ error: expect.stringContaining('E201 access denied: jobs:List'), scope: { account: '210987654321' } })))
    }
  })
})

describe('labels of an account', () => {
  it('are tags of all its resources, whose own come first', async () => {
    const tagged = defineAwsCollector({
      name: 'tagged',
      resources: 'queues',
      options: awsOptions,
      ttl: 300,
      catalogue,
      discover: async () => [{ resource: { id: 'arn:aws:jobs:::a', type: 'queue', name: 'a', tags: { team: 'own' } }, dimensions: { Queue: 'a' }, facts: { capacity: 1, big: false } }],
    })
    const accounts = [{ roleArn: ROLE, name: 'payments', labels: { team: 'pay', stage: 'prod' } }]
    const { series, failures } = await cycle(tagged({ accounts, regions: ['us-west-2'] }, {}).open(), ['waiting'])
    expect(failures).toEqual([])
    expect(series[0]?.resource).toMatchObject({ account: 'payments', tags: { team: 'own', stage: 'prod' } })
  })
})

describe('what was discovered', () => {
  const facts = z.object({ capacity: z.number(), big: z.boolean() })
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tocsin-cache-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** The names that a new process sees. */
  async function restarted(world: () => World, over: Parameters<typeof queues>[1] & { options?: object } = {}): Promise<{ names: string[]; failures: string[]; discovered: number }> {
    let discovered = 0
    const { options, ...rest } = over
    const watch = queues(world, { facts, ...rest, on: () => void discovered++ })({ regions: ['us-west-2'], cache: folder, ...options }, {})
    services = testServices(clock)
    const collector = watch.open()
    const { series, failures } = await cycle(collector, ['waiting'])
    await collector.close?.()
    await services.close()
    return { names: series.map(({ resource }) => resource.name), failures: failures.map(({ error }) => error), discovered }
  }

  it('is there for the next process, until its time is over', async () => {
    expect(await restarted(() => ({ 'us-west-2': ['a'] }))).toMatchObject({ names: ['a'], discovered: 1 })
    clock.set(clock.now() + 4 * MINUTE)
    expect(await restarted(() => ({ 'us-west-2': ['b'] }))).toMatchObject({ names: ['a'], discovered: 0 })
    clock.set(clock.now() + MINUTE)
    expect(await restarted(() => ({ 'us-west-2': ['b'] }))).toMatchObject({ names: ['b'], discovered: 1 })
  })

  it('is gone on with when discovery fails, and the failure is told when it is three times too old', async () => {
    await restarted(() => ({ 'us-west-2': ['a'] }))
    clock.set(clock.now() + 10 * MINUTE)
    expect(await restarted(() => ({ 'us-west-2': denied }))).toEqual({ names: ['a'], failures: [], discovered: 1 })
    clock.set(clock.now() + 6 * MINUTE)
    expect(await restarted(() => ({ 'us-west-2': denied }))).toMatchObject({ names: ['a'], failures: [expect.stringContaining('E201')] })
  })

  it('is kept for the same question only', async () => {
    await restarted(() => ({ 'us-west-2': ['a'] }))
    const other = { accounts: [{ roleArn: ROLE }] }
    expect(await restarted(() => ({ 'us-west-2': ['b'] }), { options: other })).toMatchObject({ names: ['b'], discovered: 1 })
    expect(await restarted(() => ({ 'us-west-2': ['c'] }), { options: { profile: undefined } })).toMatchObject({ names: ['a'], discovered: 0 })
  })

  it.each([
    ['is cut short', (text: string) => text.slice(0, -5)],
    ['is of another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['has other facts', (text: string) => text.replace('"capacity":200', '"capacity":"large"')],
    ['is from the future', (text: string) => text.replace(/"loadedAt":\d+/, '"loadedAt":9999999999999')],
  ])('is discovered anew where the file %s', async (_, spoil) => {
    await restarted(() => ({ 'us-west-2': ['a'] }))
    for (const file of await readdir(folder)) {
      const text = await readFile(join(folder, file), 'utf8')
      expect(spoil(text)).not.toBe(text)
      await writeFile(join(folder, file), spoil(text))
    }
    expect(await restarted(() => ({ 'us-west-2': ['b'] }))).toMatchObject({ names: ['b'], discovered: 1 })
  })

  it('is kept from others, without secrets, and whole', async () => {
    await restarted(() => ({ 'us-west-2': ['a'] }), { options: { accounts: [{ roleArn: ROLE, externalId: 'tenant-7' }] } })
    const files = await readdir(folder)
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)])
    const path = join(folder, files[0] ?? '')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).not.toContain('tenant-7')
  })

  it('is not kept where a part could not be read, nor where facts have no schema', async () => {
    await restarted(() => ({ 'us-west-2': ['a'] }), { on: ({ fail }) => fail(denied) })
    const watch = queues(() => ({ 'us-west-2': ['a'] }), { facts, on: ({ fail }) => fail(denied) })({ regions: ['us-west-2'], cache: join(folder, 'partial') }, {})
    services = testServices(clock)
    await cycle(watch.open(), ['waiting'])
    await cycle(queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'], cache: join(folder, 'none') }, {}).open(), ['waiting'])
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([])
  })

  it('that cannot be kept is no failure', async () => {
    await writeFile(join(folder, 'file'), '')
    expect(await restarted(() => ({ 'us-west-2': ['a'] }), { options: { cache: join(folder, 'file', 'below') } })).toMatchObject({ names: ['a'], failures: [] })
  })

  it('goes where TOCSIN_CACHE_DIR says, unless the option does; the regions too', async () => {
    process.env['TOCSIN_CACHE_DIR'] = join(folder, 'by-env')
    try {
      let asked = 0
      const over = { locate: async () => (asked++, ['us-west-2']), options: { cache: undefined, regions: undefined } }
      await restarted(() => ({ 'us-west-2': ['a'] }), over)
      expect(await restarted(() => ({ 'us-west-2': ['b'] }), over)).toMatchObject({ names: ['a'] })
      expect([asked, (await readdir(join(folder, 'by-env'))).length]).toEqual([1, 2])
    } finally {
      delete process.env['TOCSIN_CACHE_DIR']
    }
  })
})

describe('listed metrics', () => {
  const listed = (dimensions: Record<string, string>) => ({ Namespace: 'Jobs', MetricName: 'Disk', Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) })
  const ROOT = { Queue: 'a', path: '/', fstype: 'xfs', device: 'nvme0n1p1' }

  /** CloudWatch lists these metrics; `active` had points in the last three hours. */
  function list(all: readonly Record<string, string>[], active: readonly Record<string, string>[]): void {
    stub.on('ListMetrics', ({ input }) => output({ Metrics: (input['RecentlyActive'] === 'PT3H' ? active : all).map(listed) }))
  }
  const read = () => cycle(queues(() => ({ 'us-west-2': ['a', 'b'] }))({ regions: ['us-west-2'] }, {}).open(), ['disk'])

  it('give a series for each set of labels, to the resources that have them, and nothing to the others', async () => {
    const all = [ROOT, { ...ROOT, path: '/data' }, { ...ROOT, path: '/run', fstype: 'tmpfs' }, { ...ROOT, Queue: 'elsewhere' }, { Queue: 'b' }]
    list(all, all)
    const { series, failures } = await read()
    expect(failures).toEqual([])
    expect(series.map(({ resource, labels }) => [resource.name, labels])).toEqual([['a', { mount: '/' }], ['a', { mount: '/data' }]])
    expect(stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? stubQueries(input) : [])).map(({ dimensions }) => dimensions)).toEqual([ROOT, { ...ROOT, path: '/data' }])
  })

  it('leave out what is silent beside what is active, and keep all of a resource that went silent', async () => {
    const renamed = { ...ROOT, device: 'a-nvme1n1p1' }
    const unmounted = { ...ROOT, path: '/mnt' }
    list([renamed, ROOT, unmounted, { ...ROOT, Queue: 'b' }], [ROOT])
    const { series } = await read()
    expect(series.map(({ resource, labels }) => [resource.name, labels])).toEqual([['a', { mount: '/' }], ['b', { mount: '/' }]])
    const asked = stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? stubQueries(input) : []))
    expect(asked.map(({ dimensions }) => dimensions['device'])).toEqual(['nvme0n1p1', 'nvme0n1p1'])
  })

  it('take the fewest dimensions of several with the same labels', async () => {
    const short = { Queue: 'a', path: '/' }
    list([ROOT, short], [ROOT, short])
    await read()
    expect(stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? stubQueries(input) : [])).map(({ dimensions }) => dimensions)).toEqual([short])
  })

  it('read all pages, and keep the list for 15 minutes', async () => {
    stub.on('ListMetrics', ({ input }) => output(input['NextToken'] === 'two' ? { Metrics: [listed({ ...ROOT, path: '/data' })] } : { Metrics: [listed(ROOT)], NextToken: 'two' }))
    const collector = queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open()
    expect((await cycle(collector, ['disk'])).series).toHaveLength(2)
    expect(stub.count('ListMetrics')).toBe(4)
    await clock.advance(14 * MINUTE)
    await cycle(collector, ['disk'])
    expect(stub.count('ListMetrics')).toBe(4)
  })

  it('that cannot be listed again keep their series, and that is told when the list is three times too old', async () => {
    stub.on('ListMetrics', () => output({ Metrics: [listed(ROOT)] }))
    const collector = queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open()
    await cycle(collector, ['disk'])
    stub.on('ListMetrics', () => fault('AccessDeniedException', 'no'))
    for (const failures of [0, 1]) {
      await clock.advance(30 * MINUTE)
      await cycle(collector, ['disk'])
      // The renewal goes on in the background.
      await vi.waitFor(async () => {
        const seen = await cycle(collector, ['disk'])
        expect(seen.series.map((one) => [one.labels, one.status])).toEqual([[{ mount: '/' }, 'complete']])
        expect(seen.failures).toHaveLength(failures)
      })
    }
  })

  it('that may not be listed leave the other metrics alone, and are not listed unless wanted', async () => {
    stub.on('ListMetrics', () => fault('AccessDeniedException', 'no'))
    const collector = queues(() => ({ 'us-west-2': ['a'] }))({ regions: ['us-west-2'] }, {}).open()
    expect((await cycle(collector, ['waiting'])).failures).toEqual([])
    const { series, failures } = await cycle(collector, ['waiting', 'disk'])
    expect(series.map(({ metric }) => metric)).toEqual(['waiting'])
    expect(failures.map(({ error }) => error)).toEqual(['E201 access denied: cloudwatch:ListMetrics · role/mon, us-west-2 · allow cloudwatch:ListMetrics for role/mon'])
  })
})

it('shows rules what a metric means, and not how it is read', () => {
  expect(queues(() => ({}))({}).metrics).toMatchObject({ waiting: { unit: 'count', worse: 'high', help: 'Waiting' } })
  expect(Object.keys(queues(() => ({}))({}).metrics['waiting'] ?? {}).sort()).toEqual(['help', 'unit', 'worse'])
})

it.each([
  [{ regions: ['us-west'] }, 'E103'],
  [{ regions: [] }, 'E103'],
  [{ region: 'us-west-2' }, 'E102'],
  [{ accounts: [{ roleArn: 'monitoring' }] }, 'E103'],
])('refuses %j', (options, code) => {
  const watch = queues(() => ({}))(options as { regions: string[] }, {})
  expect(watch.problems.map(({ error }) => error.code)).toEqual([code])
})
