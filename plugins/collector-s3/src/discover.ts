import type { Discovered, DiscoverContext, Target } from '@tocsin/aws'
import { z } from 'zod'
import { bucketRegion, listBuckets } from './buckets.ts'
import { matchesPattern } from './matches-pattern.ts'
import type { S3Options } from './options.ts'

/** What CloudWatch has of a bucket. */
export const storedFacts = z.object({
  /** Storage types with a size, such as `StandardStorage`. Empty for a bucket that is new or has been empty for two weeks. */
  storageTypes: z.array(z.string()).readonly(),
  /** Whether there is a count of objects. */
  counted: z.boolean(),
})
export type BucketFacts = Readonly<z.output<typeof storedFacts>>

/** The regions that hold wanted buckets. */
export async function locate(home: Target, { options, signal }: DiscoverContext<S3Options>): Promise<readonly string[]> {
  const regions = new Set<string>()
  for await (const { name, region } of listBuckets(home, undefined, signal)) {
    if (isWanted(name, options)) regions.add(region ?? (await bucketRegion(home, name, signal)))
  }
  return [...regions].sort()
}

/** The wanted buckets of one region, each with what CloudWatch has of it. */
export async function discover(target: Target, context: DiscoverContext<S3Options>): Promise<readonly Discovered<BucketFacts>[]> {
  const names: string[] = []
  for await (const { name } of listBuckets(target, target.region, context.signal)) {
    if (isWanted(name, context.options)) names.push(name)
  }
  if (names.length === 0) return []
  const facts = await storageFacts(context)
  return names.map((name) => ({
    resource: { id: `arn:${target.partition}:s3:::${name}`, type: 's3', name, tags: {} },
    dimensions: { BucketName: name },
    facts: facts.get(name) ?? { storageTypes: [], counted: false },
  }))
}

async function storageFacts({ listMetrics }: DiscoverContext<S3Options>): Promise<Map<string, BucketFacts>> {
  const facts = new Map<string, BucketFacts>()
  for (const { metric, dimensions } of await listMetrics({ namespace: 'AWS/S3', dimensions: { BucketName: undefined, StorageType: undefined } })) {
    const { BucketName: name, StorageType: type } = dimensions
    if (name === undefined || type === undefined) continue
    const { storageTypes, counted } = facts.get(name) ?? { storageTypes: [], counted: false }
    if (metric === 'BucketSizeBytes') facts.set(name, { storageTypes: [...storageTypes, type], counted })
    if (metric === 'NumberOfObjects') facts.set(name, { storageTypes, counted: true })
  }
  return facts
}

function isWanted(name: string, { buckets }: S3Options): boolean {
  return buckets === undefined || buckets.some((pattern) => matchesPattern(name, pattern))
}
