import type { Discovered, DiscoverContext, Target } from '@tocsin/aws'
import { silentLogger } from '@tocsin/core'
import { testServices } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { databaseInstance, type DatabaseInstance, describedInstance } from './database-instance.ts'
import { type RdsOptions, rdsOptions } from './options.ts'
import { withConnectionLimits } from './with-connection-limits.ts'

const target: Target = {
  account: 'prod',
  accountId: '123456789012',
  region: 'us-west-2',
  partition: 'aws',
  key: 'us-west-2',
  call: async () => {
    throw new Error('nothing is to be asked')
  },
}

function found(identifier: string, over: object): Discovered<DatabaseInstance> {
  const described = describedInstance.parse({ DBInstanceIdentifier: identifier, DBInstanceArn: `arn:aws:rds:us-west-2:123456789012:db:${identifier}`, ...over })
  return { resource: { id: described.DBInstanceArn, type: 'rds', name: identifier, tags: {} }, dimensions: {}, facts: databaseInstance(described) }
}

it('asks nothing about default parameter groups, and tells of an unknown limit once', async () => {
  const warnings: string[] = []
  const context: DiscoverContext<RdsOptions> = {
    ...testServices(),
    logger: { ...silentLogger, warn: (_fields, message) => void warnings.push(message) },
    options: rdsOptions.parse({}),
    wanted: new Set(['connectionsUsed']),
    signal: new AbortController().signal,
    fail: (error) => {
      throw error
    },
    listMetrics: async () => [],
  }
  const instances = [
    found('ex', { Engine: 'sqlserver-ex', DBInstanceClass: 'db.t3.small', DBParameterGroups: [{ DBParameterGroupName: 'default.sqlserver-ex-15.0' }] }),
    found('less', { Engine: 'aurora-mysql', DBInstanceClass: 'db.serverless', DBParameterGroups: [{ DBParameterGroupName: 'default.aurora-mysql8.0' }] }),
  ]
  for (let cycle = 0; cycle < 3; cycle++) {
    const limited = await withConnectionLimits(instances, target, context)
    expect(limited.map(({ facts }) => facts.connectionLimit)).toEqual([32_767, undefined])
  }
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('less')
})
