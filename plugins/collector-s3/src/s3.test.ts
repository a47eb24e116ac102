import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Limit, Series, Services, SharedKey, Watch } from '@tocsin/core'
import { collectContext, collectorContract, FakeClock, testServices } from '@tocsin/core/testing'
import { startMoto } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { s3 } from './index.ts'

const NOW = Date.parse('2026-01-05T09:00:00Z')
const clock = new FakeClock(NOW)

const moto = await startMoto()
Object.assign(process.env, moto.env)
afterAll(() => moto.stop())

async function bucket(region: 'us-east-1' | 'eu-west-1' | 'us-west-2', name: string): Promise<void> {
  const location = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }
  await new S3Client({ region, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: name, ...location }))
}

/** One point a day; the last is that of the given day. */
async function seed(region: string, name: string, metric: string, StorageType: string, lastDay: string, ...values: readonly number[]): Promise<void> {
  const day = 86_400_000
  await new CloudWatchClient({ region }).send(
    new PutMetricDataCommand({
      Namespace: 'AWS/S3',
      MetricData: values.map((Value, index) => ({
        MetricName: metric,
        Dimensions: [
          { Name: 'BucketName', Value: name },
          { Name: 'StorageType', Value: StorageType },
        ],
        Timestamp: new Date(Date.parse(lastDay) - (values.length - 1 - index) * day),
        Value,
      })),
    }),
  )
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

async function collect(watch: Watch, wanted = Object.keys(watch.metrics), cycles = 1) {
  const calls: string[] = []
  const services = countingServices((limit) => void calls.push(limit.key.split(':').at(-1) ?? ''))
  const context = collectContext({ ...services, now: clock.now() })
  expect(watch.problems.map(({ error }) => String(error))).toEqual([])
  const collector = watch.open()
  let series: Series[] = []
  for (let cycle = 0; cycle < cycles; cycle++) {
    series = []
    for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  }
  await collector.close?.()
  const points = (name: string, metric: string) => {
    const found = series.find((one) => one.resource.name === name && one.metric === metric)
    return found && Object.fromEntries([...found.timestamps].map((at, index) => [new Date(at).toISOString().slice(0, 10), found.values[index]]))
  }
  return { series, calls, points, failures: context.failures.map(({ error, scope }) => `${error} ${JSON.stringify(scope)}`) }
}

beforeAll(async () => {
  await bucket('us-east-1', 'assets')
  await bucket('eu-west-1', 'backup-eu')
  await bucket('us-west-2', 'backup-us')
  await seed('us-east-1', 'assets', 'BucketSizeBytes', 'StandardStorage', '2026-01-04', 1e9, 2e9, 3e9)
  await seed('us-east-1', 'assets', 'NumberOfObjects', 'AllStorageTypes', '2026-01-04', 10, 20, 30)
  await seed('eu-west-1', 'backup-eu', 'BucketSizeBytes', 'StandardStorage', '2026-01-04', 5e9, 4e9)
  await seed('eu-west-1', 'backup-eu', 'BucketSizeBytes', 'GlacierStorage', '2026-01-04', 90e9, 91e9)
  await seed('eu-west-1', 'backup-eu', 'BucketSizeBytes', 'DeepArchiveStorage', '2026-01-03', 200e9)
  await seed('us-west-2', 'backup-us', 'BucketSizeBytes', 'StandardStorage', '2026-01-04', 7e9)
})

collectorContract('s3', {
  watch: () => s3({}),
  broken: {
    watch: () =>
      s3({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1, accounts: [{ roleArn: 'arn:aws:iam::123456789012:role/monitoring', externalId: 'external-1234' }] }, {}),
    secrets: ['external-1234'],
  },
  context: () => ({ clock, now: NOW }),
})

describe('s3', () => {
  it('finds the buckets of all regions without being told any', async () => {
    const { series, failures } = await collect(s3({}))
    expect(failures).toEqual([])
    expect([...new Set(series.map(({ resource }) => `${resource.region} ${resource.id}`))].sort()).toEqual([
      'eu-west-1 arn:aws:s3:::backup-eu',
      'us-east-1 arn:aws:s3:::assets',
      'us-west-2 arn:aws:s3:::backup-us',
    ])
  })

  it('keeps to the regions it is given', async () => {
    const { series } = await collect(s3({ regions: ['us-west-2'] }, {}), ['size'])
    expect(series.map(({ resource }) => resource.name)).toEqual(['backup-us'])
  })

  it('keeps to the buckets it is given', async () => {
    const { series } = await collect(s3({ buckets: ['backup-*', 'nothing'] }, {}), ['size'])
    expect(series.map(({ resource }) => resource.name).sort()).toEqual(['backup-eu', 'backup-us'])
  })

  it('sums all storage types of a day', async () => {
    const { points } = await collect(s3({ size: threshold({ critical: '500GB' }) }), ['size'])
    expect(points('assets', 'size')).toEqual({ '2026-01-02': 1e9, '2026-01-03': 2e9, '2026-01-04': 3e9 })
    expect(points('backup-eu', 'size')).toEqual({ '2026-01-03': 295e9, '2026-01-04': 95e9 })
  })

  it('counts objects', async () => {
    const { points, series } = await collect(s3({}), ['objects'])
    expect(points('assets', 'objects')).toEqual({ '2026-01-02': 10, '2026-01-03': 20, '2026-01-04': 30 })
    expect(series.every(({ metric, period }) => metric === 'objects' && period === 86_400_000)).toBe(true)
  })

  it('calls a day final half a day after it ended', async () => {
    const settled = async (now: string) => {
      clock.set(Date.parse(now))
      try {
        return (await collect(s3({ regions: ['us-east-1'] }, {}), ['size'])).series[0]?.settledUntil ?? NaN
      } finally {
        clock.set(NOW)
      }
    }
    const fourth = Date.parse('2026-01-04')
    expect(await settled('2026-01-05T09:00:00Z')).toBeLessThanOrEqual(fourth)
    expect(await settled('2026-01-05T12:00:01Z')).toBeGreaterThan(fourth)
  })

  it('lists buckets and metrics once an hour, not in every cycle', async () => {
    const { calls } = await collect(s3({}), ['size'], 3)
    const count = (api: string) => calls.filter((call) => call === api).length
    // Once to find the regions, once in each of the three.
    expect(count('ListBuckets')).toBe(4)
    expect(count('ListMetrics')).toBe(3)
    expect(count('GetMetricData')).toBe(3)
  })

  it('refuses options that cannot be', () => {
    const problems = s3({ buckets: [] }, { size: threshold({ critical: '1TB' }) }).problems
    expect(problems.map(({ path, error }) => `${path.join('.')} ${error.code}`)).toEqual(['buckets E103'])
  })
})
