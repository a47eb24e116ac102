import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { awsQuotas, startAwsStub, type StubCloudWatchOptions, stubCloudWatch, stubDatabases, stubInstances, throttled } from './index.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const stub = await startAwsStub()
afterAll(() => stub.stop())
beforeEach(() => stub.reset())

const config = { region: 'us-west-2', endpoint: stub.url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' }, maxAttempts: 1 }
const PROTOCOLS: Readonly<Record<string, Partial<CloudWatchClientConfig>>> = { json: {}, cbor: { protocol: SmithyRpcV2CborProtocol } }
const json = new CloudWatchClient(config)

type Query = NonNullable<GetMetricDataCommandInput['MetricDataQueries']>[number]
const query = (index: number, over: { Id?: string; Stat?: string; Period?: number; metric?: string } = {}): Query => ({
  Id: over.Id ?? `q${index}`,
  MetricStat: {
    Metric: { Namespace: 'Jobs', MetricName: over.metric ?? 'Depth', Dimensions: [{ Name: 'Queue', Value: `j${index}` }] },
    Stat: over.Stat ?? 'Average',
    Period: over.Period ?? 60,
  },
})
const queries = (count: number, over: Parameters<typeof query>[1] = {}): Query[] => Array.from({ length: count }, (_, index) => query(index, over))
const window = (start: number, end = NOW): Pick<GetMetricDataCommandInput, 'StartTime' | 'EndTime'> => ({ StartTime: new Date(start), EndTime: new Date(end) })

const serve = (options: StubCloudWatchOptions = {}) => {
  const service = stubCloudWatch({ now: () => NOW, value: (_, at) => at / MINUTE, ...options })
  stub.use(service.handlers)
  return service
}
const get = (input: Partial<GetMetricDataCommandInput>, client = json) => client.send(new GetMetricDataCommand({ ...window(NOW - 5 * MINUTE), MetricDataQueries: queries(1), ...input }))
const refusal = async (input: Partial<GetMetricDataCommandInput>): Promise<string> =>
  get(input).then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  )

describe.each(Object.keys(PROTOCOLS))('the official client, in %s', (protocol) => {
  const client = new CloudWatchClient({ ...config, ...PROTOCOLS[protocol] })

  it('reads points, times and statuses', async () => {
    serve({ value: (_, at) => (at - NOW) / MINUTE + 0.5 })
    const { MetricDataResults } = await get({ MetricDataQueries: queries(2) }, client)
    expect(MetricDataResults).toHaveLength(2)
    expect(MetricDataResults?.[0]).toMatchObject({ Id: 'q0', StatusCode: 'Complete', Values: [-0.5, -1.5, -2.5, -3.5, -4.5] })
    expect(MetricDataResults?.[0]?.Timestamps?.[0]).toEqual(new Date(NOW - MINUTE))
  })

  it('is told of errors by name', async () => {
    stub.on('GetMetricData', (request) => throttled(request.protocol))
    // Where it knows that the service had another code before, the client shows that one.
    await expect(get({}, client)).rejects.toMatchObject({ name: protocol === 'json' ? 'Throttling' : 'ThrottlingException', $metadata: { httpStatusCode: 400 } })
  })

  it('puts data and reads statistics of it', async () => {
    serve({ value: () => undefined })
    const Timestamp = new Date(NOW - 3 * MINUTE)
    const Dimensions = [{ Name: 'Queue', Value: 'a' }]
    await client.send(new PutMetricDataCommand({ Namespace: 'Put', MetricData: [1, 2, 6].map((Value) => ({ MetricName: 'Size', Dimensions, Timestamp, Value })) }))
    const Statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({ Namespace: 'Put', MetricName: 'Size', Dimensions, ...window(NOW - HOUR), Period: 60, Statistics: [...Statistics], ExtendedStatistics: ['p50'] }),
    )
    expect(Datapoints).toMatchObject([{ Timestamp, SampleCount: 3, Average: 3, Sum: 9, Minimum: 1, Maximum: 6, ExtendedStatistics: { p50: 2 } }])
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Put' }))
    expect(Metrics).toEqual([{ Namespace: 'Put', MetricName: 'Size', Dimensions }])
  })
})

