import { defineAwsCollector, LIST_METRICS } from '@tocsin/aws'
import { catalogue } from './catalogue.ts'
import { discover, locate, storedFacts } from './discover.ts'
import { s3Options } from './options.ts'

/**
 * Watches the size of S3 buckets.
 *
 * ```ts
 * s3({ size: threshold({ warning: '500GB', critical: '1TB' }) })
 * ```
 */
export const s3 = defineAwsCollector({
  name: 's3',
  resources: 'S3 buckets',
  options: s3Options,
  ttl: 3_600,
  facts: storedFacts,
  catalogue,
  calls: () => [{ service: 's3', api: 'ListBuckets', reason: 'find buckets' }, LIST_METRICS],
  locate,
  discover,
})

export default s3
