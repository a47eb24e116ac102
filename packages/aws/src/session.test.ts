import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { type Limit, Secret, type Services, TocsinError } from '@tocsin/core'
import { FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, startAwsStub, type StubHandler, stubInstances } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLOUDWATCH } from './engine/get-metric-data.ts'
import { pointsPerSecond } from './apis.ts'
import { openSession } from './session.ts'
import type { AwsService, Target } from './target.ts'

const ROLE = 'arn:aws:iam::210987654321:role/monitoring'
const signal = AbortSignal.timeout(30_000)

let loads = 0
const EC2: AwsService<EC2Client> = {
  name: 'ec2',
  load: async () => {
    loads++
    return (config) => new EC2Client(config)
  },
}
const describeInstances = (target: Target) => target.call(EC2, 'DescribeInstances', (client, options) => client.send(new DescribeInstancesCommand({}), options), signal)

const assumeRole: StubHandler = () => ({
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
  </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
})
const denied: StubHandler = () => ({ status: 403, body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>' })

let stub: AwsStub
let services: Services & { close(): Promise<void> }
let clock: FakeClock
const limits: Limit[] = []
const warnings: string[] = []

beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  stub.on('DescribeInstances', stubInstances([]))
  loads = 0
  limits.length = 0
  warnings.length = 0
  clock = new FakeClock()
  const plain = testServices(clock)
  const logger = { ...plain.logger, warn: (_fields: object, message: string) => void warnings.push(message) }
  const limiter: Services['limiter'] = { ...plain.limiter, schedule: (limit, call) => (limits.push(limit), call()) }
  const instances = new Map<unknown, unknown>()
  services = {
    ...plain,
    logger,
    limiter,
    shared(key) {
      if (!instances.has(key)) instances.set(key, key.create(services))
      return instances.get(key) as ReturnType<typeof key.create>
    },
  }
})
afterEach(() => services.close())

describe('openSession', () => {
  it('gives the same session for the same options, and another for others', () => {
    const secret = (value: string) => new Secret(value)
    expect(openSession(services, { roleArn: ROLE, externalId: secret('a') })).toBe(openSession(services, { roleArn: ROLE, externalId: secret('a') }))
    expect(openSession(services, { roleArn: ROLE, externalId: secret('a') })).not.toBe(openSession(services, { roleArn: ROLE, externalId: secret('b') }))
  })

  it('asks once whose account it is', async () => {
    const session = openSession(services, {})
    const targets = await Promise.all(['us-west-2', 'us-east-1', 'eu-west-1'].map((region) => session.target(region, signal)))
    expect(targets.map(({ account, accountId, region }) => [account, accountId, region])).toEqual([
      ['123456789012', '123456789012', 'us-west-2'],
      ['123456789012', '123456789012', 'us-east-1'],
      ['123456789012', '123456789012', 'eu-west-1'],
    ])
    await session.target('us-west-2', signal)
    expect(stub.count('GetCallerIdentity')).toBe(1)
  })

  it('goes on under the name of the profile when STS does not answer, says so, and asks again after five minutes', async () => {
    const undo = stub.on('GetCallerIdentity', denied)
    const session = openSession(services, {})
    expect(await session.target('us-west-2', signal)).toMatchObject({ account: 'default', accountId: undefined })
    await session.target('us-west-2', signal)
    expect(stub.count('GetCallerIdentity')).toBe(1)
    expect(warnings).toEqual(['STS does not say which account this is; it is shown as "default"'])
    undo()
    await clock.advance(5 * 60_000)
    expect(await session.target('us-west-2', signal)).toMatchObject({ account: '123456789012' })
  })

  it('asks STS of another region where that of the first is down', async () => {
    stub.on('GetCallerIdentity', (request) => (request.region === 'us-west-2' ? 'cut' : undefined))
    const session = openSession(services, { maxAttempts: 1 })
    const [west, east] = await Promise.all(['us-west-2', 'us-east-1'].map((region) => session.target(region, signal)))
    expect([west?.account, east?.account]).toEqual(['default', '123456789012'])
    expect((await session.target('us-west-2', signal)).account).toBe('123456789012')
    expect(stub.count('GetCallerIdentity')).toBe(2)
  })

  it('takes the region of the environment, and says when there is none', async () => {
    expect((await openSession(services, {}).target(undefined, signal)).region).toBe('us-east-1')
    delete process.env['AWS_REGION']
    try {
      const failure = await openSession(services, { maxAttempts: 2 }).target(undefined, signal).catch((error: unknown) => String(error))
      expect(failure).toBe('E202 no region is set · AWS_REGION · give regions: [us-west-2], or set AWS_REGION')
      expect((await openSession(services, { maxAttempts: 2 }).target(undefined, signal, 'us-east-1')).region).toBe('us-east-1')
    } finally {
      process.env['AWS_REGION'] = 'us-east-1'
    }
  })

  it('knows the partition', async () => {
    const session = openSession(services, {})
    const partitions = await Promise.all(['cn-north-1', 'us-gov-west-1', 'us-west-2'].map(async (region) => (await session.target(region, signal)).partition))
    expect(partitions).toEqual(['aws-cn', 'aws-us-gov', 'aws'])
  })
})

