import { defineAwsCollector } from '@tocsin/aws'
import { calls } from './calls.ts'
import { catalogue } from './catalogue.ts'
import { storedFacts } from './database-instance.ts'
import { discover } from './discover.ts'
import { rdsOptions } from './options.ts'

/**
 * Watches RDS and Aurora database instances.
 *
 * ```ts
 * rds({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 60, critical: 80, for: '5m' }) })
 * ```
 */
export const rds = defineAwsCollector({
  name: 'rds',
  resources: 'available RDS instances',
  options: rdsOptions,
  ttl: 300,
  facts: storedFacts,
  catalogue,
  calls,
  discover,
})

export default rds
