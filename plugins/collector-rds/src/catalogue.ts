import type { Catalogue, Discovered } from '@tocsin/aws'
import type { DatabaseInstance } from './database-instance.ts'

/** Every metric of RDS comes each minute and changes no more after three. */
const rds = { namespace: 'AWS/RDS', period: 60, settle: 180 } as const

type Found = Discovered<DatabaseInstance>
const ownStorage = ({ facts }: Found): boolean => !facts.isAurora

/** Statistics are those of AWS's recommended alarms; latencies, one sample a minute, are the same in every statistic. */
export const catalogue = {
  cpu: { ...rds, unit: 'percent', worse: 'high', help: 'CPU in use', metric: 'CPUUtilization', stat: 'Average' },
  connections: { ...rds, unit: 'count', worse: 'high', help: 'Open client connections', metric: 'DatabaseConnections', stat: 'Average' },
  connectionsUsed: {
    ...rds,
    unit: 'percent',
    worse: 'high',
    help: 'Open client connections, as part of those the instance takes (max_connections)',
    metric: 'DatabaseConnections',
    stat: 'Average',
    when: ({ facts }: Found) => facts.connectionLimit !== undefined,
    value: (count: number, { facts }: Found) => (count / (facts.connectionLimit ?? NaN)) * 100,
  },
  freeableMemory: { ...rds, unit: 'bytes', worse: 'low', help: 'Memory that is free or can be freed', metric: 'FreeableMemory', stat: 'Average' },
  freeStorage: { ...rds, unit: 'bytes', worse: 'low', help: 'Free disk space (not Aurora)', metric: 'FreeStorageSpace', stat: 'Minimum', when: ownStorage },
  freeStoragePercent: {
    ...rds,
    unit: 'percent',
    worse: 'low',
    help: 'Free disk space, as part of the allocated storage (not Aurora)',
    metric: 'FreeStorageSpace',
    stat: 'Minimum',
    when: (found: Found) => ownStorage(found) && found.facts.allocatedBytes > 0,
    value: (free: number, { facts }: Found) => (free / facts.allocatedBytes) * 100,
  },
  readLatency: { ...rds, unit: 'seconds', worse: 'high', help: 'Time of one read from disk', metric: 'ReadLatency', stat: 'Average' },
  writeLatency: { ...rds, unit: 'seconds', worse: 'high', help: 'Time of one write to disk', metric: 'WriteLatency', stat: 'Average' },
  replicaLag: {
    ...rds,
    unit: 'seconds',
    worse: 'high',
    help: 'How far a read replica is behind its source; a replication that has stopped is infinitely behind (replicas only, not Aurora)',
    metric: 'ReplicaLag',
    stat: 'Maximum',
    when: ({ facts }: Found) => facts.isReplica && !facts.isAurora,
    // RDS reports -1 for a replication that does not run: the worst lag there is, which a threshold must not read as the best.
    value: (seconds: number) => (seconds < 0 ? Infinity : seconds),
  },
  diskQueueDepth: {
    ...rds,
    unit: 'count',
    worse: 'high',
    help: 'Reads and writes that wait for the disk (not Aurora MySQL)',
    metric: 'DiskQueueDepth',
    stat: 'Average',
    when: ({ facts }: Found) => facts.engine !== 'aurora-mysql',
  },
} as const satisfies Catalogue<DatabaseInstance>
