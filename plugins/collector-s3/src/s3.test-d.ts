// Compiled, never run: names and units of the metrics reach the rules.
import { threshold } from '@tocsin/evaluator-threshold'
import { s3 } from './index.ts'

s3({ size: threshold({ critical: '1TB' }), objects: threshold({ critical: 1_000_000 }) })
s3({ buckets: ['backup-*'], regions: ['us-west-2'] }, { size: threshold({ critical: '1TB' }) })
// @ts-expect-error not a metric
s3({ bytes: threshold({ critical: '1TB' }) })
// @ts-expect-error a count takes no size
s3({ objects: threshold({ critical: '1TB' }) })
// @ts-expect-error not an option
s3({ bucket: 'backup' }, {})
