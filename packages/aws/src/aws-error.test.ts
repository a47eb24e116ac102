import { inspect } from 'node:util'
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { type ErrorCode, Secret, TocsinError } from '@tocsin/core'
import { testServices } from '@tocsin/core/testing'
import { type AwsStub, startAwsStub, type StubAnswer } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { awsError } from './aws-error.ts'
import { createClients } from './clients.ts'
import { createSession } from './create-session.ts'
import { CredentialsFailure } from './credentials-failure.ts'
import { CLOUDWATCH } from './engine/get-metric-data.ts'
import { createHttpHandler } from './http-handler.ts'
import type { AwsService, CallOptions, Target } from './target.ts'

const EC2: AwsService<EC2Client> = { name: 'ec2', load: async () => (config) => new EC2Client(config) }
const RDS: AwsService<RDSClient> = { name: 'rds', load: async () => (config) => new RDSClient(config) }
const S3: AwsService<S3Client> = { name: 's3', load: async () => (config) => new S3Client(config) }

const CALLS = {
  GetMetricData: (target: Target, signal: AbortSignal) =>
    target.call(CLOUDWATCH, 'GetMetricData', (client: CloudWatchClient, options: CallOptions) => client.send(new GetMetricDataCommand({ StartTime: new Date(0), EndTime: new Date(1), MetricDataQueries: [] }), options), signal),
  DescribeInstances: (target: Target, signal: AbortSignal) => target.call(EC2, 'DescribeInstances', (client, options) => client.send(new DescribeInstancesCommand({}), options), signal),
  DescribeDBInstances: (target: Target, signal: AbortSignal) => target.call(RDS, 'DescribeDBInstances', (client, options) => client.send(new DescribeDBInstancesCommand({}), options), signal),
  ListBuckets: (target: Target, signal: AbortSignal) => target.call(S3, 'ListBuckets', (client, options) => client.send(new ListBucketsCommand({}), options), signal),
}
type Api = keyof typeof CALLS
/** S3 has no action in its requests: the stub knows it by its path. */
const wireName = (api: Api): string => (api === 'ListBuckets' ? 'GET /?x-id=ListBuckets' : api)

