import { describe, expect, it } from 'vitest'
import { classMemory } from './class-memory.ts'
import { connectionLimit } from './connection-limit.ts'
import type { DatabaseInstance } from './database-instance.ts'

function anInstance(engine: string, instanceClass: string, over: Partial<DatabaseInstance> = {}): DatabaseInstance {
  return {
    identifier: 'db-1',
    engine,
    instanceClass,
    allocatedBytes: 100 * 2 ** 30,
    port: 3306,
    isAurora: engine.startsWith('aurora'),
    isReplica: false,
    parameterGroup: undefined,
    ...over,
  }
}

/** `max_connections default value` per instance class of Aurora MySQL, as AWS's page on its performance and scaling lists them. */
const AURORA_MYSQL: Readonly<Record<number, readonly string[]>> = {
  45: ['t2.small', 't3.small'],
  90: ['t2.medium', 't3.medium', 't4g.medium'],
  135: ['t3.large', 't4g.large'],
  1000: ['r3.large', 'r4.large', 'r5.large', 'r6g.large'],
  2000: ['r3.xlarge', 'r4.xlarge', 'r5.xlarge', 'r6g.xlarge', 'x2g.large'],
  3000: ['r3.2xlarge', 'r4.2xlarge', 'r5.2xlarge', 'r6g.2xlarge', 'x2g.xlarge'],
  4000: ['r3.4xlarge', 'r4.4xlarge', 'r5.4xlarge', 'r6g.4xlarge', 'x2g.2xlarge'],
  5000: ['r3.8xlarge', 'r4.8xlarge', 'r5.8xlarge', 'r6g.8xlarge', 'x2g.4xlarge'],
  6000: ['r4.16xlarge', 'r5.12xlarge', 'r5.16xlarge', 'r6g.12xlarge', 'r6g.16xlarge', 'x2g.8xlarge'],
  7000: ['r5.24xlarge', 'x2g.12xlarge', 'x2g.16xlarge'],
}

/**
 * Defaults that were seen or published: AWS's table for Aurora PostgreSQL; the two examples of AWS's page on quotas
 * (db.m7g.large about 630, db.t3.micro about 60); user reports for MySQL (tritoneco.com, 2015) and PostgreSQL (gist of guizmaii).
 */
const REPORTED: readonly (readonly [engine: string, instanceClass: string, limit: number])[] = [
  ['aurora-postgresql', 'db.t4g.medium', 405],
  ['aurora-postgresql', 'db.t3.medium', 420],
  ['aurora-postgresql', 'db.t3.large', 844],
  ['aurora-postgresql', 'db.r4.large', 1600],
  ['aurora-postgresql', 'db.r5.large', 1600],
  ['aurora-postgresql', 'db.r6g.large', 1722],
  ['aurora-postgresql', 'db.r4.xlarge', 3200],
  ['aurora-postgresql', 'db.r5.xlarge', 3300],
  ['aurora-postgresql', 'db.r6g.xlarge', 3479],
  ['aurora-postgresql', 'db.x2g.large', 3479],
  ['aurora-postgresql', 'db.x2g.xlarge', 5000],
  ['mysql', 'db.m7g.large', 630],
  ['mysql', 'db.t3.micro', 60],
  ['mysql', 'db.t2.micro', 66],
  ['mysql', 'db.t2.small', 150],
  ['mysql', 'db.m3.medium', 296],
  ['mysql', 'db.t2.medium', 312],
  ['mysql', 'db.m3.large', 609],
  ['mysql', 'db.t2.large', 648],
  ['mysql', 'db.m3.xlarge', 1237],
  ['mysql', 'db.r3.large', 1258],
  ['mysql', 'db.m4.xlarge', 1320],
  ['mysql', 'db.m3.2xlarge', 2492],
  ['mysql', 'db.r3.xlarge', 2540],
  ['postgres', 'db.t2.small', 198],
  ['postgres', 'db.t2.medium', 413],
  ['postgres', 'db.m4.large', 856],
  ['postgres', 'db.r4.large', 1660],
]

describe('connectionLimit', () => {
  it.each(Object.entries(AURORA_MYSQL).flatMap(([limit, classes]) => classes.map((name) => [`db.${name}`, Number(limit)] as const)))(
    'gives what AWS lists for Aurora MySQL on %s: %i',
    (instanceClass, limit) => {
      expect(connectionLimit(anInstance('aurora-mysql', instanceClass))).toBe(limit)
    },
  )

  it.each(REPORTED)('is within 8%% of what %s on %s has: %i', (engine, instanceClass, limit) => {
    const estimate = connectionLimit(anInstance(engine, instanceClass)) ?? NaN
    expect(Math.abs(estimate / limit - 1)).toBeLessThan(0.08)
  })

  it('takes the parameter of the group over the default', () => {
    expect(connectionLimit(anInstance('mysql', 'db.t3.micro'), '500')).toBe(500)
    expect(connectionLimit(anInstance('postgres', 'db.serverless'), '2000')).toBe(2000)
  })

  it('reads a 0 of SQL Server as its documented most', () => {
    expect(connectionLimit(anInstance('sqlserver-ex', 'db.t3.small'))).toBe(32_767)
    expect(connectionLimit(anInstance('sqlserver-se', 'db.m5.large'), '200')).toBe(200)
    expect(connectionLimit(anInstance('mysql', 'db.m5.large'), '0')).toBeUndefined()
  })

  it('says nothing where nothing tells it', () => {
    expect(connectionLimit(anInstance('aurora-mysql', 'db.serverless'))).toBeUndefined()
    expect(connectionLimit(anInstance('mysql', 'db.q9.large'))).toBeUndefined()
    expect(connectionLimit(anInstance('newdb', 'db.m5.large'))).toBeUndefined()
    expect(connectionLimit(anInstance('mysql', 'db.m5.large'), '{Unknown/2}')).toBeUndefined()
  })
})

describe('classMemory', () => {
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
  it.each([
    ['db.t4g.micro', 1],
    ['db.t3.2xlarge', 32],
    ['db.m3.medium', 3.75],
    ['db.m7g.large', 8],
    ['db.m6i.32xlarge', 512],
    ['db.r4.16xlarge', 488],
    ['db.r5.large', 16],
    ['db.r6id.32xlarge', 1024],
    ['db.r5.4xlarge.tpc2.mem4x', 512],
    ['db.r5.large.tpc1.mem2x', 32],
    ['db.x1.32xlarge', 1952],
    ['db.x1e.xlarge', 122],
    ['db.x2g.16xlarge', 1024],
    ['db.x2iedn.xlarge', 128],
    ['db.z1d.12xlarge', 384],
    ['db.c6gd.medium', 2],
  ])('knows %s: %d GiB', (instanceClass, gib) => {
    expect(classMemory(instanceClass)).toBe(gib * 2 ** 30)
  })
})
