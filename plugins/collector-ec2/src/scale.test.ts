import type { Series } from '@tocsin/core'
import { collectContext, FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, startAwsStub, stubInstances, stubMetricData, stubQueries } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ec2 } from './index.ts'

const clock = new FakeClock('2026-01-05T12:00:30Z')
let stub: AwsStub

beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  stub.on('GetMetricData', stubMetricData(({ dimensions }) => Number(dimensions['InstanceId']?.slice(2)), () => clock.now()))
})

const instances = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `i-${index}`, type: 'm5.large', tags: { Name: `web-${index}` } }))

async function cycle(collector: ReturnType<ReturnType<typeof ec2>['open']>, services: ReturnType<typeof testServices>, wanted: readonly string[]): Promise<Series[]> {
  const context = collectContext({ ...services, clock, now: clock.now() })
  const series: Series[] = []
  for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  expect(context.failures).toEqual([])
  return series
}

it('reads three metrics of 1,000 instances in six calls', async () => {
  stub.on('DescribeInstances', stubInstances(instances(1_000)))
  const services = testServices(clock)
  const collector = ec2({ regions: ['us-west-2'] }, {}).open()
  const series = await cycle(collector, services, ['cpu', 'networkIn', 'networkOut'])
  expect(series).toHaveLength(3_000)
  expect(series.every(({ resource, metric, values }) => values.at(-1) === Number(resource.name.slice(4)) / (metric === 'cpu' ? 1 : 300))).toBe(true)
  expect(stub.count('GetMetricData')).toBe(6)
  expect(stub.requests.flatMap(({ api, input }) => (api === 'GetMetricData' ? [stubQueries(input).length] : []))).toEqual([500, 500, 500, 500, 500, 500])
  expect([stub.count('DescribeInstances'), stub.count('ListMetrics'), stub.count('GetCallerIdentity')]).toEqual([1, 0, 1])

  // A minute later no point of five minutes is due: the next cycle costs nothing, and answers all the same.
  clock.set(clock.now() + 60_000)
  expect(await cycle(collector, services, ['cpu', 'networkIn', 'networkOut'])).toHaveLength(3_000)
  expect(stub.requests).toHaveLength(8)
  await services.close()
})

it('reads every page of instances', async () => {
  stub.on('DescribeInstances', stubInstances(instances(2_500)))
  const services = testServices(clock)
  expect(await cycle(ec2({ regions: ['us-west-2'] }, {}).open(), services, ['cpu'])).toHaveLength(2_500)
  expect([stub.count('DescribeInstances'), stub.count('GetMetricData')]).toEqual([3, 5])
  const { form } = stub.requests.find(({ api }) => api === 'DescribeInstances') ?? { form: new URLSearchParams() }
  expect([form.get('MaxResults'), form.get('Filter.1.Name'), form.get('Filter.1.Value.1')]).toEqual(['1000', 'instance-state-name', 'running'])
  await services.close()
})

it('takes values of tags as they are, not as the wildcards of EC2', async () => {
  stub.on('DescribeInstances', stubInstances(['a*?\\', 'abc\\'].map((team, index) => ({ id: `i-${index}`, type: 'm5.large', tags: { team } }))))
  const services = testServices(clock)
  const series = await cycle(ec2({ regions: ['us-west-2'], tags: { team: 'a*?\\' } }, {}).open(), services, ['cpu'])
  expect(series.map(({ resource }) => resource.name)).toEqual(['i-0'])
  const { form } = stub.requests.find(({ api }) => api === 'DescribeInstances') ?? { form: new URLSearchParams() }
  expect([form.get('Filter.2.Name'), form.get('Filter.2.Value.1')]).toEqual(['tag:team', 'a\\*\\?\\\\'])
  await services.close()
})

it('does not take an answer without a list for an empty region', async () => {
  stub.on('DescribeInstances', () => ({ body: '' }))
  const services = testServices(clock)
  const context = collectContext({ ...services, clock, now: clock.now() })
  for await (const _ of ec2({ regions: ['us-west-2'] }, {}).open().collect(new Set(['cpu']), context)) throw new Error('nothing was to come')
  expect(context.failures.map(({ error }) => error.code)).toEqual(['E205'])
  stub.on('DescribeInstances', stubInstances([]))
  const empty = collectContext({ ...services, clock, now: clock.now() })
  for await (const _ of ec2({ regions: ['us-west-2'] }, {}).open().collect(new Set(['cpu']), empty)) throw new Error('nothing was to come')
  expect(empty.failures.map(({ error }) => error.code)).toEqual(['E203'])
  await services.close()
})
