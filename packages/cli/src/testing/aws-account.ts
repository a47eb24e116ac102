import { type FrontAnswer, type FrontRequest, startAwsFront, startMoto } from '@tocsin/dev-tools'

/** What IAM is to allow: a policy as `tocsin iam --json` prints it. */
interface Document {
  readonly Version: string
  readonly Statement: readonly { readonly Sid: string; readonly Effect: 'Allow'; readonly Action: readonly string[]; readonly Resource: readonly string[] }[]
}

/** An AWS account in moto with something of each kind to watch, and a user and a role that are allowed what a test says. */
export interface AwsAccount {
  /** The environment of the user's processes. */
  readonly env: Readonly<Record<string, string>>
  readonly roleArn: string
  readonly topicArn: string
  readonly bucket: string
  /** From now on the user may do this and nothing else, and so may the role. */
  allow(user: Document, role: Document): Promise<void>
  stop(): Promise<void>
}

const REGION = 'us-east-1'
const ROLE = 'monitoring'
const ACCOUNT = '123456789012'

/** A front in place of moto's answers, where moto refuses in XML a request that CloudWatch would refuse in JSON, as it was asked. */
function asCloudWatchRefuses({ api }: FrontRequest, answer: FrontAnswer): FrontAnswer {
  if (!['GetMetricData', 'ListMetrics'].includes(api) || answer.status !== 403) return answer
  return { status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'User is not authorized' })) }
}

/** moto compares resources for S3 and STS alone: for every other service it knows only `*`. */
const KNOWS_RESOURCES = ['s3:', 'sts:']

/** @param now milliseconds since the epoch: the points of its metrics are of the minutes before. */
export async function startAwsAccount(now: number): Promise<AwsAccount> {
  const moto = await startMoto()
  const front = await startAwsFront(moto.url, asCloudWatchRefuses)

  const post = async (path: string, service: string, body: string, method = 'POST'): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`
    const answer = await fetch(`${moto.url}${path}`, { method, headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }, ...(body === '' ? {} : { body }) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} ${body}: ${answer.status} ${text}`)
    return text
  }
  const call = (service: string, version: string, action: string, parameters: Readonly<Record<string, string>>): Promise<string> =>
    post('/', service, new URLSearchParams({ Action: action, Version: version, ...parameters }).toString())
  const iam = (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => call('iam', '2010-05-08', action, parameters)
  /** Off while the account is arranged. */
  const authorise = async (on: boolean): Promise<void> => {
    const answer = await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: on ? '0' : 'inf' })
    if (!answer.ok) throw new Error(`moto answered reset-auth with ${answer.status}`)
  }

  await authorise(false)
  await call('ec2', '2016-11-15', 'RunInstances', { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', MinCount: '1', MaxCount: '1' })
  await call('rds', '2014-10-31', 'CreateDBParameterGroup', { DBParameterGroupName: 'own', DBParameterGroupFamily: 'mysql8.0', Description: 'own' })
  await call('rds', '2014-10-31', 'CreateDBInstance', { DBInstanceIdentifier: 'shop', Engine: 'mysql', DBInstanceClass: 'db.t3.micro', AllocatedStorage: '20', MasterUsername: 'root', MasterUserPassword: 'unimportant', DBParameterGroupName: 'own' })
  await call('sns', '2010-03-31', 'CreateTopic', { Name: 'ops' })
  await post('/records', 's3', '', 'PUT')
  for (const minute of [1, 2, 3, 4, 5]) {
    const point = { MetricName: 'Waiting', Value: '9', Timestamp: new Date(now - minute * 60_000).toISOString(), 'Dimensions.member.1.Name': 'Queue', 'Dimensions.member.1.Value': 'jobs' }
    await call('monitoring', '2010-08-01', 'PutMetricData', { Namespace: 'Shop', ...Object.fromEntries(Object.entries(point).map(([key, value]) => [`MetricData.member.1.${key}`, value])) })
  }
  await iam('CreateUser', { UserName: 'tocsin' })
  const key = await iam('CreateAccessKey', { UserName: 'tocsin' })
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/tocsin` }, Action: 'sts:AssumeRole' }] }
  await iam('CreateRole', { RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) })

  return {
    env: { ...moto.env, AWS_ENDPOINT_URL: front.url, AWS_ACCESS_KEY_ID: within(key, 'AccessKeyId'), AWS_SECRET_ACCESS_KEY: within(key, 'SecretAccessKey') },
    roleArn: `arn:aws:iam::${ACCOUNT}:role/${ROLE}`,
    topicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:ops`,
    bucket: 'records',
    async allow(user, role) {
      await authorise(false)
      await iam('PutUserPolicy', { UserName: 'tocsin', PolicyName: 'least', PolicyDocument: JSON.stringify(asMotoKnows(user)) })
      await iam('PutRolePolicy', { RoleName: ROLE, PolicyName: 'least', PolicyDocument: JSON.stringify(asMotoKnows(role)) })
      await authorise(true)
    },
    async stop() {
      await front.stop()
      await moto.stop()
    },
  }
}

const asMotoKnows = ({ Version, Statement }: Document): Document => ({
  Version,
  Statement: Statement.map((one) => (one.Action.some((action) => KNOWS_RESOURCES.some((service) => action.startsWith(service))) ? one : { ...one, Action: one.Action.map(asMotoCalls), Resource: ['*'] })),
})

/** moto takes the name that a request is signed for, which of CloudWatch alone is not the one in policies. */
const asMotoCalls = (action: string): string => action.replace(/^cloudwatch:/, 'monitoring:')

function within(xml: string, element: string): string {
  const [, value] = new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml) ?? []
  if (value === undefined) throw new Error(`no ${element} in ${xml}`)
  return value
}
