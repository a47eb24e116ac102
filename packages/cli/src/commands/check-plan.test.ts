import { readdir, stat, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { type AwsStub, fault, startAwsStub, stubCloudWatch, type StubCloudWatch, stubDatabases, stubInstances } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

const cost = z.strictObject({ calls: z.number(), billed: z.number(), dollars: z.number() })
const plan = z.strictObject({
  seconds: z.literal(2_592_000),
  collectors: z.array(
    z.strictObject({
      collector: z.string(),
      rules: z.array(z.string()),
      source: z.string().nullable(),
      cost: cost.nullable(),
      limit: z.strictObject({ usdPerMonth: z.number(), unlimitedUsdPerMonth: z.number(), stretch: z.number() }).nullable(),
      complete: z.boolean(),
    }),
  ),
  sources: z.array(z.strictObject({ source: z.string(), unit: z.string(), total: cost, first: cost, free: z.record(z.string(), z.number()), complete: z.boolean() })),
  dollars: z.number(),
})
const planOf = (stdout: string): z.output<typeof plan> => z.object({ plan }).parse(envelope.parse(JSON.parse(stdout)).data).plan

const INSTANCES = Array.from({ length: 300 }, (_, index) => ({ id: `i-${index}`, type: index % 3 === 0 ? 't3.micro' : 'm5.large', detailed: index % 2 === 0 }))
const rules = (...metrics: string[]) => Object.fromEntries(metrics.map((name) => [name, { critical: 90 }]))
const HOST = { use: 'host', rules: rules('cpu') }
const EC2 = { use: 'ec2', regions: ['us-west-2'], rules: rules('cpu', 'statusCheckFailed', 'networkIn', 'cpuCreditBalance') }
const QUEUES = {
  use: 'cloudwatch',
  regions: ['us-west-2'],
  metrics: { depth: { namespace: 'Jobs', metric: 'Depth', dimensions: { Queue: 'jobs' }, stat: 'Maximum', period: '1m', unit: 'count' } },
  rules: rules('depth'),
}
/** One metric of its own, and one that EC2 reads too. */
const BOTH = { ...QUEUES, metrics: { ...QUEUES.metrics, busy: { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: 'i-0' }, stat: 'Average', period: '1m', unit: 'percent' } }, rules: rules('depth', 'busy') }
const WATCH = [EC2, { ...EC2, regions: ['eu-west-1'], rules: rules('cpu') }, { use: 'rds', regions: ['us-west-2'], rules: rules('cpu', 'connections') }, BOTH, HOST]

let stub: AwsStub
let service: StubCloudWatch
let folder = ''
beforeAll(async () => {
  stub = await startAwsStub()
})
afterAll(() => stub.stop())
beforeEach(async () => {
  stub.reset()
  service = stubCloudWatch({ value: () => 1 })
  stub.use(service.handlers)
  stub.on('DescribeInstances', stubInstances(INSTANCES))
  stub.on('DescribeDBInstances', stubDatabases(['orders', 'users'].map((identifier) => ({ identifier, instanceClass: 'db.t3.micro', engine: 'mysql', storage: 20 }))))
  folder = await scratch()
})

const monitorOf = (watch: readonly unknown[], over: object = {}): Promise<void> => writeFile(join(folder, 'tocsin.yaml'), JSON.stringify({ watch, notify: {}, ...over }))
const runs = (...args: string[]) => tocsin(args, folder, stub.env)

