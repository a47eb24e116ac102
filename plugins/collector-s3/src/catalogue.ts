import type { Catalogue, Discovered } from '@tocsin/aws'
import type { BucketFacts } from './discover.ts'

const HOUR = 3_600
const DAY = 24 * HOUR

/**
 * S3 publishes one point a day, some hours after the day has ended, at no announced time. So three days are looked back on, four
 * times a day, and a day counts as final when half a day has passed.
 */
const daily = { namespace: 'AWS/S3', stat: 'Average', period: DAY, settle: DAY / 2, lookBack: 3 * DAY, every: 6 * HOUR } as const

type Found = Discovered<BucketFacts>

export const catalogue = {
  size: {
    unit: 'bytes',
    worse: 'high',
    help: 'Bytes stored, in all storage classes, old versions and unfinished uploads included; one point a day',
    // CloudWatch has a size for each storage type and none for their sum.
    when: ({ facts }: Found) => facts.storageTypes.length > 0,
    sources: ({ facts, dimensions }: Found) =>
      Object.fromEntries(facts.storageTypes.map((type) => [type, { ...daily, metric: 'BucketSizeBytes', dimensions: () => ({ ...dimensions, StorageType: type }) }])),
    combine: (sizes: Readonly<Record<string, number>>) => Object.values(sizes).reduce((sum, size) => sum + size, 0),
  },
  objects: {
    ...daily,
    unit: 'count',
    worse: 'high',
    help: 'Objects stored, old versions and parts of unfinished uploads included; one point a day',
    metric: 'NumberOfObjects',
    when: ({ facts }: Found) => facts.counted,
    dimensions: ({ dimensions }: Found) => ({ ...dimensions, StorageType: 'AllStorageTypes' }),
  },
} as const satisfies Catalogue<BucketFacts>
