import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds'
import type { Limit, Logger, Series, Services, SharedKey, Watch } from '@tocsin/core'
import { silentLogger } from '@tocsin/core'
import { collectContext, collectorContract, FakeClock, testServices } from '@tocsin/core/testing'
import { startMoto } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rds } from './index.ts'

const NOW = Date.parse('2026-01-05T12:00:30Z')
const GIB = 2 ** 30
const clock = new FakeClock(NOW)
const west = 'us-west-2'
const ireland = 'eu-west-1'

const moto = await startMoto()
Object.assign(process.env, moto.env)
afterAll(() => moto.stop())

const inRegion = (region: string) => new RDSClient({ region })

async function create(region: string, over: Partial<CreateDBInstanceCommandInput> & { readonly DBInstanceIdentifier: string }): Promise<void> {
  await inRegion(region).send(
    new CreateDBInstanceCommand({
      DBInstanceClass: 'db.t3.micro',
      Engine: 'mysql',
      MasterUsername: 'admin',
      MasterUserPassword: 'not-a-secret',
      AllocatedStorage: 100,
      ...over,
    }),
  )
}

async function parameterGroup(region: string, name: string, family: string, value: string): Promise<void> {
  await inRegion(region).send(new CreateDBParameterGroupCommand({ DBParameterGroupName: name, DBParameterGroupFamily: family, Description: name }))
  await inRegion(region).send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: name,
      Parameters: [{ ParameterName: 'max_connections', ParameterValue: value, ApplyMethod: 'immediate' }],
    }),
  )
}

/** Points at 11:55 to 11:57, which have settled at 12:00:30. */
async function seed(region: string, instance: string, metric: string, ...values: readonly number[]): Promise<void> {
  await new CloudWatchClient({ region }).send(
    new PutMetricDataCommand({
      Namespace: 'AWS/RDS',
      MetricData: values.map((Value, index) => ({
        MetricName: metric,
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instance }],
        Timestamp: new Date(Date.parse('2026-01-05T11:55:00Z') + index * 60_000),
        Value,
      })),
    }),
  )
}

