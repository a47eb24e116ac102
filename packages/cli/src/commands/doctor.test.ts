import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openSqliteStore } from '@tocsin/store-sql'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { startAwsAccount } from '../testing/aws-account.ts'
import { envelope, FIXTURE, scratch, stateFile, tocsin } from '../testing/cli.ts'

const findings = z.object({ findings: z.array(z.object({ check: z.string(), of: z.string(), state: z.string(), found: z.string(), code: z.string().nullable(), fix: z.string().nullable() })) })
const WITHOUT_SINK = `
name: plain
watch: []
notify: { log: { use: file, path: logs/alerts.log }, hook: { use: webhook, url: 'https://example.com/x' } }
`

async function examined(args: readonly string[], folder: string, env?: Readonly<Record<string, string>>) {
  const { code, stdout } = await tocsin(['doctor', '--json', ...args], folder, env)
  return { code, findings: findings.parse(envelope.parse(JSON.parse(stdout)).data).findings }
}

it('finds a sound monitor sound, tells nobody and leaves no trace', async () => {
  const folder = await scratch()
  const out = join(folder, 'told')
  const { code, stdout, stderr } = await tocsin(['doctor', '-c', FIXTURE], folder, { OUT: out, VALUES: '99' })
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).filter((_, index) => index !== 2))).toEqual([
    ['STATE', 'CHECK', 'FOUND'],
    ['ok', 'configuration', 'monitor fixture'],
    ['ok', 'store', 'not there yet: the first run makes it'],
    ['ok', 'disk', expect.stringMatching(/^\d+ [GM]iB free$/)],
    ['ok', 'freshness', '1 series, newest point just now'],
    ['-', 'channel', 'not tried: only a message tells'],
    [''],
  ])
  expect(stderr).toBe('channel notify.ops: not tried: only a message tells · tocsin test-notify ops\n')
  expect(await readdir(folder)).toEqual([])
})

it('ends as what it found: a source that is refused, one that does not answer', async () => {
  const folder = await scratch()
  const denied = await examined(['-c', FIXTURE], folder, { FAIL: 'E201' })
  expect({ code: denied.code, found: denied.findings.filter(({ state }) => state === 'failed') }).toEqual({ code: 4, found: [{ check: 'source', of: 'fake', state: 'failed', found: 'E201 access denied', code: 'E201', fix: 'allow it' }] })
  expect((await examined(['-c', FIXTURE], folder, { FAIL: 'E205' })).code).toBe(3)
})

it('looks at the state: its rights, its soundness, the last pass', async () => {
  const folder = await scratch()
  const file = stateFile(folder)
  await tocsin(['run', '-c', FIXTURE], folder)
  const about = async (check: string) => (await examined(['-c', FIXTURE, '--offline'], folder)).findings.filter((one) => one.check === check).map(({ state, found, fix }) => [state, found, fix])
  expect(await about('store')).toEqual([['ok', 'sound, and of this version', null]])
  expect((await about('passes'))[0]?.[1]).toMatch(/^last pass (\d+s ago|just now)$/)
  await chmod(file, 0o644)
  expect(await about('store')).toEqual([['warning', 'others on this machine may open it: mode 644', `chmod 600 ${file}`], ['ok', 'sound, and of this version', null]])
  await writeFile(file, 'rubbish '.repeat(2_000))
  const { code, findings: found } = await examined(['-c', FIXTURE, '--offline'], folder)
  expect({ code, found: found.filter(({ state }) => state === 'failed') }).toEqual({ code: 1, found: [expect.objectContaining({ check: 'store', code: 'E505', fix: expect.stringContaining('mv ') })] })
})

it('finds damage in what no command reads', async () => {
  const folder = await scratch()
  const file = stateFile(folder)
  await mkdir(dirname(file), { recursive: true })
  const store = await openSqliteStore(file)
  for (let index = 0; index < 50; index++) await store.transaction((tx) => tx.evaluators.put({ id: `e${index}`, monitor: 'other', value: 'x'.repeat(4_000) }, 0))
  await store.close()
  const whole = await readFile(file)
  whole.fill(0xa5, Math.floor(whole.length / 2))
  await writeFile(file, whole)
  expect((await tocsin(['alerts', '-c', FIXTURE], folder)).code).toBe(0)
  const { code, findings: found } = await examined(['-c', FIXTURE, '--offline'], folder)
  expect({ code, found: found.filter(({ state }) => state === 'failed') }).toEqual({ code: 1, found: [expect.objectContaining({ check: 'store', code: 'E505', found: expect.stringContaining('the file is damaged') })] })
})