const json = (status: number, type: string, headers: Record<string, string> = {}): StubAnswer => ({ status, headers, body: `{"__type":"com.amazonaws.cloudwatch#${type}","message":"of the service"}` })
const query = (status: number, code: string): StubAnswer => ({
  status,
  body: `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>of the service</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
})
const ec2 = (status: number, code: string): StubAnswer => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>of the service</Message></Error></Errors><RequestID>1</RequestID></Response>`,
})
const s3 = (status: number, code: string): StubAnswer => ({ status, body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>of the service</Message></Error>` })
const html = (status: number): StubAnswer => ({ status, headers: { 'content-type': 'text/html' }, body: '<!doctype html><html><body><h1>Oh no</h1><br></body></html>' })

interface Case {
  readonly name: string
  readonly api: Api
  readonly answer: StubAnswer
  readonly code: ErrorCode
  /** What the error must name. */
  readonly says?: string
  /** Default 1: `maxAttempts`. */
  readonly calls?: number
}

const CASES: readonly Case[] = [
  { name: '400 AccessDeniedException', api: 'GetMetricData', answer: json(400, 'AccessDeniedException'), code: 'E201', says: 'cloudwatch:GetMetricData' },
  { name: '400 AccessDenied named by the query header', api: 'GetMetricData', answer: json(400, 'AccessDeniedException', { 'x-amzn-query-error': 'AccessDenied;Sender' }), code: 'E201', says: 'cloudwatch:GetMetricData' },
  { name: '403 UnauthorizedOperation', api: 'DescribeInstances', answer: ec2(403, 'UnauthorizedOperation'), code: 'E201', says: 'ec2:DescribeInstances' },
  { name: '403 AccessDenied', api: 'DescribeDBInstances', answer: query(403, 'AccessDenied'), code: 'E201', says: 'rds:DescribeDBInstances' },
  { name: '403 AccessDenied', api: 'ListBuckets', answer: s3(403, 'AccessDenied'), code: 'E201', says: 's3:ListAllMyBuckets' },
  { name: '403 ExpiredTokenException', api: 'GetMetricData', answer: json(403, 'ExpiredTokenException'), code: 'E202', calls: 2 },
  { name: '403 UnrecognizedClientException', api: 'GetMetricData', answer: json(403, 'UnrecognizedClientException'), code: 'E202' },
  { name: '401 AuthFailure', api: 'DescribeInstances', answer: ec2(401, 'AuthFailure'), code: 'E202' },
  { name: '400 RequestExpired', api: 'DescribeInstances', answer: ec2(400, 'RequestExpired'), code: 'E202', calls: 2 },
  { name: '403 ExpiredToken', api: 'DescribeDBInstances', answer: query(403, 'ExpiredToken'), code: 'E202', calls: 2 },
  { name: '403 InvalidClientTokenId', api: 'DescribeDBInstances', answer: query(403, 'InvalidClientTokenId'), code: 'E202' },
  { name: '403 InvalidAccessKeyId', api: 'ListBuckets', answer: s3(403, 'InvalidAccessKeyId'), code: 'E202' },
  { name: '400 ThrottlingException', api: 'GetMetricData', answer: json(400, 'ThrottlingException'), code: 'E204' },
  { name: '400 Throttling named by the query header', api: 'GetMetricData', answer: json(400, 'ThrottlingException', { 'x-amzn-query-error': 'Throttling;Sender' }), code: 'E204' },
  { name: '400 Throttling', api: 'DescribeDBInstances', answer: query(400, 'Throttling'), code: 'E204' },
  { name: '503 RequestLimitExceeded', api: 'DescribeInstances', answer: ec2(503, 'RequestLimitExceeded'), code: 'E204' },
  { name: '503 SlowDown', api: 'ListBuckets', answer: s3(503, 'SlowDown'), code: 'E204' },
  { name: '429 of a proxy', api: 'GetMetricData', answer: json(429, 'Unheard'), code: 'E204' },
  { name: '500 InternalServiceFault', api: 'GetMetricData', answer: json(500, 'InternalServiceFault'), code: 'E205' },
  { name: '503 Unavailable', api: 'DescribeInstances', answer: ec2(503, 'Unavailable'), code: 'E205' },
  ...(['GetMetricData', 'DescribeInstances', 'DescribeDBInstances', 'ListBuckets'] as const).flatMap((api): Case[] => [
    { name: '500 with a page of HTML', api, answer: html(500), code: 'E205' },
    { name: '403 with a page of HTML', api, answer: html(403), code: 'E205' },
    { name: '200 with a page of HTML', api, answer: html(200), code: 'E205' },
    { name: 'a cut connection', api, answer: 'cut', code: 'E205' },
    { name: 'no answer', api, answer: 'silence', code: 'E205' },
  ]),
  { name: '400 ValidationError', api: 'GetMetricData', answer: json(400, 'ValidationError'), code: 'E206', says: 'of the service' },
  { name: '400 InvalidParameterValue', api: 'DescribeInstances', answer: ec2(400, 'InvalidParameterValue'), code: 'E206', says: 'InvalidParameterValue' },
  { name: '400 InvalidParameterCombination', api: 'DescribeDBInstances', answer: query(400, 'InvalidParameterCombination'), code: 'E206' },
]

let stub: AwsStub
beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => stub.reset())

async function failureOf(api: Api, options: { endpoint?: string; maxAttempts?: number } = {}, requestTimeout = 10_000): Promise<TocsinError> {
  const handler = createHttpHandler({ requestTimeout })
  try {
    const services = testServices()
    const whole = { maxAttempts: 1, ...options }
    const session = createSession(whole, 'session', createClients(whole, handler, services), services)
    const target = await session.target('us-west-2', AbortSignal.timeout(10_000))
    const failure = await CALLS[api](target, AbortSignal.timeout(10_000)).then(() => undefined, (error: unknown) => error)
    if (!(failure instanceof TocsinError)) throw new Error(`expected a coded error of ${api}, got ${String(failure)}`)
    return failure
  } finally {
    handler.destroy()
  }
}

describe('what the SDK makes of wire answers', () => {
  it.each(CASES)('$api: $name is $code', async ({ api, answer, code, says, calls = 1 }) => {
    stub.on(wireName(api), () => answer)
    const error = await failureOf(api, {}, answer === 'silence' ? 200 : undefined)
    expect(`${error.code} ${error.message}`).toContain(code)
    expect(error.where).toBe('role/mon, us-west-2')
    expect(error.permanent).toBe(['E201', 'E202', 'E206'].includes(code))
    expect(error.message.length).toBeLessThan(300)
    if (says !== undefined) expect(String(error)).toContain(says)
    expect(error.fix).not.toBe('')
    expect(String(error)).not.toContain(process.env['AWS_SECRET_ACCESS_KEY'])
    expect(stub.count(wireName(api))).toBe(calls)
  })

  it('names the permission to allow', async () => {
    stub.on('GetMetricData', () => json(400, 'AccessDeniedException'))
    expect(String(await failureOf('GetMetricData'))).toBe(
      'E201 access denied: cloudwatch:GetMetricData · role/mon, us-west-2 · allow cloudwatch:GetMetricData for role/mon',
    )
  })

  it('says that nothing listens', async () => {
    const error = await failureOf('GetMetricData', { endpoint: 'http://127.0.0.1:1' })
    expect(error.code).toBe('E205')
    expect(error.message).toContain('ECONNREFUSED')
  })

  it.each([
    { name: 'throttling', answer: json(400, 'ThrottlingException'), requests: 2 },
    { name: 'a page of HTML with status 200', answer: html(200), requests: 2 },
    { name: 'a denied permission', answer: json(400, 'AccessDeniedException'), requests: 1 },
  ])('$name is sent $requests times where two attempts are allowed', async ({ answer, requests }) => {
    stub.on('GetMetricData', () => answer)
    await failureOf('GetMetricData', { maxAttempts: 2 })
    expect(stub.count('GetMetricData')).toBe(requests)
  })
})

describe('what an answer repeats of the request', () => {
  const secrets = [new Secret('key/with+signs'), new Secret('external-id')]
  const call = { service: 'sns', api: 'Publish', permission: 'sns:Publish', identity: 'role/tell', region: 'us-west-2', secrets }
  const said = 'bad request: key/with+signs key%2Fwith%2Bsigns ExternalId=external-id'

  it.each([
    ['an answer of AWS', Object.assign(new Error(said), { name: 'InvalidParameter', $fault: 'client', $metadata: { httpStatusCode: 400 } })],
    ['no proper answer', new Error(said, { cause: new Error(said) })],
    ['one that is stopped', new DOMException(said, 'AbortError')],
    ['one of STS', new CredentialsFailure(Object.assign(new Error(said), { $metadata: { httpStatusCode: 503 } }), 'arn:aws:iam::123456789012:role/tell')],
  ])('is taken out of the error and its causes: %s', (_, thrown) => {
    const error = awsError(thrown, call)
    expect(inspect(error, { depth: 9 })).toContain('[secret]')
    expect(inspect(error, { depth: 9 })).not.toMatch(/key\/with|key%2F|external-id/)
  })
})
