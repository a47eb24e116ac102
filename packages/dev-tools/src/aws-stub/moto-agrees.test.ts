import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
  type ListMetricsCommandInput,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand, type DescribeInstancesCommandInput, EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startMoto } from '../moto.ts'
import { startAwsStub, stubCloudWatch, stubDatabases, stubInstances } from './index.ts'

// Two implementations of the same documents, asked the same questions by the official client. Only what moto is known to do otherwise
// is not asked: percentiles, paging, limits, windows and first data that do not start with a period.
const MINUTE = 60_000
const START = Math.floor(Date.now() / (60 * MINUTE)) * 60 * MINUTE - 60 * MINUTE
const at = (minutes: number): Date => new Date(START + minutes * MINUTE)

const [moto, stub] = await Promise.all([startMoto(), startAwsStub()])
afterAll(() => Promise.all([moto.stop(), stub.stop()]))

const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }
const [motoConfig, stubConfig] = [moto.url, stub.url].map((endpoint) => ({ region: 'us-west-2', endpoint, credentials, maxAttempts: 1 })) as [object, object]

/** The same question to both. */
async function both<Client, Answer>(make: (config: object) => Client, ask: (client: Client) => Promise<Answer>): Promise<[moto: Answer, stub: Answer]> {
  return Promise.all([ask(make(motoConfig)), ask(make(stubConfig))])
}

const cloudWatch = (config: object): CloudWatchClient => new CloudWatchClient(config)

beforeAll(async () => {
  stub.use(stubCloudWatch().handlers)
  const dimensions = (queue: string) => [{ Name: 'Queue', Value: queue }, { Name: 'Stage', Value: 'prod' }]
  const MetricData: MetricDatum[] = [
    ...Array.from({ length: 10 }, (_, index): MetricDatum => ({ MetricName: 'Depth', Dimensions: dimensions('a'), Timestamp: at(index), Value: index * 1.5 })),
    ...Array.from({ length: 5 }, (_, index): MetricDatum => ({ MetricName: 'Depth', Dimensions: dimensions('b'), Timestamp: at(2 * index), Value: -index })),
    { MetricName: 'Depth', Dimensions: dimensions('a'), Timestamp: new Date(at(3).getTime() + 20_000), Value: 100 },
    { MetricName: 'Age', Dimensions: dimensions('a'), Timestamp: at(5), Values: [1, 2, 3], Counts: [1, 2, 1] },
    { MetricName: 'Plain', Timestamp: at(5), Value: 7 },
  ]
  await both(cloudWatch, (client) => client.send(new PutMetricDataCommand({ Namespace: 'Jobs', MetricData })))
}, 120_000)

const STATS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'] as const
const METRICS = [
  { MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'a' }, { Name: 'Stage', Value: 'prod' }] },
  { MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'b' }, { Name: 'Stage', Value: 'prod' }] },
  { MetricName: 'Age', Dimensions: [{ Name: 'Queue', Value: 'a' }, { Name: 'Stage', Value: 'prod' }] },
  { MetricName: 'Plain', Dimensions: [] },
  { MetricName: 'Nothing', Dimensions: [] },
]
const QUERIES = METRICS.flatMap((metric, index) => STATS.map((Stat) => ({ Id: `q${index}${Stat.toLowerCase()}`, metric: { Namespace: 'Jobs', ...metric }, Stat })))

it.each([
  { Period: 60, from: 0, to: 10, ScanBy: 'TimestampAscending' },
  { Period: 60, from: 2, to: 5, ScanBy: 'TimestampDescending' },
  { Period: 300, from: 0, to: 10, ScanBy: 'TimestampAscending' },
  { Period: 300, from: 5, to: 15, ScanBy: 'TimestampDescending' },
  { Period: 3_600, from: 0, to: 60, ScanBy: 'TimestampAscending' },
] as const)('GetMetricData: $Period s from $from to $to, $ScanBy', async ({ Period, from, to, ScanBy }) => {
  const input: GetMetricDataCommandInput = {
    StartTime: at(from),
    EndTime: at(to),
    ScanBy,
    MetricDataQueries: QUERIES.map(({ Id, metric, Stat }) => ({ Id, MetricStat: { Metric: metric, Period, Stat } })),
  }
  const [theirs, ours] = await both(cloudWatch, async (client) => {
    const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand(input))
    return MetricDataResults.map(({ Id, Timestamps = [], Values = [], StatusCode }) => ({ Id, Timestamps, Values, StatusCode }))
  })
  expect(ours).toEqual(theirs)
  expect(ours).toHaveLength(25)
})

it.each(METRICS)('GetMetricStatistics: $MetricName $Dimensions', async (metric) => {
  for (const Period of [60, 300]) {
    const input: GetMetricStatisticsCommandInput = { Namespace: 'Jobs', ...metric, StartTime: at(0), EndTime: at(15), Period, Statistics: [...STATS] }
    const [theirs, ours] = await both(cloudWatch, async (client) => {
      const { Datapoints = [] } = await client.send(new GetMetricStatisticsCommand(input))
      return Datapoints.map(({ Timestamp, Average, Sum, Minimum, Maximum, SampleCount }) => ({ Timestamp, Average, Sum, Minimum, Maximum, SampleCount })).sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp))
    })
    expect(ours).toEqual(theirs)
  }
})

