import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { CloudWatchClient, type CloudWatchClientConfig, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { openSession } from '@tocsin/aws'
import { testServices } from '@tocsin/core/testing'
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor'
import { getMetricData } from '../../../packages/aws/src/engine/get-metric-data.ts'
import { metricKey } from '../../../packages/aws/src/engine/metric-query.ts'
import { NOW, REGION } from './load.ts'

const CALLS = 40
const ROUNDS = 7

const [, , name = '', count = '5'] = process.argv
const points = Number(count)
const url = process.env['AWS_ENDPOINT_URL'] ?? ''
const [start, end] = [NOW - 30_000 - points * 60_000, NOW - 30_000]
const instances = Array.from({ length: 500 }, (_, index) => `i-${index.toString(16).padStart(17, '0')}`)

/** The engine's call, with its session and limits. */
async function ours(): Promise<() => Promise<number>> {
  const due = instances.map((id) => {
    const query = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: id }, stat: 'Average', period: 60, settle: 120 }
    return { metric: metricKey(query), query, window: { start, end } }
  })
  const { signal } = new AbortController()
  const target = await openSession(testServices(), {}).target(REGION, signal)
  return async () => {
    const answers = await getMetricData(target, { start, end, queries: due, points: 500 * points }, signal, () => {})
    return [...answers.values()].reduce((sum, { values }) => sum + values.length, 0)
  }
}

function sdk(config: CloudWatchClientConfig, log = true): () => Promise<number> {
  const client = new CloudWatchClient({ region: REGION, ...config })
  if (!log) client.middlewareStack.remove('loggerMiddleware')
  return async () => {
    const MetricDataQueries = instances.map((Value, index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value }] }, Stat: 'Average', Period: 60 },
    }))
    const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand({ StartTime: new Date(start), EndTime: new Date(end), ScanBy: 'TimestampAscending', MetricDataQueries }))
    return MetricDataResults.reduce((sum, { Values = [] }) => sum + Values.length, 0)
  }
}

/** Who makes a call. Each runs in a process of its own: code that another has made slow would be slow for all. */
const contenders: Readonly<Record<string, () => (() => Promise<number>) | Promise<() => Promise<number>>>> = {
  ours,
  'SDK, JSON': () => sdk({}),
  'SDK, CBOR': () => sdk({ protocol: SmithyRpcV2CborProtocol }),
  'SDK, JSON, without its log': () => sdk({}, false),
  'SDK, CBOR, without its log': () => sdk({ protocol: SmithyRpcV2CborProtocol }, false),
  'HTTP and JSON.parse, unsigned': () => overHttp(url, requestOf(start, end, 500)),
  'JSON.parse alone': async () => floor(await (await post(url, requestOf(start, end, 500))).text()),
}
const contender = contenders[name]
if (contender === undefined) throw new Error(`nobody is called ${name}`)
process.send?.({ cost: await leastOf(await contender()) })
process.disconnect?.()

/** Milliseconds of processor time that one call takes: the least of some rounds, after one to warm up. Whatever else a machine does only adds to it. */
async function leastOf(call: () => Promise<number>): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let number = 0; number < CALLS; number++) {
      const read = await call()
      if (read !== 500 * points) throw new Error(`${name} read ${read} of ${500 * points} points`)
    }
    const { user, system } = process.cpuUsage(before)
    if (round > 0) rounds.push((user + system) / 1_000 / CALLS)
  }
  return Math.min(...rounds)
}

/** A request of the same size, by hand. */
function requestOf(start: number, end: number, queries: number): string {
  return JSON.stringify({
    StartTime: start / 1_000,
    EndTime: end / 1_000,
    ScanBy: 'TimestampAscending',
    MetricDataQueries: Array.from({ length: queries }, (_, index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: `i-${index.toString(16).padStart(17, '0')}` }] }, Stat: 'Average', Period: 60 },
    })),
  })
}

async function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' }, body })
}

/** The least that a call can be: the same request over a kept connection, and JSON.parse. */
function overHttp(url: string, body: string): () => Promise<number> {
  const agent = new Agent({ keepAlive: true })
  return async () => {
    const call = request(url, { method: 'POST', agent, headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData', 'content-length': Buffer.byteLength(body) } })
    call.end(body)
    const [answer] = (await once(call, 'response')) as [IncomingMessage]
    return valuesIn(await text(answer))
  }
}

function floor(body: string): () => Promise<number> {
  return async () => valuesIn(body)
}

function valuesIn(body: string): number {
  const { MetricDataResults } = JSON.parse(body) as { MetricDataResults: readonly { Values: readonly number[] }[] }
  return MetricDataResults.reduce((sum, { Values }) => sum + Values.length, 0)
}
