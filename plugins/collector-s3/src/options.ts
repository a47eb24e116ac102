import { awsOptions } from '@tocsin/aws'
import { z } from 'zod'

/** The options of `s3`: those of every AWS collector, and its own. */
export const s3Options = awsOptions.extend({
  regions: awsOptions.shape.regions.describe('Only buckets in these regions. Default: the buckets of all regions, each asked for in its own.'),
  buckets: z.array(z.string().min(1)).min(1).optional()
    .describe("Only buckets whose name matches one of these patterns; `*` stands for any characters: `['backup-*']`. Default: all buckets."),
})

/** The options after parsing. */
export type S3Options = z.output<typeof s3Options>