/** What AWS answers to a caller without the permission, in front of moto for all else. */
async function denying(action: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (body.includes(`Action=${action}&`)) {
      const message = `User: arn:aws:iam::123456789012:user/bob is not authorized to perform: rds:${action}`
      response.writeHead(403, { 'content-type': 'text/xml' })
      response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`)
      return
    }
    const { 'content-type': type = '', 'x-amz-target': target = '', authorization = '' } = request.headers
    const headers = { 'content-type': type, authorization, ...(target === '' ? {} : { 'x-amz-target': String(target) }) }
    const answer = await fetch(`${moto.url}${request.url}`, { method: request.method ?? 'POST', headers, body })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Collected {
  readonly series: readonly Series[]
  readonly calls: readonly string[]
  readonly warnings: readonly string[]
  readonly failures: readonly string[]
  readonly of: (name: string, metric: string) => Series | undefined
}

/** Services whose shared instances, too, say what they call. */
function countingServices(called: (limit: Limit) => void): Services {
  const instances = new Map<unknown, unknown>()
  const services: Services = {
    ...testServices(clock),
    limiter: { schedule: (limit, call) => (called(limit), call()), slowDown: () => {}, close: () => {} },
    shared<T>(key: SharedKey<T>): T {
      if (!instances.has(key)) instances.set(key, key.create(services))
      return instances.get(key) as T
    },
  }
  return services
}

/** One cycle of a watch, with the calls that left the process. */
async function collect(watch: Watch, wanted = Object.keys(watch.metrics)): Promise<Collected> {
  const calls: string[] = []
  const warnings: string[] = []
  const logger: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message), child: () => logger }
  const services = countingServices((limit) => void calls.push(limit.key.split(':').at(-1) ?? ''))
  const context = collectContext({ ...services, now: NOW, logger })
  expect(watch.problems.map(({ error }) => String(error))).toEqual([])
  const collector = watch.open()
  const series: Series[] = []
  for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  await collector.close?.()
  return {
    series,
    calls,
    warnings,
    failures: context.failures.map(({ error, scope }) => `${error} ${JSON.stringify(scope)}`),
    of: (name, metric) => series.find((one) => one.resource.name === name && one.metric === metric),
  }
}

const values = (series: Series | undefined): number[] => [...(series?.values ?? [])]

beforeAll(async () => {
  await parameterGroup(west, 'orders', 'mysql8.0', '200')
  await parameterGroup(west, 'shop', 'postgres16', 'LEAST({DBInstanceClassMemory/9531392},5000)')
  await create(west, { DBInstanceIdentifier: 'orders', DBParameterGroupName: 'orders', Tags: [{ Key: 'team', Value: 'shop' }] })
  await create(west, { DBInstanceIdentifier: 'invoices', DBParameterGroupName: 'orders' })
  await create(west, { DBInstanceIdentifier: 'shop', Engine: 'postgres', DBInstanceClass: 'db.t3.medium', DBParameterGroupName: 'shop' })
  await create(west, { DBInstanceIdentifier: 'asleep' })
  await inRegion(west).send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'asleep' }))
  await inRegion(west).send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'orders-copy', SourceDBInstanceIdentifier: 'orders' }))
  await inRegion(ireland).send(
    new CreateDBClusterCommand({ DBClusterIdentifier: 'cluster', Engine: 'aurora-mysql', MasterUsername: 'admin', MasterUserPassword: 'not-a-secret' }),
  )
  await create(ireland, { DBInstanceIdentifier: 'cluster-1', DBClusterIdentifier: 'cluster', Engine: 'aurora-mysql', DBInstanceClass: 'db.r5.large' })
  await create(ireland, { DBInstanceIdentifier: 'cluster-2', DBClusterIdentifier: 'cluster', Engine: 'aurora-mysql', DBInstanceClass: 'db.serverless' })

  await seed(west, 'orders', 'CPUUtilization', 41, 62, 91)
  await seed(west, 'orders', 'DatabaseConnections', 50, 180)
  await seed(west, 'orders', 'FreeStorageSpace', 20 * GIB)
  await seed(west, 'orders', 'FreeableMemory', 3e8)
  await seed(west, 'orders', 'ReadLatency', 0.004)
  await seed(west, 'orders-copy', 'ReplicaLag', 3, -1)
  await seed(west, 'shop', 'DatabaseConnections', 100)
  await seed(ireland, 'cluster-1', 'CPUUtilization', 12)
  await seed(ireland, 'cluster-1', 'DatabaseConnections', 250)
}, 60_000)

collectorContract('rds', {
  watch: () => rds({ regions: [west] }, {}),
  broken: {
    watch: () =>
      rds(
        {
          regions: [west],
          endpoint: 'http://127.0.0.1:1',
          maxAttempts: 1,
          accounts: [{ roleArn: 'arn:aws:iam::123456789012:role/monitoring', externalId: 'external-1234' }],
        },
        {},
      ),
    secrets: ['external-1234'],
  },
  context: () => ({ clock, now: NOW }),
})

describe('rds', () => {
  it('finds the instances of every region, by ARN, with tags', async () => {
    const { series, failures } = await collect(rds({ regions: [west, ireland] }, {}), ['cpu'])
    expect(failures).toEqual([])
    expect(series.map(({ resource }) => `${resource.region} ${resource.name}`).sort()).toEqual([
      'eu-west-1 cluster-1',
      'eu-west-1 cluster-2',
      'us-west-2 invoices',
      'us-west-2 orders',
      'us-west-2 orders-copy',
      'us-west-2 shop',
    ])
    expect(series.find(({ resource }) => resource.name === 'orders')?.resource).toEqual({
      id: 'arn:aws:rds:us-west-2:123456789012:db:orders',
      type: 'rds',
      name: 'orders',
      account: '123456789012',
      region: west,
      tags: { team: 'shop' },
    })
  })

  it('takes only instances with the wanted tags', async () => {
    const names = async (tags: Readonly<Record<string, string>>) => (await collect(rds({ regions: [west], tags }, {}), ['cpu'])).series.map(({ resource }) => resource.name)
    // A replica takes the tags of its source along.
    expect(await names({ team: 'shop' })).toEqual(['orders', 'orders-copy'])
    expect(await names({ team: 'web' })).toEqual([])
  })

  it('gives the points of each metric in its unit', async () => {
    const { of } = await collect(rds({ regions: [west] }, {}))
    expect(values(of('orders', 'cpu'))).toEqual([41, 62, 91])
    expect(values(of('orders', 'connections'))).toEqual([50, 180])
    expect(values(of('orders', 'freeStorage'))).toEqual([20 * GIB])
    expect(values(of('orders', 'freeStoragePercent'))).toEqual([20])
    expect(values(of('orders', 'freeableMemory'))).toEqual([3e8])
    expect(values(of('orders', 'readLatency'))).toEqual([0.004])
    expect(of('orders', 'cpu')).toMatchObject({ period: 60_000, status: 'complete' })
    // A minute's point changes no more after three: at 12:00:30 that of 11:57:30 is the first that may.
    expect(of('orders', 'cpu')?.settledUntil).toBeLessThanOrEqual(Date.parse('2026-01-05T11:57:00Z'))
    expect(of('orders', 'cpu')?.settledUntil).toBeGreaterThanOrEqual(Date.parse('2026-01-05T11:56:00Z'))
  })

  it('gives a running instance without points an empty series, and a stopped one none', async () => {
    const { of } = await collect(rds({ regions: [west] }, {}), ['cpu'])
    expect(values(of('invoices', 'cpu'))).toEqual([])
    expect(of('invoices', 'cpu')).toBeDefined()
    expect(of('asleep', 'cpu')).toBeUndefined()
  })

  it('gives no series of what an instance does not have', async () => {
    const { of, series } = await collect(rds({ regions: [west, ireland] }, {}))
    for (const metric of ['freeStorage', 'freeStoragePercent', 'diskQueueDepth', 'replicaLag']) expect(of('cluster-1', metric)).toBeUndefined()
    expect(series.filter(({ metric }) => metric === 'replicaLag').map(({ resource }) => resource.name)).toEqual(['orders-copy'])
  })

  it('takes a replication that has stopped for infinitely late', async () => {
    const watch = rds({ regions: [west] }, { replicaLag: threshold({ critical: '1m' }) })
    expect(values((await collect(watch)).of('orders-copy', 'replicaLag'))).toEqual([3, Infinity])
  })

  describe('connectionsUsed', () => {
    it('is part of max_connections: a number of the parameter group, its formula, or the default of the engine', async () => {
      const { of } = await collect(rds({ regions: [west, ireland] }, {}), ['connectionsUsed'])
      expect(values(of('orders', 'connectionsUsed'))).toEqual([25, 90])
      // 4 GiB less the reserve, by 9531392, are 409.
      expect(values(of('shop', 'connectionsUsed'))[0]).toBeCloseTo((100 / 409) * 100)
      expect(values(of('cluster-1', 'connectionsUsed'))).toEqual([25])
    })

    it('obeys maxConnections first', async () => {
      const { of } = await collect(rds({ regions: [west], maxConnections: { orders: 1_000 } }, {}), ['connectionsUsed'])
      expect(values(of('orders', 'connectionsUsed'))).toEqual([5, 18])
    })

    it('asks once for each parameter group, and only when it is wanted', async () => {
      const wanted = await collect(rds({ regions: [west] }, {}), ['connectionsUsed'])
      expect(wanted.calls.filter((call) => call === 'DescribeDBParameters')).toHaveLength(2)
      const others = await collect(rds({ regions: [west] }, {}), ['cpu', 'connections'])
      expect(others.calls).not.toContain('DescribeDBParameters')
    })

    it('says which permission is missing, and goes on with all that needs none', async () => {
      const proxy = await denying('DescribeDBParameters')
      try {
        const { of, failures, warnings } = await collect(rds({ regions: [west], endpoint: proxy.url }, {}), ['cpu', 'connectionsUsed'])
        expect(failures).toHaveLength(1)
        expect(failures[0]).toMatch(/^E201 .*rds:DescribeDBParameters.*"region":"us-west-2"/)
        expect(values(of('orders', 'cpu'))).toEqual([41, 62, 91])
        expect(of('orders', 'connectionsUsed')).toBeUndefined()
        expect(warnings).toEqual([])
      } finally {
        await proxy.close()
      }
    })

    it('has no series where nothing tells the limit, and says so', async () => {
      const { of, warnings } = await collect(rds({ regions: [ireland] }, {}), ['connectionsUsed'])
      expect(of('cluster-2', 'connectionsUsed')).toBeUndefined()
      expect(warnings.filter((text) => text.includes('cluster-2'))).toHaveLength(1)
      expect(warnings[0]).toContain("maxConnections: { 'cluster-2': <number> }")
    })
  })

  it('reads every page', async () => {
    const region = 'ap-southeast-2'
    const names = Array.from({ length: 103 }, (_, index) => `db-${index}`)
    await Promise.all(names.map((DBInstanceIdentifier) => create(region, { DBInstanceIdentifier })))
    const { series, calls } = await collect(rds({ regions: [region] }, {}), ['cpu'])
    expect(series).toHaveLength(103)
    expect(calls.filter((call) => call === 'DescribeDBInstances')).toHaveLength(2)
  })

  it('refuses options that cannot be', () => {
    const problems = rds({ regions: [west], maxConnections: { orders: 0 } }, { freeStorage: threshold({ critical: '10GB' }) }).problems
    expect(problems.map(({ path, error }) => `${path.join('.')} ${error.code}`)).toEqual(['maxConnections.orders E103'])
  })
})