describe('GetMetricData refuses', () => {
  it.each([
    ['501 queries', { MetricDataQueries: queries(501) }, 'must not have a size greater than 500'],
    ['two queries with one id', { MetricDataQueries: [query(1, { Id: 'a' }), query(2, { Id: 'a' })] }, 'must be unique'],
    ['an id that begins with a capital', { MetricDataQueries: [query(1, { Id: 'Q1' })] }, 'MetricDataQueries.member.1.Id'],
    ['a window that ends where it starts', window(NOW), 'StartTime must not equal parameter EndTime'],
    ['a window that ends before', window(NOW, NOW - MINUTE), 'StartTime must be less than'],
    ['a period of 45 s', { MetricDataQueries: [query(0), query(1, { Period: 45 })] }, 'MetricDataQueries.member.2.MetricStat.Period must be equal to 1, 5, 10, 20, 30 or a multiple of 60'],
    ['what is no statistic', { MetricDataQueries: [query(0, { Stat: 'None' })] }, 'The value None for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic'],
    ['more than 100,800 points', { MaxDatapoints: 100_801 }, 'MaxDatapoints must be between'],
  ])('%s', async (_, input, words) => {
    serve()
    expect(await refusal(input)).toMatch(/^Validation(Error|Exception): /)
    expect(await refusal(input)).toContain(words)
  })
})

describe('GetMetricData', () => {
  it('gives 100,800 points a page, each once, and says where it goes on', async () => {
    const service = serve()
    const seen = new Map<string, number>()
    const sizes: number[] = []
    const last = new Map<string, string | undefined>()
    let NextToken: string | undefined
    do {
      const page = await get({ ...window(NOW - 3 * HOUR), ScanBy: 'TimestampAscending', MetricDataQueries: [...queries(499, { Period: 30 }), query(999, { metric: 'Nothing' })], NextToken })
      sizes.push((page.MetricDataResults ?? []).reduce((sum, { Values = [] }) => sum + Values.length, 0))
      for (const { Id = '', Timestamps = [], StatusCode } of page.MetricDataResults ?? []) {
        for (const at of Timestamps) seen.set(`${Id} ${at.getTime()}`, (seen.get(`${Id} ${at.getTime()}`) ?? 0) + 1)
        last.set(Id, StatusCode)
      }
      NextToken = page.NextToken
    } while (NextToken)
    expect(sizes).toEqual([100_800, 499 * 360 + 180 - 100_800])
    expect([...seen.values()].every((count) => count === 1)).toBe(true)
    expect(seen.size).toBe(499 * 360 + 180)
    expect(last.size).toBe(500)
    expect([...last.values()].every((status) => status === 'Complete')).toBe(true)
    expect(service.billed).toEqual({ calls: 2, metrics: 500 })
  })

  it('tells once of a metric without points, wherever a page ends', async () => {
    serve({ value: ({ metric }, at) => (metric === 'Nothing' ? undefined : at) })
    const MetricDataQueries = [query(0, { metric: 'Nothing' }), query(1), query(2, { metric: 'Nothing' }), query(3), query(4, { metric: 'Nothing' })]
    for (const MaxDatapoints of [1, 2, 4, 5, 7, 10]) {
      const told: string[] = []
      let NextToken: string | undefined
      do {
        const page = await get({ MetricDataQueries, MaxDatapoints, NextToken })
        told.push(...(page.MetricDataResults ?? []).flatMap(({ Id = '', StatusCode }) => (StatusCode === 'Complete' ? [Id] : [])))
        NextToken = page.NextToken
      } while (NextToken)
      expect(told.toSorted()).toEqual(['q0', 'q1', 'q2', 'q3', 'q4'])
    }
  })

  it.each([
    [60, 3 * HOUR, 180],
    [30, 3 * HOUR, 360],
    [30, 3 * HOUR + MINUTE, 0],
    [60, 15 * DAY, 15 * 1_440],
    [60, 15 * DAY + MINUTE, 0],
    [300, 15 * DAY + HOUR, 15 * 288 + 12],
    [300, 64 * DAY, 0],
    [3_600, 64 * DAY, 64 * 24],
  ])('has points of %d s when the start is %d ms old: %d of them', async (Period, age, points) => {
    serve()
    const { MetricDataResults } = await get({ ...window(NOW - age), MetricDataQueries: [query(0, { Period })] })
    expect(MetricDataResults?.[0]?.Values).toHaveLength(points)
  })

  it('includes the start, leaves out the end, and gives the newest first unless told otherwise', async () => {
    serve()
    const times = async (input: Partial<GetMetricDataCommandInput>) => (await get({ ...window(NOW - 3 * MINUTE, NOW - MINUTE), ...input })).MetricDataResults?.[0]?.Timestamps?.map((at) => (at.getTime() - NOW) / MINUTE)
    expect(await times({})).toEqual([-2, -3])
    expect(await times({ ScanBy: 'TimestampAscending' })).toEqual([-3, -2])
  })

  it('bills a metric once for five statistics, and again for the sixth', async () => {
    const service = serve()
    const stats = (count: number) => ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'p99'].slice(0, count).map((Stat, index): Query => ({ ...query(0, { Stat }), Id: `q${index}` }))
    await get({ MetricDataQueries: stats(5) })
    expect(service.billed.metrics).toBe(1)
    await get({ MetricDataQueries: stats(6) })
    expect(service.billed.metrics).toBe(3)
  })

  it('fails single queries as it is told', async () => {
    serve({ status: ({ id }) => (id === 'q1' ? 'InternalError' : id === 'q2' ? 'Forbidden' : id === 'q3' ? 'PartialData' : undefined) })
    const { MetricDataResults } = await get({ MetricDataQueries: queries(4) })
    expect(MetricDataResults?.map(({ StatusCode, Values }) => [StatusCode, Values?.length])).toEqual([
      ['Complete', 5],
      ['InternalError', 0],
      ['Forbidden', 0],
      ['PartialData', 2],
    ])
  })
})

