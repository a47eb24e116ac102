import { describe, expect, it } from 'vitest'
import { databaseInstance, describedInstance, isWatched } from './database-instance.ts'

const described = (over: object) => describedInstance.parse({ DBInstanceIdentifier: 'db-1', DBInstanceArn: 'arn:aws:rds:us-west-2:123456789012:db:db-1', ...over })

describe('isWatched', () => {
  it.each(['available', 'backing-up', 'modifying', 'storage-full', 'storage-optimization', 'rebooting', 'failed', 'incompatible-parameters', 'a-state-of-tomorrow'])(
    'queries an instance that is %s',
    (DBInstanceStatus) => {
      expect(isWatched(described({ DBInstanceStatus, Engine: 'mysql' }))).toBe(true)
    },
  )

  it.each(['creating', 'deleting', 'starting', 'stopped', 'stopping'])('passes over one that is %s', (DBInstanceStatus) => {
    expect(isWatched(described({ DBInstanceStatus, Engine: 'mysql' }))).toBe(false)
  })

  it.each(['docdb', 'neptune'])('passes over %s, which has its own namespace', (Engine) => {
    expect(isWatched(described({ DBInstanceStatus: 'available', Engine }))).toBe(false)
  })
})

describe('databaseInstance', () => {
  it('reads size, port and parameter group', () => {
    const instance = databaseInstance(
      described({ Engine: 'postgres', DBInstanceClass: 'db.m7g.large', AllocatedStorage: 20, Endpoint: { Port: 5432 }, DBParameterGroups: [{ DBParameterGroupName: 'shop' }] }),
    )
    expect(instance).toEqual({
      identifier: 'db-1',
      engine: 'postgres',
      instanceClass: 'db.m7g.large',
      allocatedBytes: 20 * 2 ** 30,
      port: 5432,
      isAurora: false,
      isReplica: false,
      parameterGroup: 'shop',
    })
  })

  it('knows the replica of an instance and of a cluster', () => {
    expect(databaseInstance(described({ ReadReplicaSourceDBInstanceIdentifier: 'db-0' })).isReplica).toBe(true)
    expect(databaseInstance(described({ ReadReplicaSourceDBClusterIdentifier: 'cluster' })).isReplica).toBe(true)
  })
})