it('says that nothing runs a monitor whose last pass is long ago', async () => {
  const folder = await scratch()
  const file = stateFile(folder)
  await mkdir(dirname(file), { recursive: true })
  const store = await openSqliteStore(file)
  await store.transaction((tx) => tx.progress.put({ id: 'fixture', monitor: 'fixture', value: { evaluatedAt: Date.now() - 3_600_000 } }, 0))
  await store.close()
  const { findings: found } = await examined(['-c', FIXTURE, '--offline'], folder)
  expect(found.find(({ check }) => check === 'passes')).toMatchObject({ state: 'warning', found: expect.stringMatching(/^last pass 1h/), fix: 'nothing runs it: tocsin run --continuous, or a line of cron' })
})

it('tries channels that are files, and leaves the others alone', async () => {
  const folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), WITHOUT_SINK)
  const { findings: found } = await examined([], folder)
  expect(found.filter(({ check }) => check === 'channel').map(({ of, state, found: what }) => [of, state, what])).toEqual([
    ['notify.log', 'ok', 'logs/alerts.log'],
    ['notify.hook', 'untried', 'not tried: only a message tells'],
  ])
})

it('asks AWS who it is, where the instances are, and what is denied', async () => {
  const account = await startAwsAccount(Date.now())
  try {
    const statement = (action: string, index: number) => ({ Sid: `S${index}`, Effect: 'Allow' as const, Action: [action], Resource: ['*'] })
    const policy = (...actions: readonly string[]) => ({ Version: '2012-10-17', Statement: actions.map(statement) })
    await account.allow(policy('ec2:DescribeInstances', 'sns:Publish'), policy('rds:DescribeDBInstances'))
    const folder = await scratch()
    const config = `
watch:
  - { use: ec2, regions: [us-west-2], rules: { cpu: { critical: 80 } } }
  - { use: rds, regions: [us-east-1], rules: { cpu: { critical: 80 } } }
notify: { topic: { use: sns, topicArn: '${account.topicArn}' }, gone: { use: sns, topicArn: '${account.topicArn}x' } }
`
    await writeFile(join(folder, 'tocsin.yaml'), config)
    const { code, findings: found } = await examined([], folder, account.env)
    expect(code).toBe(4)
    expect(found.filter(({ check }) => !['configuration', 'store', 'disk'].includes(check)).map(({ check, of, state, found: what, fix }) => [check, of, state, what, fix])).toEqual([
      ['clock', 'this machine', 'ok', expect.stringMatching(/^\d\.\d s (ahead of|behind) the clocks of its sources$/), null],
      ['credentials', 'ec2, rds', 'ok', 'user/tocsin in 123456789012', null],
      ['regions', 'ec2', 'failed', 'E203 no running EC2 instances', '1 are in us-east-1; change regions?'],
      ['source', 'rds', 'failed', 'E201 access denied: rds:DescribeDBInstances', 'allow rds:DescribeDBInstances for user/tocsin'],
      ['channel', 'notify.topic', 'ok', 'SNS knows the credentials; whether they may publish only a message tells', null],
      ['channel', 'notify.gone', 'ok', 'SNS knows the credentials; whether they may publish only a message tells', null],
    ])
    const wrong = await examined([], folder, { ...account.env, AWS_ACCESS_KEY_ID: 'AKIAWRONG' })
    expect(wrong.findings).toContainEqual(expect.objectContaining({ check: 'credentials', state: 'failed', code: 'E202' }))
    expect(wrong.findings.filter(({ of, state }) => of.startsWith('notify') && state === 'failed')).toHaveLength(2)
  } finally {
    await account.stop()
  }
}, 120_000)