describe('check --plan', () => {
  it('says of the first pass what a run is then billed for, to the call and the metric', async () => {
    await monitorOf(WATCH)
    const planned = await runs('check', '--plan', '--json')
    expect(planned.stderr).toBe('')
    expect(planned.code).toBe(0)
    expect([stub.count('GetMetricData'), service.billed]).toEqual([0, { calls: 0, metrics: 0 }])
    const [source, ...others] = planOf(planned.stdout).sources
    expect(others).toEqual([])

    expect(await runs('run')).toMatchObject({ stderr: '', code: 0 })
    expect(service.billed.metrics).toBeGreaterThan(1_000)
    expect(source?.first).toEqual({ calls: service.billed.calls, billed: service.billed.metrics, dollars: expect.closeTo(service.billed.metrics / 100_000, 12) })
  })

  it('splits what watches share, and the parts add up', async () => {
    await monitorOf(WATCH)
    const { collectors, sources, dollars } = planOf((await runs('check', '--plan', '--json')).stdout)
    expect(collectors.map(({ collector, source }) => [collector, source])).toEqual([...['ec2', 'ec2', 'rds', 'cloudwatch'].map((name) => [name, 'CloudWatch GetMetricData']), ['host', null]])
    expect(collectors.every(({ complete, limit }) => complete && limit === null)).toBe(true)
    const [total] = sources.map((source) => source.total)
    for (const key of ['calls', 'billed', 'dollars'] as const) expect(collectors.reduce((sum, one) => sum + (one.cost?.[key] ?? 0), 0)).toBeCloseTo(total?.[key] ?? 0, 3)
    expect(dollars).toBe(total?.dollars)
    // One database metric a minute is 43,200 in 30 days.
    expect(collectors[2]?.cost?.billed).toBe(2 * 2 * 43_200)
    expect(collectors[3]?.cost).toMatchObject({ billed: expect.closeTo(43_200 * 1.5, 3), dollars: expect.closeTo(0.648) })
    expect(collectors[4]?.cost).toEqual({ calls: 0, billed: 0, dollars: 0 })
    // The 150 instances with detailed monitoring every minute, the others every fifth, once more where the month begins within five minutes.
    expect([0, 150].map((more) => 150 * 43_200 + 150 * 8_640 + more)).toContainEqual(expect.closeTo(collectors[1]?.cost?.billed ?? 0, 3))
  })

  it('is a table for people, with what was asked for it', async () => {
    await monitorOf([{ ...EC2, rules: rules('cpu') }, QUEUES, HOST])
    const { code, stdout } = await runs('check', '--plan')
    expect(stdout.slice(stdout.indexOf('in 30d')).split('\n')).toEqual([
      'in 30d, if it runs all the time:',
      '',
      expect.stringMatching(/^COLLECTOR +CALLS +BILLED +COST {2}RULES$/),
      expect.stringMatching(/^ec2 +[\d,.]+ +7,776,[01][05]0 metrics +\$77\.76 {2}cpu$/),
      expect.stringMatching(/^cloudwatch +[\d,.]+ +43,200 metrics +\$0\.43 {2}depth$/),
      expect.stringMatching(/^host +nothing {2}cpu$/),
      expect.stringMatching(/^CloudWatch GetMetricData +43,200 +7,819,[23][05]0 metrics +\$78\.19 {2}all together$/),
      '',
      'the first pass: 1 call of CloudWatch GetMetricData, 301 metrics, $0.003',
      'asked for this plan, free: sts:GetCallerIdentity 1, ec2:DescribeInstances 1',
      '',
    ])
    expect(code).toBe(0)
    expect(stub.requests.map(({ api }) => api).sort()).toEqual(['DescribeInstances', 'GetCallerIdentity'])
  })

  it('says what a limit does', async () => {
    await monitorOf([{ ...EC2, rules: rules('cpu'), maxUsdPerMonth: 38.88 }, { ...QUEUES, maxUsdPerMonth: 5 }])
    const { stdout } = await runs('check', '--plan')
    expect(stdout).toMatch(/^ec2: \$77\.76 a month without its limit of \$38\.88, so it is asked 2\.0 times less often, in whole periods; no point is left out$/m)
    expect(stdout).toMatch(/^cloudwatch: \$0\.43 a month is within its limit of \$5\.00$/m)
    const { collectors, dollars } = planOf((await runs('check', '--plan', '--json')).stdout)
    expect(collectors.map(({ limit }) => limit)).toEqual([
      { usdPerMonth: 38.88, unlimitedUsdPerMonth: expect.closeTo(77.76), stretch: expect.closeTo(2) },
      { usdPerMonth: 5, unlimitedUsdPerMonth: expect.closeTo(0.432), stretch: 1 },
    ])
    expect(dollars).toBeLessThan(38.88 + 0.44)
  })

  it('says that nothing is paid for', async () => {
    await monitorOf([HOST])
    const { code, stdout } = await runs('check', '--plan')
    expect(stdout).toMatch(/\ncosts nothing: none of its collectors asks a source that has a price\n$/)
    expect(code).toBe(0)
    expect(planOf((await runs('check', '--plan', '--json')).stdout)).toMatchObject({ collectors: [{ collector: 'host', source: null, cost: { dollars: 0 }, complete: true }], sources: [], dollars: 0 })
    expect(stub.requests).toEqual([])
  })

  it('ends with 4 where there are no credentials, and calls the cost unknown', async () => {
    await monitorOf([{ ...EC2, rules: rules('cpu') }])
    const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_ENDPOINT_URL: stub.url }
    const { code, stdout, stderr } = await tocsin(['check', '--plan'], folder, env)
    expect(stderr).toMatch(/^E202 no credentials were found · default credentials, us-west-2 · set AWS_PROFILE/m)
    expect(stdout).toMatch(/^ec2 +unknown +cpu$/m)
    expect(stdout).not.toMatch(/\$/)
    expect(code).toBe(4)
    expect(stub.requests).toEqual([])
  })

  it('counts what it can where a permission is missing, as the least that it costs', async () => {
    stub.on('DescribeInstances', ({ region }) => (region === 'eu-west-1' ? fault('UnauthorizedOperation', 'no', 403) : undefined))
    await monitorOf([{ ...EC2, regions: ['us-west-2', 'eu-west-1'], rules: rules('cpu') }])
    const { code, stdout, stderr } = await runs('check', '--plan')
    expect(stderr).toMatch(/^E201 access denied: ec2:DescribeInstances · role\/mon, eu-west-1 · /m)
    expect(stdout).toMatch(/^ec2 .* at least \$77\.76 +cpu$/m)
    expect(stdout).toMatch(/^CloudWatch GetMetricData .* at least \$77\.76 +all together$/m)
    expect(code).toBe(4)
    expect(planOf((await runs('check', '--plan', '--json')).stdout)).toMatchObject({ collectors: [{ complete: false }], sources: [{ complete: false }] })
  })
})

