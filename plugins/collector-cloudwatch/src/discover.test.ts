import type { DiscoverContext, ListedMetric, ListQuery, Target } from '@tocsin/aws'
import { testServices } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { discover } from './discover.ts'
import { type CloudWatchOptions, cloudWatchOptions } from './options.ts'

// moto takes every metric for recently active, so what is asked is looked at here.

const target: Target = {
  account: 'prod',
  accountId: '123456789012',
  region: 'us-west-2',
  partition: 'aws',
  key: 'us-west-2',
  call: async () => {
    throw new Error('nothing but lists is asked for')
  },
}
const queue = { namespace: 'AWS/SQS', metric: 'Depth', stat: 'Maximum', unit: 'count', dimensions: { Queue: '*', Stage: 'prod' } } as const

async function find(metrics: object, listed: readonly ListedMetric[] = [], wanted?: readonly string[]) {
  const asked: ListQuery[] = []
  const options = cloudWatchOptions.parse({ metrics })
  const context: DiscoverContext<CloudWatchOptions> = {
    ...testServices(),
    options,
    wanted: new Set(wanted ?? Object.keys(options.metrics)),
    signal: new AbortController().signal,
    fail: () => {},
    listMetrics: async (query) => (asked.push(query), listed),
  }
  return { asked, found: await discover(target, context) }
}

describe('discover', () => {
  it('lists only what had points lately, but for metrics with points too rare for that', async () => {
    const query = { namespace: 'AWS/SQS', metric: 'Depth', dimensions: { Queue: undefined, Stage: 'prod' } }
    expect((await find({ depth: { ...queue, period: '1h' } })).asked).toEqual([{ ...query, recentlyActive: true }])
    expect((await find({ depth: { ...queue, period: '1d' } })).asked).toEqual([{ ...query, recentlyActive: false }])
  })

  it('lists nothing for metrics that no rule wants, or that are written out', async () => {
    const metrics = { depth: { ...queue, period: '1m' }, fixed: { ...queue, period: '1m', dimensions: { Queue: 'jobs' } } }
    const { asked, found } = await find(metrics, [], ['fixed'])
    expect(asked).toEqual([])
    expect(found.map(({ resource }) => resource.name)).toEqual(['jobs'])
  })

  it('names two resources differently whatever their values hold', async () => {
    const listed = ['a,Stage=b', 'a'].map((Queue) => ({ metric: 'Depth', dimensions: { Queue, Stage: 'prod' } }))
    const { found } = await find({ depth: { ...queue, period: '1m' } }, listed)
    expect(found.map(({ resource }) => resource.id)).toEqual([
      'cloudwatch:123456789012:us-west-2:AWS/SQS:Queue=a%2CStage%3Db,Stage=prod',
      'cloudwatch:123456789012:us-west-2:AWS/SQS:Queue=a,Stage=prod',
    ])
  })
})