it.each<ListMetricsCommandInput>([
  {},
  { Namespace: 'Jobs' },
  { Namespace: 'Other' },
  { MetricName: 'Depth' },
  { Dimensions: [{ Name: 'Queue' }] },
  { Dimensions: [{ Name: 'Queue', Value: 'b' }] },
  { Dimensions: [{ Name: 'Queue', Value: 'b' }, { Name: 'Stage', Value: 'prod' }] },
  { MetricName: 'Age', Dimensions: [{ Name: 'Queue', Value: 'b' }] },
])('ListMetrics: %j', async (input) => {
  const [theirs, ours] = await both(cloudWatch, async (client) => {
    const { Metrics = [] } = await client.send(new ListMetricsCommand(input))
    // Moto lists a metric once for each datum.
    return [...new Set(Metrics.map(({ Namespace, MetricName, Dimensions = [] }) => JSON.stringify([Namespace, MetricName, Dimensions])))].sort()
  })
  expect(ours).toEqual(theirs)
})

it('DescribeInstances', async () => {
  const theirsToMake = new EC2Client(motoConfig)
  const run = async (team: string, enabled: boolean): Promise<string> => {
    const { Instances } = await theirsToMake.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ImageId: 'ami-12c6146b',
        InstanceType: 't3.small',
        Monitoring: { Enabled: enabled },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: team }, { Key: 'Name', Value: `n-${team}` }] }],
      }),
    )
    return Instances?.[0]?.InstanceId ?? ''
  }
  const ids = [await run('web', false), await run('db', true), await run('web', false)] as const
  await theirsToMake.send(new StopInstancesCommand({ InstanceIds: [ids[2]] }))
  const known = { type: 't3.small', image: 'ami-12c6146b' }
  stub.on(
    'DescribeInstances',
    stubInstances([
      { ...known, id: ids[0], tags: { team: 'web', Name: 'n-web' } },
      { ...known, id: ids[1], detailed: true, tags: { team: 'db', Name: 'n-db' } },
      { ...known, id: ids[2], state: 'stopped', tags: { team: 'web', Name: 'n-web' } },
    ]),
  )
  const inputs: DescribeInstancesCommandInput[] = [
    {},
    { Filters: [{ Name: 'instance-state-name', Values: ['running'] }] },
    { Filters: [{ Name: 'instance-state-name', Values: ['running', 'stopped'] }, { Name: 'tag:team', Values: ['web'] }] },
    { Filters: [{ Name: 'tag:team', Values: ['w*'] }] },
    { Filters: [{ Name: 'tag:Name', Values: ['n-d?'] }] },
    { Filters: [{ Name: 'tag:none', Values: ['*'] }] },
  ]
  for (const input of inputs) {
    const [theirs, ours] = await both(
      (config) => new EC2Client(config),
      async (client) => {
        const { Reservations = [] } = await client.send(new DescribeInstancesCommand(input))
        return Reservations.flatMap(({ OwnerId, Instances = [] }) =>
          Instances.map(({ InstanceId, InstanceType, ImageId, State, Monitoring, Tags = [] }) => ({
            OwnerId,
            InstanceId,
            InstanceType,
            ImageId,
            State,
            Monitoring,
            Tags: Tags.map(({ Key, Value }) => `${Key}=${Value}`).sort(),
          })),
        ).sort((a, b) => (String(a.InstanceId) < String(b.InstanceId) ? -1 : 1))
      },
    )
    expect(ours, JSON.stringify(input)).toEqual(theirs)
  }
}, 60_000)

it('DescribeDBInstances', async () => {
  const database = { DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.t3.micro', Engine: 'postgres', AllocatedStorage: 20, MasterUsername: 'root', MasterUserPassword: 'not-a-secret-1' }
  await new RDSClient(motoConfig).send(new CreateDBInstanceCommand({ ...database, Tags: [{ Key: 'team', Value: 'web' }] }))
  stub.on('DescribeDBInstances', stubDatabases([{ identifier: 'orders', instanceClass: 'db.t3.micro', engine: 'postgres', storage: 20, tags: { team: 'web' } }]))
  const [theirs, ours] = await both(
    (config) => new RDSClient(config),
    async (client) => {
      const { DBInstances = [], Marker } = await client.send(new DescribeDBInstancesCommand({ MaxRecords: 20 }))
      return { Marker, databases: DBInstances.map(({ DBInstanceIdentifier, DBInstanceClass, Engine, AllocatedStorage, DBInstanceStatus, DBInstanceArn, TagList }) => ({ DBInstanceIdentifier, DBInstanceClass, Engine, AllocatedStorage, DBInstanceStatus, DBInstanceArn, TagList })) }
    },
  )
  expect(ours).toEqual(theirs)
  const missing = await both(
    (config) => new RDSClient(config),
    (client) => client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'none' })).catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => [error.name, error.$metadata?.httpStatusCode]),
  )
  expect(missing[1]).toEqual(missing[0])
}, 60_000)
