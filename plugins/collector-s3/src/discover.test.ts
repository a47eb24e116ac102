import type { DiscoverContext, ListedMetric, Target } from '@tocsin/aws'
import { testServices } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'
import { discover, locate } from './discover.ts'
import { type S3Options, s3Options } from './options.ts'

// moto gives every bucket storage metrics at once, tells no region in its list and never pages: what it cannot show is shown here.

/** A target whose calls are answered one after the other. */
function aTarget(...answers: readonly object[]): Target & { readonly calls: string[] } {
  const queue = [...answers]
  const calls: string[] = []
  const target: Target = {
    account: 'prod',
    accountId: '123456789012',
    region: 'us-west-2',
    partition: 'aws',
    key: 'us-west-2',
    async call(_service, api, run, signal) {
      const client = { send: async ({ input }: { readonly input: object }) => (calls.push(`${api} ${JSON.stringify(input)}`), queue.shift()) }
      return run(client as never, { abortSignal: signal })
    },
  }
  return { ...target, calls }
}

function aContext(options: Partial<S3Options> = {}, listed: readonly ListedMetric[] = []): DiscoverContext<S3Options> {
  return {
    ...testServices(),
    options: { ...s3Options.parse({}), ...options },
    wanted: new Set(['size']),
    signal: new AbortController().signal,
    fail: () => {},
    listMetrics: async () => listed,
  }
}

const listed = (metric: string, BucketName: string, StorageType: string): ListedMetric => ({ metric, dimensions: { BucketName, StorageType } })

describe('locate', () => {
  it('reads the regions of wanted buckets off the list, all pages', async () => {
    const target = aTarget(
      { Buckets: [{ Name: 'a', BucketRegion: 'us-west-2' }, { Name: 'b', BucketRegion: 'eu-west-1' }], ContinuationToken: 'more' },
      { Buckets: [{ Name: 'c', BucketRegion: 'eu-west-1' }, { Name: 'not-wanted', BucketRegion: 'ap-south-1' }] },
    )
    expect(await locate(target, aContext({ buckets: ['a', 'b', 'c'] }))).toEqual(['eu-west-1', 'us-west-2'])
    expect(target.calls).toEqual(['ListBuckets {"MaxBuckets":10000}', 'ListBuckets {"MaxBuckets":10000,"ContinuationToken":"more"}'])
  })

  it('asks for the region of a bucket only where the list does not tell it', async () => {
    const target = aTarget({ Buckets: [{ Name: 'old' }, { Name: 'older' }, { Name: 'new', BucketRegion: 'us-west-2' }] }, { LocationConstraint: 'EU' }, {})
    expect(await locate(target, aContext())).toEqual(['eu-west-1', 'us-east-1', 'us-west-2'])
    expect(target.calls.slice(1)).toEqual(['GetBucketLocation {"Bucket":"old"}', 'GetBucketLocation {"Bucket":"older"}'])
  })
})

describe('discover', () => {
  it('lists the buckets of its own region, all pages', async () => {
    const target = aTarget({ Buckets: [{ Name: 'a' }], ContinuationToken: 'more' }, { Buckets: [{ Name: 'b' }] })
    const found = await discover(target, aContext())
    expect(found.map(({ resource }) => resource.id)).toEqual(['arn:aws:s3:::a', 'arn:aws:s3:::b'])
    expect(target.calls).toEqual([
      'ListBuckets {"MaxBuckets":10000,"BucketRegion":"us-west-2"}',
      'ListBuckets {"MaxBuckets":10000,"BucketRegion":"us-west-2","ContinuationToken":"more"}',
    ])
  })

  it('knows which storage types CloudWatch has of each bucket', async () => {
    const metrics = [
      listed('BucketSizeBytes', 'a', 'StandardStorage'),
      listed('BucketSizeBytes', 'other', 'StandardStorage'),
      listed('NumberOfObjects', 'a', 'AllStorageTypes'),
      listed('BucketSizeBytes', 'a', 'GlacierStorage'),
      { metric: 'AllRequests', dimensions: { BucketName: 'a', FilterId: 'all' } },
    ]
    const [found] = await discover(aTarget({ Buckets: [{ Name: 'a' }] }), aContext({}, metrics))
    expect(found?.facts).toEqual({ storageTypes: ['StandardStorage', 'GlacierStorage'], counted: true })
  })

  it('finds a new bucket, but no metric of it: what cannot be there is not missing', async () => {
    const [found] = await discover(aTarget({ Buckets: [{ Name: 'new' }] }), aContext({}, [listed('BucketSizeBytes', 'a', 'StandardStorage')]))
    if (!found) throw new Error('the bucket was not found')
    expect(found.facts).toEqual({ storageTypes: [], counted: false })
    expect([catalogue.size.when(found), catalogue.objects.when(found)]).toEqual([false, false])
  })
})
