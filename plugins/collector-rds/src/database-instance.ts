import { z } from 'zod'

/** What the metrics of a database instance depend on. */
export const storedFacts = z.object({
  identifier: z.string(),
  engine: z.string(),
  /** `db.r5.2xlarge`, `db.serverless`. */
  instanceClass: z.string(),
  /** Size of the data volume. */
  allocatedBytes: z.number(),
  port: z.number().optional(),
  /** Storage belongs to the cluster, not to the instance. */
  isAurora: z.boolean(),
  /** Copies another instance or cluster, so that it can lag. Readers of an Aurora cluster share its storage and are none. */
  isReplica: z.boolean(),
  /** Name of the parameter group that applies, if any. */
  parameterGroup: z.string().optional(),
  /** Open connections that are 100%, where it is known. */
  connectionLimit: z.number().optional(),
})
export type DatabaseInstance = Readonly<z.output<typeof storedFacts>>

const text = z.string().min(1)

/** The fields of DescribeDBInstances that are read. */
export const describedInstance = z.object({
  DBInstanceIdentifier: text,
  DBInstanceArn: text,
  DBInstanceStatus: z.string().default(''),
  DBInstanceClass: z.string().default(''),
  Engine: z.string().default(''),
  AllocatedStorage: z.number().default(0),
  Endpoint: z.object({ Port: z.number().optional() }).optional(),
  ReadReplicaSourceDBInstanceIdentifier: z.string().optional(),
  ReadReplicaSourceDBClusterIdentifier: z.string().optional(),
  DBParameterGroups: z.array(z.object({ DBParameterGroupName: z.string().optional() })).default([]),
  TagList: z.array(z.object({ Key: text, Value: z.string().default('') })).default([]),
})
export type DescribedInstance = z.output<typeof describedInstance>

/**
 * States in which an instance gives no points by its owner's will. Every other state is queried, `failed` and `storage-full`
 * above all: there the absence of points is the news.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
 */
const AT_REST: ReadonlySet<string> = new Set(['creating', 'deleting', 'starting', 'stopped', 'stopping'])

/** Engines that DescribeDBInstances lists too, with metrics in namespaces of their own. */
const OTHER_SERVICES: ReadonlySet<string> = new Set(['docdb', 'neptune'])

/** Whether the instance is one to query. */
export function isWatched({ DBInstanceStatus, Engine }: DescribedInstance): boolean {
  return !AT_REST.has(DBInstanceStatus) && !OTHER_SERVICES.has(Engine)
}

/** The facts of an instance as RDS describes it. */
export function databaseInstance(described: DescribedInstance): DatabaseInstance {
  return {
    identifier: described.DBInstanceIdentifier,
    engine: described.Engine,
    instanceClass: described.DBInstanceClass,
    allocatedBytes: described.AllocatedStorage * 2 ** 30,
    port: described.Endpoint?.Port,
    isAurora: described.Engine.startsWith('aurora'),
    isReplica: Boolean(described.ReadReplicaSourceDBInstanceIdentifier ?? described.ReadReplicaSourceDBClusterIdentifier),
    parameterGroup: described.DBParameterGroups[0]?.DBParameterGroupName,
  }
}
