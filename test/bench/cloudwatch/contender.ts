import { CloudWatchClient, GetMetricDataCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ec2 } from '@tocsin/collector-ec2'
import { collectContext, createRateLimiter, FakeClock, testServices } from '@tocsin/core/testing'
import { type Cycle, measured, METRICS, NOW, PERIOD, REGION, WINDOW } from './load.ts'

type Counts = Pick<Cycle, 'series' | 'points'>

/** Ids of all instances, as everybody must get them. */
async function instances(): Promise<string[]> {
  const client = new EC2Client({ region: REGION })
  const ids: string[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new DescribeInstancesCommand({ MaxResults: 1_000, NextToken }))
    for (const { Instances = [] } of page.Reservations ?? []) for (const { InstanceId = '' } of Instances) ids.push(InstanceId)
    NextToken = page.NextToken
  } while (NextToken)
  return ids
}

const dimensions = (id: string) => [{ Name: 'InstanceId', Value: id }]

/** The collector and the engine, with the limiter of a real run. Two cycles: the second one is the steady state. */
async function tocsin(): Promise<Cycle[]> {
  const clock = new FakeClock(NOW)
  const services = testServices(clock, createRateLimiter())
  const collector = ec2({ regions: [REGION] }, {}).open()
  const cycle = async (): Promise<Counts> => {
    const context = collectContext({ ...services, clock, now: clock.now() })
    let [series, points] = [0, 0]
    for await (const { timestamps, status } of collector.collect(new Set(['cpu', 'networkIn', 'networkOut']), context)) {
      if (status !== 'complete') throw new Error(`a series is ${status}`)
      series++
      points += timestamps.length
    }
    if (context.failures.length > 0) throw context.failures[0]?.error
    return { series, points }
  }
  const cycles: Cycle[] = []
  for (let number = 0; number < 6; number++) {
    cycles.push(await measured(cycle))
    clock.set(clock.now() + PERIOD * 1_000)
  }
  await collector.close?.()
  await services.close()
  return cycles
}

/** GetMetricStatistics for each metric, 50 calls at a time. */
async function naive(): Promise<Counts> {
  const client = new CloudWatchClient({ region: REGION })
  const queue = (await instances()).flatMap((id) => METRICS.map((MetricName) => ({ id, MetricName })))
  let [next, points] = [0, 0]
  const work = async (): Promise<void> => {
    for (let one = queue[next++]; one !== undefined; one = queue[next++]) {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({ Namespace: 'AWS/EC2', MetricName: one.MetricName, Dimensions: dimensions(one.id), StartTime: WINDOW.start, EndTime: WINDOW.end, Period: PERIOD, Statistics: ['Average'] }),
      )
      points += Datapoints.length
    }
  }
  await Promise.all(Array.from({ length: 50 }, work))
  return { series: queue.length, points }
}

/** The SDK as its guide shows it: GetMetricData with 500 queries, page after page, ten calls at a time. */
async function plain(): Promise<Counts> {
  const client = new CloudWatchClient({ region: REGION })
  const all = (await instances()).flatMap((id) => METRICS.map((MetricName) => ({ id, MetricName })))
  const batches = Array.from({ length: Math.ceil(all.length / 500) }, (_, index) => all.slice(index * 500, (index + 1) * 500))
  let points = 0
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const MetricDataQueries = batch.map(({ id, MetricName }, index) => ({ Id: `q${index}`, MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName, Dimensions: dimensions(id) }, Period: PERIOD, Stat: 'Average' } }))
      let NextToken: string | undefined
      do {
        const page = await client.send(new GetMetricDataCommand({ StartTime: WINDOW.start, EndTime: WINDOW.end, MetricDataQueries, NextToken }))
        for (const { Values = [] } of page.MetricDataResults ?? []) points += Values.length
        NextToken = page.NextToken
      } while (NextToken)
    }
  }
  await Promise.all(Array.from({ length: 10 }, work))
  return { series: all.length, points }
}

const [, , name] = process.argv
const cycles = name === 'tocsin' ? await tocsin() : [await measured(name === 'naive' ? naive : plain)]
process.send?.(cycles)
process.disconnect?.()
