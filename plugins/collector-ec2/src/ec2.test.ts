import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import type { Series } from '@tocsin/core'
import { collectContext, collectorContract } from '@tocsin/core/testing'
import { type Moto, startMoto } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ec2 } from './index.ts'

const MINUTE = 60_000
/** The start of the five minutes before the last whole ones: settled whatever the monitoring. */
const SETTLED = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE - 10 * MINUTE
const IMAGE = 'ami-12c6146b'

let moto: Moto
beforeAll(async () => {
  moto = await startMoto()
  Object.assign(process.env, moto.env)
  await seed()
}, 180_000)
afterAll(() => moto.stop())

/** Ids by what they are for. */
const ids: Record<'web' | 'detailed' | 'xen' | 'stopped' | 'east', string> = { web: '', detailed: '', xen: '', stopped: '', east: '' }

async function launch(region: string, type: 't3.small' | 'm5.large' | 'm4.large', tags: Record<string, string>, detailed = false): Promise<string> {
  const client = new EC2Client({ region })
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const { Instances } = await client.send(
    new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ImageId: IMAGE, InstanceType: type, Monitoring: { Enabled: detailed }, TagSpecifications: [{ ResourceType: 'instance', Tags }] }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}

async function put(region: string, Namespace: string, MetricName: string, dimensions: Record<string, string>, values: readonly number[], at = SETTLED): Promise<void> {
  const client = new CloudWatchClient({ region })
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: values.map((Value, index) => ({ MetricName, Dimensions, Value, Timestamp: new Date(at + index * MINUTE) })) }))
}

async function seed(): Promise<void> {
  ids.web = await launch('us-west-2', 't3.small', { Name: 'web-1', team: 'web', stage: 'prod' })
  ids.detailed = await launch('us-west-2', 'm5.large', { Name: 'web-2', team: 'web', stage: 'test' }, true)
  ids.xen = await launch('us-west-2', 'm4.large', { team: 'db' })
  ids.stopped = await launch('us-west-2', 't3.small', { Name: 'off', team: 'web' })
  ids.east = await launch('us-east-1', 't3.small', { Name: 'east-1' })
  await new EC2Client({ region: 'us-west-2' }).send(new StopInstancesCommand({ InstanceIds: [ids.stopped] }))
  const of = (id: string) => ({ InstanceId: id })
  await put('us-west-2', 'AWS/EC2', 'CPUUtilization', of(ids.web), [10, 20, 30, 40, 50])
  await put('us-west-2', 'AWS/EC2', 'CPUUtilization', of(ids.stopped), [99])
  await put('us-west-2', 'AWS/EC2', 'NetworkIn', of(ids.web), [300, 600, 900, 1_200, 3_000])
  await put('us-west-2', 'AWS/EC2', 'StatusCheckFailed', of(ids.web), [0, 1, 0])
  await put('us-west-2', 'AWS/EC2', 'CPUCreditBalance', of(ids.web), [144, 143])
  await put('us-west-2', 'AWS/EC2', 'EBSReadBytes', of(ids.web), [3_000])
  await put('us-west-2', 'AWS/EC2', 'DiskReadBytes', of(ids.web), [999_999])
  await put('us-west-2', 'AWS/EC2', 'DiskReadBytes', of(ids.xen), [6_000])
  await put('us-west-2', 'CWAgent', 'mem_used_percent', { ...of(ids.web), ImageId: IMAGE, InstanceType: 't3.small' }, [71])
  await put('us-west-2', 'CWAgent', 'mem_used_percent', { ...of(ids.web), ImageId: IMAGE, InstanceType: 't3.micro' }, [12])
  const disk = { ...of(ids.web), device: 'nvme0n1p1', fstype: 'xfs' }
  await put('us-west-2', 'CWAgent', 'disk_used_percent', { ...disk, path: '/' }, [42])
  await put('us-west-2', 'CWAgent', 'disk_used_percent', { ...disk, path: '/data' }, [87])
  await put('us-west-2', 'CWAgent', 'disk_used_percent', { ...disk, path: '/snap/core/1', fstype: 'squashfs' }, [100])
  await put('us-east-1', 'AWS/EC2', 'CPUUtilization', of(ids.east), [7])
}

async function collect(options: Parameters<typeof ec2>[0], ...wanted: string[]): Promise<{ series: Series[]; failures: string[] }> {
  // Cycles this long look back to what was seeded.
  const context = collectContext({ interval: 15 * MINUTE })
  const series: Series[] = []
  const collector = ec2(options, {}).open()
  for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  await collector.close?.()
  return { series, failures: context.failures.map(({ error }) => String(error)) }
}

