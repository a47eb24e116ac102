import { defineAwsCollector } from '@tocsin/aws'
import { catalogue } from './catalogue.ts'
import { discover } from './discover.ts'
import { storedFacts } from './instance.ts'
import { ec2Options } from './options.ts'

/**
 * Watches running EC2 instances.
 *
 * ```ts
 * ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 60, critical: 80, for: '5m' }) })
 * ```
 */
export const ec2 = defineAwsCollector({
  name: 'ec2',
  resources: 'running EC2 instances',
  options: ec2Options,
  ttl: 300,
  facts: storedFacts,
  catalogue,
  calls: () => [{ service: 'ec2', api: 'DescribeInstances', reason: 'find instances' }],
  discover,
})

export default ec2
