import type { StubHandler } from './aws-stub.ts'
import { escapeXml } from './stub-answer.ts'
import { accountOf } from './sts.ts'

/** A database instance that the stub knows. */
export interface StubDatabase {
  readonly identifier: string
  /** `db.t3.micro`. */
  readonly instanceClass: string
  readonly engine: string
  /** GiB. */
  readonly storage: number
  /** Default `available`. */
  readonly status?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html */
const LEAST = 20
const MOST = 100

/** Answers DescribeDBInstances with these instances, 100 a page. */
export function stubDatabases(databases: readonly StubDatabase[]): StubHandler {
  return (request) => {
    const { form, region } = request
    const size = Number(form.get('MaxRecords') ?? MOST)
    if (size < LEAST || size > MOST) return { fault: { code: 'InvalidParameterValue', message: `Invalid value ${size} for MaxRecords. Must be between ${LEAST} and ${MOST}` } }
    const wanted = form.get('DBInstanceIdentifier')
    const matching = wanted === null ? databases : databases.filter(({ identifier }) => identifier === wanted)
    if (wanted !== null && matching.length === 0) return { fault: { code: 'DBInstanceNotFound', message: `DBInstance ${wanted} not found.`, status: 404 } }
    const from = Number(form.get('Marker') ?? 0)
    const marker = from + size < matching.length ? `<Marker>${from + size}</Marker>` : ''
    const shown = matching.slice(from, from + size).map((one) => instance(one, `arn:aws:rds:${region}:${accountOf(request)}:db:${one.identifier}`))
    return {
      headers: { 'content-type': 'text/xml' },
      body: `<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult>
        <DBInstances>${shown.join('')}</DBInstances>${marker}</DescribeDBInstancesResult>
        <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBInstancesResponse>`,
    }
  }
}

function instance({ identifier, instanceClass, engine, storage, status = 'available', tags = {} }: StubDatabase, arn: string): string {
  const tagList = Object.entries(tags).map(([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`)
  return `<DBInstance><DBInstanceIdentifier>${identifier}</DBInstanceIdentifier><DBInstanceClass>${instanceClass}</DBInstanceClass>
    <Engine>${engine}</Engine><DBInstanceStatus>${status}</DBInstanceStatus><AllocatedStorage>${storage}</AllocatedStorage>
    <DBInstanceArn>${arn}</DBInstanceArn><TagList>${tagList.join('')}</TagList></DBInstance>`
}