describe('quotas', () => {
  const limited = () => {
    let seconds = 0
    const quotas = awsQuotas(() => seconds)
    serve({ quotas })
    stub.on('DescribeInstances', stubInstances([], quotas))
    return { quotas, pass: (time: number) => void (seconds += time) }
  }
  const count = async (calls: number, call: () => Promise<unknown>): Promise<number> => {
    const ends = await Promise.allSettled(Array.from({ length: calls }, call))
    return ends.filter(({ status }) => status === 'fulfilled').length
  }

  it('let 50 calls of GetMetricData through, and 50 more each second', async () => {
    const { pass, quotas } = limited()
    expect(await count(60, () => get({}))).toBe(50)
    pass(0.5)
    expect(await count(60, () => get({}))).toBe(25)
    expect(quotas.refused).toBe(45)
  })

  it('count points that could be there: 180,000 a second, 396,000 when the start is older than three hours', async () => {
    const { pass } = limited()
    // 500 queries of one hour are 30,000 points, of four hours 120,000.
    expect(await count(10, () => get({ ...window(NOW - HOUR), MetricDataQueries: queries(500, { metric: 'Nothing' }) }))).toBe(6)
    expect(await count(10, () => get({ ...window(NOW - 4 * HOUR), MetricDataQueries: queries(500) }))).toBe(3)
    pass(1)
    expect(await count(10, () => get({ ...window(NOW - HOUR), MetricDataQueries: queries(500) }))).toBe(6)
  })

  it('of accounts and regions have nothing to do with each other', async () => {
    limited()
    await count(60, () => get({}))
    expect(await count(1, () => get({}))).toBe(0)
    expect(await count(1, () => get({}, new CloudWatchClient({ ...config, region: 'us-east-1' })))).toBe(1)
    const other = { accessKeyId: 'ASIA2109876543210001', secretAccessKey: 'x' }
    expect(await count(1, () => get({}, new CloudWatchClient({ ...config, credentials: other })))).toBe(1)
  })

  it('of EC2 are a bucket of 100 that 20 a second refill, and answer 503', async () => {
    const { pass } = limited()
    const client = new EC2Client(config)
    expect(await count(120, () => client.send(new DescribeInstancesCommand({})))).toBe(100)
    await expect(client.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } })
    pass(1)
    expect(await count(30, () => client.send(new DescribeInstancesCommand({})))).toBe(20)
  })
})

