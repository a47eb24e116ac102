import type { RDSClient } from '@aws-sdk/client-rds'
import type { AwsService } from '@tocsin/aws'

/** RDS as the shared sessions call it. */
export const rdsService: AwsService<RDSClient> = {
  name: 'rds',
  async load() {
    const { RDSClient } = await import('@aws-sdk/client-rds')
    return (config) => new RDSClient(config)
  },
}
