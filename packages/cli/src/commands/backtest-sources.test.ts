import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AwsStub, type Postgres, startAwsStub, startPostgres, stubCloudWatch, stubInstances, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const data = z.object({
  source: z.string(),
  from: z.string(),
  until: z.string(),
  series: z.number(),
  points: z.number(),
  rules: z.array(z.object({ rule: z.string(), series: z.number() })),
  alerts: z.array(z.object({ name: z.string(), level: z.string(), firedAt: z.string(), endedAt: z.string().nullable() })),
})
const reportOf = (stdout: string): z.output<typeof data> => data.parse(envelope.parse(JSON.parse(stdout)).data)

describe('what the state keeps', () => {
  /** Lets the monitor run four times, the second and third time with a machine that is too busy, and runs its rules over what it saw. */
  async function seen(env: Readonly<Record<string, string>>) {
    for (const VALUES of ['10,20', '10,91', '10,91', '10,20']) expect((await tocsin(['run', '--config', FIXTURE], folder, { ...env, VALUES })).code).toBe(0)
    const { code, stdout, stderr } = await tocsin(['backtest', '--config', FIXTURE, '--json'], folder, env)
    expect([code, stderr]).toEqual([0, ''])
    return reportOf(stdout)
  }
  const expected = { source: 'what the monitor saw', series: 2, points: 8, alerts: [{ name: 'web-2', level: 'critical', endedAt: expect.any(String) }] }

  it('is the past, from its first point on', async () => {
    const report = await seen({})
    expect(report).toMatchObject(expected)
    expect(Date.parse(report.until) - Date.parse(report.from)).toBeLessThan(MINUTE)
  })

  describe.skipIf(WITHOUT_POSTGRES)('in PostgreSQL', () => {
    let postgres: Postgres
    beforeAll(async () => {
      postgres = await startPostgres()
    }, 120_000)
    afterAll(() => postgres.stop())

    it('is the same', async () => {
      expect(await seen({ STATE: await postgres.emptyDatabase() })).toMatchObject(expected)
    })
  })
})

describe('what CloudWatch still has', () => {
  let stub: AwsStub
  beforeAll(async () => {
    stub = await startAwsStub()
  })
  afterAll(() => stub.stop())
  beforeEach(async () => {
    stub.reset()
    // The second machine is too busy for twenty minutes of every third day.
    const cloudwatch = stubCloudWatch({ value: ({ dimensions }, at) => (dimensions['InstanceId'] === 'i-2' && at % (3 * DAY) < 20 * MINUTE ? 95 : 30) })
    stub.use(cloudwatch.handlers)
    stub.on('DescribeInstances', stubInstances([{ id: 'i-1', type: 'm5.large', tags: { Name: 'web-1' } }, { id: 'i-2', type: 'm5.large', tags: { Name: 'web-2' } }]))
    await writeFile(
      join(folder, 'tocsin.config.ts'),
      `import { ec2 } from '@tocsin/collector-ec2'
import { consoleNotifier, defineMonitor } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import fixture from ${JSON.stringify(FIXTURE)}
export default defineMonitor({
  watch: [ec2({ regions: ['us-west-2'] }, { cpu: threshold({ critical: 80 }), networkIn: threshold({ critical: '1GB' }) }), fixture.watch[0]!],
  notify: { ops: consoleNotifier() },
})
`,
    )
  })

  it('is read at a price that is said first, and agreed to', async () => {
    const refused = await tocsin(['backtest', '--fetch'], folder, stub.env)
    expect(refused.stderr).toMatch(/^reading 4 series in 1 call: less than \$0\.01; fake keeps no past\nE600 reading costs less than \$0\.01, and nobody is there to ask · tocsin backtest · agree with --yes, /)
    expect([refused.code, stub.count('GetMetricData')]).toEqual([2, 0])

    const { code, stdout, stderr } = await tocsin(['backtest', '--fetch', '--yes', '--json'], folder, { ...stub.env, TMPDIR: folder })
    expect(stderr).toBe('reading 4 series in 1 call: less than $0.01; fake keeps no past\n')
    const report = reportOf(stdout)
    expect(report).toMatchObject({ source: 'what the sources still have', series: 4 })
    expect((Date.parse(report.until) - Date.parse(report.from)) / DAY).toBeCloseTo(14, 1)
    expect(report.alerts.map(({ name, level }) => `${name} ${level}`)).toEqual(Array.from({ length: report.alerts.length }, () => 'web-2 critical'))
    expect(report.alerts.length).toBeGreaterThanOrEqual(4)
    expect([code, stub.count('GetMetricData')]).toEqual([0, 1])
    // What was paid for was kept in a folder that is gone.
    expect((await readdir(folder)).filter((name) => name.startsWith('tocsin-'))).toEqual([])
  })

  it('is that of one rule, if only one is asked for', async () => {
    const { stdout, stderr } = await tocsin(['backtest', '--fetch', '--yes', '--since', '4d', '--rule', 'ec2.cpu'], folder, stub.env)
    expect(stderr).toBe('reading 2 series in 1 call: less than $0.01\n')
    expect(stdout).toMatch(/^tocsin\.config\.ts over what the sources still have: 2 series, 2,30\d points\n/)
    expect(stdout).toMatch(/^web-2 cpu · 123456789012 us-west-2 · \d alerts?$/m)
    expect(stdout).toMatch(/^ec2\.cpu +2 /m)
    expect(stdout).not.toMatch(/networkIn|fake\.cpu/)
  })

  it('is named where it cannot be read', async () => {
    stub.on('DescribeInstances', () => ({ status: 403, body: '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>' }))
    const { code, stdout, stderr } = await tocsin(['backtest', '--fetch', '--yes'], folder, stub.env)
    expect(stderr).toMatch(/^reading 0 series in 0 calls: \$0\.00; fake keeps no past\n(.*\n)*E600 there are no points in what the sources still have · .*\n$/)
    expect(stderr).toMatch(/^E201 access denied: ec2:DescribeInstances · /m)
    expect([stdout, code]).toEqual(['', 4])
  })

  it.each([
    [['--fetch', '--in', 'a.csv'], /^E600 --fetch with --in · /],
    [['--yes'], /^E600 --yes without --fetch · /],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await tocsin(['backtest', ...args], folder, stub.env)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
