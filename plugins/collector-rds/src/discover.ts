import type { Discovered, DiscoverContext, Target } from '@tocsin/aws'
import { z } from 'zod'
import { databaseInstance, type DatabaseInstance, type DescribedInstance, describedInstance, isWatched } from './database-instance.ts'
import type { RdsOptions } from './options.ts'
import { rdsService } from './rds-service.ts'
import { withConnectionLimits } from './with-connection-limits.ts'

const described = z.object({ DBInstances: z.array(describedInstance).default([]), Marker: z.string().optional() })

/** The instances of one region that run and carry the wanted tags. */
export async function discover(target: Target, context: DiscoverContext<RdsOptions>): Promise<readonly Discovered<DatabaseInstance>[]> {
  const found: Discovered<DatabaseInstance>[] = []
  for await (const instance of describeInstances(target, context.signal)) {
    const tags = Object.fromEntries(instance.TagList.map(({ Key, Value }) => [Key, Value]))
    const tagged = Object.entries(context.options.tags).every(([key, value]) => tags[key] === value)
    if (!tagged || !isWatched(instance)) continue
    found.push({
      resource: { id: instance.DBInstanceArn, type: 'rds', name: instance.DBInstanceIdentifier, tags },
      dimensions: { DBInstanceIdentifier: instance.DBInstanceIdentifier },
      facts: databaseInstance(instance),
    })
  }
  return context.wanted.has('connectionsUsed') ? withConnectionLimits(found, target, context) : found
}

async function* describeInstances(target: Target, signal: AbortSignal): AsyncGenerator<DescribedInstance> {
  const { DescribeDBInstancesCommand } = await import('@aws-sdk/client-rds')
  let marker: string | undefined
  do {
    const command = new DescribeDBInstancesCommand({ MaxRecords: 100, ...(marker === undefined ? {} : { Marker: marker }) })
    const page = described.parse(await target.call(rdsService, 'DescribeDBInstances', (client, options) => client.send(command, options), signal))
    yield* page.DBInstances
    marker = page.Marker
  } while (marker)
}
