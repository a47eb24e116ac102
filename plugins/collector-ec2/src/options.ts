import { awsOptions } from '@tocsin/aws'
import { z } from 'zod'

/** The options of `ec2`: those of every AWS collector, and its own. */
export const ec2Options = awsOptions.extend({
  tags: z.record(z.string().min(1), z.string()).default({})
    .describe("Only instances that have all of these tags, with exactly these values: `{ team: 'web' }`. Default: all instances."),
})

/** The options after parsing. */
export type Ec2Options = z.output<typeof ec2Options>
