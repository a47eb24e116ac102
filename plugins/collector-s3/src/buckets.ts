import type { S3Client } from '@aws-sdk/client-s3'
import type { AwsService, Target } from '@tocsin/aws'
import { z } from 'zod'

/** S3 as the shared sessions call it. */
const s3Service: AwsService<S3Client> = {
  name: 's3',
  async load() {
    const { S3Client } = await import('@aws-sdk/client-s3')
    return (config) => new S3Client(config)
  },
}

/** The most S3 gives at once. Naming it also makes S3 tell each bucket's region. */
const PAGE = 10_000

const listed = z.object({
  Buckets: z.array(z.object({ Name: z.string(), BucketRegion: z.string().optional() })).default([]),
  ContinuationToken: z.string().optional(),
})

/** One bucket; the region is absent where the server does not tell it. */
export interface Bucket {
  readonly name: string
  readonly region: string | undefined
}

/**
 * The buckets of the account, all pages: of one region, which must be the target's own, or of all.
 *
 * @throws TocsinError as `Target.call` does.
 */
export async function* listBuckets(target: Target, region: string | undefined, signal: AbortSignal): AsyncGenerator<Bucket> {
  const { ListBucketsCommand } = await import('@aws-sdk/client-s3')
  let token: string | undefined
  do {
    const command = new ListBucketsCommand({
      MaxBuckets: PAGE,
      ...(region === undefined ? {} : { BucketRegion: region }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    const page = listed.parse(await target.call(s3Service, 'ListBuckets', (client, options) => client.send(command, options), signal))
    for (const { Name, BucketRegion } of page.Buckets) yield { name: Name, region: BucketRegion }
    token = page.ContinuationToken
  } while (token)
}

const located = z.object({ LocationConstraint: z.string().optional() })

/** The region of one bucket, for servers whose list does not tell it: those that stand in for S3. */
export async function bucketRegion(target: Target, name: string, signal: AbortSignal): Promise<string> {
  const { GetBucketLocationCommand } = await import('@aws-sdk/client-s3')
  const command = new GetBucketLocationCommand({ Bucket: name })
  const { LocationConstraint } = located.parse(await target.call(s3Service, 'GetBucketLocation', (client, options) => client.send(command, options), signal))
  // No constraint is the first region there was, and EU the first in Europe.
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint || 'us-east-1'
}
