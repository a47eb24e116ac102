import { awsOptions } from '@tocsin/aws'
import { z } from 'zod'

/** The options of `rds`: those of every AWS collector, and its own. */
export const rdsOptions = awsOptions.extend({
  tags: z.record(z.string(), z.string()).default({})
    .describe('Only instances that carry every one of these tags, with exactly these values. Default: all instances.'),
  maxConnections: z.record(z.string(), z.int().min(1)).default({})
    .describe("Connections that are 100% of `connectionsUsed`, by instance identifier. Default: `max_connections` of the instance's own parameter group, else AWS's formula for the engine and an estimate of the memory that RDS leaves to the database."),
})

/** The options after parsing. */
export type RdsOptions = z.output<typeof rdsOptions>