describe('Target.call', () => {
  it('schedules every call under 80 % of the quota of its API, by account and region', async () => {
    const target = await openSession(services, {}).target('us-west-2', signal)
    await describeInstances(target)
    expect(limits).toContainEqual(expect.objectContaining({ key: 'aws:123456789012:us-west-2:DescribeInstances', perSecond: 16 }))
  })

  it('takes the quotas that the account was given', async () => {
    const target = await openSession(services, { quotas: { 'ec2:DescribeInstances': 50 } }).target('us-west-2', signal)
    await describeInstances(target)
    expect(limits).toContainEqual(expect.objectContaining({ key: 'aws:123456789012:us-west-2:DescribeInstances', perSecond: 40 }))
    expect([pointsPerSecond(true, { 'cloudwatch:GetMetricData recent points': 1 }), pointsPerSecond(true), pointsPerSecond(false)]).toEqual([1, 180_000, 396_000])
  })

  it('loads a client once for a region, however many calls start at once', async () => {
    const session = openSession(services, {})
    const [west, east] = await Promise.all([session.target('us-west-2', signal), session.target('us-east-1', signal)])
    await Promise.all([describeInstances(west), describeInstances(west), describeInstances(east)])
    expect(loads).toBe(2)
    expect(stub.requests.filter(({ api }) => api === 'DescribeInstances').map(({ region }) => region).sort()).toEqual(['us-east-1', 'us-west-2', 'us-west-2'])
  })

  it('gives up as soon as its signal aborts, even while it waits for its turn', async () => {
    const waiting: Services = { ...services, limiter: { schedule: () => new Promise(() => {}), slowDown: () => {}, close: () => {} } }
    const other = { ...waiting, shared: <T>(key: { create(services: Services): T }) => key.create(waiting) }
    const stop = new AbortController()
    const target = await openSession(other, { roleArn: ROLE }).target('us-west-2', signal)
    const call = target.call(CLOUDWATCH, 'ListMetrics', async () => {}, stop.signal)
    stop.abort()
    await expect(call).rejects.toMatchObject({ code: 'E205' })
  })
})