describe('what was discovered', () => {
  const describes = (): number => stub.count('DescribeInstances') + stub.count('DescribeDBInstances')

  it('is kept below XDG_CACHE_HOME for the next process, which looks for nothing', async () => {
    await monitorOf([EC2, { use: 'rds', regions: ['us-west-2'], rules: rules('cpu') }])
    const env = { ...stub.env, XDG_CACHE_HOME: join(folder, 'xdg') }
    expect((await tocsin(['run'], folder, env)).code).toBe(0)
    expect(describes()).toBe(2)
    const { code, stdout } = await tocsin(['run', '--json'], folder, env)
    expect(code).toBe(0)
    expect(describes()).toBe(2)
    // 300 instances with three metrics, a third of them with one more, and two databases.
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ watched: 300 * 3 + 100 + 2 })
    expect((await stat(join(folder, 'xdg', 'tocsin'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'xdg', 'tocsin'))).toHaveLength(2)
    expect((await tocsin(['check', '--plan'], folder, env)).stdout).toMatch(/^asked for this plan, free: sts:GetCallerIdentity 1$/m)
  })

  it('is kept below ~/.cache where nothing says otherwise, in TOCSIN_CACHE_DIR where that is set, and nowhere where it is empty', async () => {
    await monitorOf([EC2])
    await runs('run')
    expect(await readdir(join(folder, '.cache', 'tocsin'))).toHaveLength(1)
    await tocsin(['run'], folder, { ...stub.env, TOCSIN_CACHE_DIR: join(folder, 'own') })
    expect(await readdir(join(folder, 'own'))).toHaveLength(1)
    for (const _ of [1, 2]) expect(await tocsin(['run'], folder, { ...stub.env, TOCSIN_CACHE_DIR: '' })).toMatchObject({ stderr: '', code: 0 })
    expect(describes()).toBe(4)
    expect((await readdir(folder)).sort()).toEqual(['.cache', 'own', 'state', 'tocsin.yaml'])
  })
})