describe('lists and descriptions', () => {
  it('a monitoring account reads metrics of its source accounts, by their numbers', async () => {
    const metric = (account?: string) => ({ namespace: 'Jobs', metric: 'Depth', dimensions: { Queue: 'j0' }, ...(account === undefined ? {} : { account }) })
    const service = serve({ metrics: [metric(), metric('210987654321'), metric('310987654321')], value: ({ account = '0' }) => Number(account.slice(0, 1)) })
    const { MetricDataResults = [] } = await get({ MetricDataQueries: [{ ...query(0), AccountId: '210987654321' }, { ...query(0), Id: 'other', AccountId: '310987654321' }, { ...query(0), Id: 'own' }] })
    expect(MetricDataResults.map(({ Values }) => Values?.[0])).toEqual([2, 3, 0])
    expect(service.billed).toEqual({ calls: 1, metrics: 3 })
    const owners = async (input: object): Promise<string[] | undefined> => (await json.send(new ListMetricsCommand({ Namespace: 'Jobs', ...input }))).OwningAccounts
    expect(await owners({ IncludeLinkedAccounts: true })).toEqual(['123456789012', '210987654321', '310987654321'])
    expect(await owners({ IncludeLinkedAccounts: true, OwningAccount: '310987654321' })).toEqual(['310987654321'])
    const { Metrics, OwningAccounts } = await json.send(new ListMetricsCommand({ Namespace: 'Jobs' }))
    expect([Metrics?.length, OwningAccounts]).toEqual([1, undefined])
    await expect(owners({ OwningAccount: '310987654321' })).rejects.toThrow('IncludeLinkedAccounts')
  })

  it('ListMetrics gives 500 a page, by name, dimension and activity', async () => {
    const metrics = Array.from({ length: 1_200 }, (_, index) => ({ namespace: 'Jobs', metric: index % 2 ? 'Depth' : 'Age', dimensions: { Queue: `j${index}` } }))
    serve({ metrics })
    const sizes: number[] = []
    let NextToken: string | undefined
    do {
      const page = await json.send(new ListMetricsCommand({ Namespace: 'Jobs', NextToken }))
      sizes.push(page.Metrics?.length ?? 0)
      NextToken = page.NextToken
    } while (NextToken)
    expect(sizes).toEqual([500, 500, 200])
    const list = async (input: object): Promise<number> => (await json.send(new ListMetricsCommand(input))).Metrics?.length ?? 0
    expect(await list({ MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'j7' }] })).toBe(1)
    expect(await list({ Dimensions: [{ Name: 'Other' }] })).toBe(0)
    await json.send(new PutMetricDataCommand({ Namespace: 'Old', MetricData: [{ MetricName: 'Size', Value: 1, Timestamp: new Date(NOW - 4 * HOUR) }] }))
    expect([await list({ Namespace: 'Old' }), await list({ Namespace: 'Old', RecentlyActive: 'PT3H' })]).toEqual([1, 0])
  })

  it('GetMetricStatistics refuses more than 1,440 points', async () => {
    serve()
    const send = (hours: number) => json.send(new GetMetricStatisticsCommand({ Namespace: 'Jobs', MetricName: 'Depth', ...window(NOW - hours * HOUR), Period: 60, Statistics: ['Sum'] }))
    expect((await send(24)).Datapoints).toHaveLength(1_440)
    await expect(send(25)).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' })
  })

  it('DescribeDBInstances gives 100 a page', async () => {
    stub.on('DescribeDBInstances', stubDatabases(Array.from({ length: 150 }, (_, index) => ({ identifier: `db-${index}`, instanceClass: 'db.t3.micro', engine: 'postgres', storage: 20, tags: { team: 'a&b' } }))))
    const client = new RDSClient(config)
    const first = await client.send(new DescribeDBInstancesCommand({}))
    const second = await client.send(new DescribeDBInstancesCommand({ Marker: first.Marker }))
    expect([first.DBInstances?.length, second.DBInstances?.length, second.Marker]).toEqual([100, 50, undefined])
    expect(first.DBInstances?.[0]).toMatchObject({ DBInstanceIdentifier: 'db-0', AllocatedStorage: 20, TagList: [{ Key: 'team', Value: 'a&b' }] })
    await expect(client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'no' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
  })
})

describe('roles', () => {
  it('belong to their account until their credentials end', async () => {
    serve()
    const sts = new STSClient(config)
    const assume = async () => {
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::210987654321:role/mon', RoleSessionName: 'test' }))
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
      return { ...config, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } }
    }
    const role = await assume()
    expect((await new STSClient(role).send(new GetCallerIdentityCommand({}))).Account).toBe('210987654321')
    stub.expireCredentials()
    await expect(get({}, new CloudWatchClient(role))).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    await expect(new EC2Client(role).send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'RequestExpired' })
    await expect(get({}, new CloudWatchClient(await assume()))).resolves.toBeDefined()
  })
})

it('serves 100,000 metrics', async () => {
  const metrics = Array.from({ length: 100_000 }, (_, index) => ({ namespace: 'Jobs', metric: 'Depth', dimensions: { Queue: `j${index}` } }))
  const service = serve({ metrics, value: ({ dimensions }) => Number(dimensions['Queue']?.slice(1)) })
  let read = 0
  for (let from = 0; from < 100_000; from += 500) {
    const { MetricDataResults = [] } = await get({ MetricDataQueries: Array.from({ length: 500 }, (_, index) => ({ ...query(from + index), Id: `q${index}` })) })
    read += MetricDataResults.filter(({ Values }, index) => Values?.length === 5 && Values[0] === from + index).length
  }
  expect(read).toBe(100_000)
  expect(service.billed).toEqual({ calls: 200, metrics: 100_000 })
}, 60_000)