describe('a role', () => {
  it('is assumed once for all clients and regions, with its external id, and its account needs no call', async () => {
    stub.on('AssumeRole', assumeRole)
    const session = openSession(services, { roleArn: ROLE, externalId: new Secret('tenant-7') })
    const targets = await Promise.all(['us-west-2', 'us-east-1'].map((region) => session.target(region, signal)))
    expect(targets.map(({ account }) => account)).toEqual(['210987654321', '210987654321'])
    await Promise.all(targets.map(describeInstances))
    expect(stub.count('AssumeRole')).toBe(1)
    expect(stub.count('GetCallerIdentity')).toBe(0)
    const { form } = stub.requests.find(({ api }) => api === 'AssumeRole') ?? { form: new URLSearchParams() }
    expect([form.get('RoleArn'), form.get('ExternalId'), form.get('RoleSessionName')]).toEqual([ROLE, 'tenant-7', 'tocsin'])
  })

  it('is assumed through STS of another region where that of the first is down', async () => {
    stub.on('AssumeRole', (request) => (request.region === 'us-west-2' ? 'cut' : assumeRole(request)))
    const session = openSession(services, { roleArn: ROLE, maxAttempts: 1 })
    const [west, east] = await Promise.all(['us-west-2', 'us-east-1'].map((region) => session.target(region, signal)))
    if (!west || !east) throw new Error('no targets')
    await Promise.all([describeInstances(west), describeInstances(east)])
    const asked = () => stub.requests.filter(({ api }) => api === 'AssumeRole').map(({ region }) => region)
    expect(asked()).toEqual(['us-west-2', 'us-east-1'])
    // What answered is asked first the next time.
    clock.set(Date.parse('2099-01-01T00:00:00Z'))
    await west.call({ ...EC2, name: 'ec2-again' }, 'DescribeInstances', (client, options) => client.send(new DescribeInstancesCommand({}), options), signal)
    expect(asked()).toEqual(['us-west-2', 'us-east-1', 'us-east-1'])
  })

  it('that may not be assumed is not tried in one region after the other', async () => {
    stub.on('AssumeRole', denied)
    const session = openSession(services, { roleArn: ROLE, maxAttempts: 1 })
    const targets = await Promise.all(['us-west-2', 'us-east-1'].map((region) => session.target(region, signal)))
    await Promise.allSettled(targets.map(describeInstances))
    expect(new Set(stub.requests.filter(({ api }) => api === 'AssumeRole').map(({ region }) => region))).toEqual(new Set(['us-west-2']))
  })

  it('shares clients and polls whatever it is called and allowed, and is assumed once', async () => {
    stub.on('AssumeRole', assumeRole)
    const sessions = [{ roleArn: ROLE }, { roleArn: ROLE, name: 'payments' }, { roleArn: ROLE, quotas: { 'ec2:DescribeInstances': 50 } }].map((options) => openSession(services, options))
    const targets = await Promise.all(sessions.map((session) => session.target('us-west-2', signal)))
    await Promise.all(targets.map(describeInstances))
    expect([stub.count('AssumeRole'), loads]).toEqual([1, 1])
    expect(new Set(targets.map(({ key }) => key)).size).toBe(1)
    expect(targets.map(({ account }) => account)).toEqual(['210987654321', 'payments', '210987654321'])
    const other = await openSession(services, { roleArn: ROLE, externalId: new Secret('tenant-7') }).target('us-west-2', signal)
    expect(other.key).not.toBe(targets[0]?.key)
    expect(other.key).not.toContain('tenant-7')
  })

  it('is assumed again before its credentials end', async () => {
    // The SDK looks at the machine's clock too.
    clock.set(Date.now())
    const end = clock.now() + 3_600_000
    stub.on('AssumeRole', (request) => {
      const answer = assumeRole(request)
      return typeof answer === 'object' && 'body' in answer ? { body: String(answer.body).replace('2099-01-01T00:00:00Z', new Date(end).toISOString()) } : answer
    })
    const target = await openSession(services, { roleArn: ROLE }).target('us-west-2', signal)
    await describeInstances(target)
    await clock.advance(3_600_000 - 5 * 60_000)
    // A client of its own has no credentials of its own to fall back on.
    await target.call({ ...EC2, name: 'ec2-again' }, 'DescribeInstances', (client, options) => client.send(new DescribeInstancesCommand({}), options), signal)
    expect(stub.count('AssumeRole')).toBe(2)
  })

  it('is assumed again, once, when its credentials were ended while calls were under way', async () => {
    const target = await openSession(services, { roleArn: ROLE }).target('us-west-2', signal)
    await describeInstances(target)
    stub.expireCredentials()
    await Promise.all([describeInstances(target), describeInstances(target), describeInstances(target)])
    expect(stub.count('AssumeRole')).toBe(2)
    await describeInstances(target)
    expect(stub.count('AssumeRole')).toBe(2)
  })

  it('that may not be assumed is an error of its own, without the external id', async () => {
    stub.on('AssumeRole', denied)
    const target = await openSession(services, { roleArn: ROLE, externalId: new Secret('tenant-7'), maxAttempts: 1 }).target('us-west-2', signal)
    const failure = await describeInstances(target).catch((error: unknown) => error)
    expect(String(failure)).toContain('E201 access denied: sts:AssumeRole · role/monitoring, us-west-2')
    expect(String(failure)).toContain(ROLE)
    expect(`${String(failure)}${JSON.stringify(failure)}`).not.toContain('tenant-7')
  })

  it('that STS does not answer for is a source that does not answer', async () => {
    stub.on('AssumeRole', () => 'cut')
    const target = await openSession(services, { roleArn: ROLE, maxAttempts: 1 }).target('us-west-2', signal)
    await expect(describeInstances(target)).rejects.toMatchObject({ code: 'E205', message: expect.stringContaining('sts AssumeRole') })
  })
})

it('says that there are no credentials', async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env
  delete process.env['AWS_ACCESS_KEY_ID']
  delete process.env['AWS_SECRET_ACCESS_KEY']
  try {
    const target = await openSession(services, {}).target('us-west-2', signal)
    const failure = await describeInstances(target).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TocsinError)
    expect(failure).toMatchObject({ code: 'E202', permanent: true, message: 'no credentials were found' })
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })
  }
})