const west = { regions: ['us-west-2'] }
const valueOf = (all: readonly Series[], id: string, at = SETTLED): number | undefined => {
  const { timestamps, values } = all.find(({ resource }) => resource.id.endsWith(id)) ?? { timestamps: new Float64Array(), values: new Float64Array() }
  return values[timestamps.indexOf(at)]
}

describe('instances', () => {
  it('are those that run, in every region, each by ARN and name', async () => {
    const { series, failures } = await collect({ regions: ['us-west-2', 'us-east-1'] }, 'cpu')
    expect(failures).toEqual([])
    const resources = series.map(({ resource }) => resource).sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(resources.map(({ name }) => name)).toEqual(['east-1', ids.xen, 'web-1', 'web-2'])
    expect(resources[2]).toEqual({
      id: `arn:aws:ec2:us-west-2:123456789012:instance/${ids.web}`,
      type: 'ec2',
      name: 'web-1',
      account: '123456789012',
      region: 'us-west-2',
      tags: { Name: 'web-1', team: 'web', stage: 'prod' },
    })
    expect(valueOf(series, ids.east)).toBe(7)
  })

  it('can be narrowed to all of several tags, with exactly their values', async () => {
    const names = async (tags: Record<string, string>): Promise<string[]> => (await collect({ ...west, tags }, 'cpu')).series.map(({ resource }) => resource.name).sort()
    expect(await names({ team: 'web' })).toEqual(['web-1', 'web-2'])
    expect(await names({ team: 'web', stage: 'test' })).toEqual(['web-2'])
    expect((await collect({ ...west, tags: { team: 'nobody' } }, 'cpu')).failures).toEqual([
      'E203 no running EC2 instances · 123456789012, us-west-2 · check regions, filters and the account',
    ])
  })
})

describe('metrics', () => {
  it('cpu is the average of five minutes, or of one with detailed monitoring', async () => {
    const { series } = await collect(west, 'cpu')
    expect(valueOf(series, ids.web)).toBe(30)
    expect(series.map(({ resource, period }) => `${resource.name} ${period / MINUTE}`).sort()).toEqual([`${ids.xen} 5`, 'web-1 5', 'web-2 1'])
  })

  it('network traffic is a rate', async () => {
    expect(valueOf((await collect(west, 'networkIn')).series, ids.web)).toBe(6_000 / 300)
  })

  it('disk traffic is that of EBS on Nitro, and of the instance store on Xen', async () => {
    const { series } = await collect(west, 'diskRead')
    expect([valueOf(series, ids.web), valueOf(series, ids.xen)]).toEqual([10, 20])
  })

  it('a status check counts in the minute it failed', async () => {
    const { series } = await collect(west, 'statusCheckFailed')
    expect([0, 1, 2].map((minute) => valueOf(series, ids.web, SETTLED + minute * MINUTE))).toEqual([0, 1, 0])
  })

  it('credits are those of burstable instances alone', async () => {
    const { series } = await collect(west, 'cpuCreditBalance')
    expect(series.map(({ resource }) => resource.name)).toEqual(['web-1'])
    expect(valueOf(series, ids.web)).toBe(143)
  })

  it('memory is that of the instance as it is now, and of instances with an agent', async () => {
    const { series } = await collect(west, 'memory')
    expect(series.map(({ resource }) => resource.name)).toEqual(['web-1'])
    expect(valueOf(series, ids.web)).toBe(71)
  })

  it('disk space is one series a mount, without images that are full by nature', async () => {
    const { series } = await collect(west, 'disk')
    expect(series.map(({ labels, values }) => `${labels?.['mount']} ${values.at(-1)}`).sort()).toEqual(['/ 42', '/data 87'])
  })
})

collectorContract('ec2', {
  watch: () => ec2(west, { cpu: threshold({ critical: 80 }), disk: threshold({ critical: '90%' }) }),
  context: () => ({ interval: 15 * MINUTE }),
  broken: {
    watch: () => {
      const accounts = [{ roleArn: 'arn:aws:iam::210987654321:role/mon', externalId: 'tenant-secret' }]
      return ec2({ ...west, accounts, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }, { cpu: threshold({ critical: 80 }) })
    },
    secrets: ['tenant-secret', 'testing-secret'],
  },
})
