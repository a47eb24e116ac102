import { type ApiUse, arnOf, type CallPlace } from '@tocsin/aws'
import type { RdsOptions } from './options.ts'

/** What discovery asks RDS: all instances, and the parameter groups of those whose limit nothing else tells. */
export function calls(_options: RdsOptions, wanted: ReadonlySet<string>, { regions, roleArn }: CallPlace): ApiUse[] {
  const all = (type: string): string[] => (regions ?? [undefined]).map((region) => arnOf({ service: 'rds', region, roleArn }, `${type}:*`))
  return [
    { service: 'rds', api: 'DescribeDBInstances', resources: all('db'), reason: 'find database instances' },
    ...(wanted.has('connectionsUsed') ? [{ service: 'rds', api: 'DescribeDBParameters', resources: all('pg'), reason: 'read how many connections an instance takes' }] : []),
  ]
}
