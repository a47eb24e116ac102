import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { type Moto, type Postgres, startMoto, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const run = promisify(execFile)
const recipe = (name: string) => readFile(join(HERE, name), 'utf8')

const told: string[] = []
const hook = createServer((request, response) => void text(request).then((body) => (told.push(body), response.end())))
let url = ''
let moto: Moto
let postgres: Postgres | undefined
const children: ChildProcess[] = []
/** Stands for `/opt/tocsin`: a command in `node_modules/.bin`, and the configurations. */
let home = ''

beforeAll(async () => {
  ;[moto, postgres] = await Promise.all([startMoto(), WITHOUT_POSTGRES ? undefined : startPostgres()])
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const address = hook.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  await measureCpu(95)
}, 120_000)
afterAll(async () => {
  hook.closeAllConnections()
  hook.close()
  await postgres?.stop()
  await moto?.stop()
}, 60_000)
beforeEach(async () => {
  told.length = 0
  home = await mkdtemp(join(tmpdir(), 'tocsin-deploy-'))
  await mkdir(join(home, 'node_modules/.bin'), { recursive: true })
  await symlink(join(HERE, 'node_modules/@tocsin'), join(home, 'node_modules/@tocsin'))
  const command = join(home, 'node_modules/.bin/tocsin')
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" --conditions=source "${MAIN}" "$@"\n`, { mode: 0o755 })
  // The line is one that any machine is beyond, and nobody waits for more.
  await writeFile(join(home, 'host.yaml'), `groupWait: 0s\n${(await recipe('host.yaml')).replace("warning: '85%', critical: '95%', for: 5m", "critical: '0%'")}`)
  await copyFile(join(HERE, 'fleet.yaml'), join(home, 'fleet.yaml'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(home, { recursive: true, force: true })
})

/** An instance of moto whose processor is busy. */
async function measureCpu(value: number): Promise<void> {
  const client = { region: 'us-west-2', endpoint: moto.url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
  const { Instances = [] } = await new EC2Client(client).send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 }))
  const start = Math.floor(Date.now() / 300_000) * 300_000
  const points = [-20, -15, -10].map((minutes) => ({ MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: Instances[0]?.InstanceId }], Timestamp: new Date(start + minutes * 60_000), Value: value, Unit: 'Percent' as const }))
  await new CloudWatchClient(client).send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData: points }))
}

const aws = () => ({ ...moto.env, AWS_REGION: 'us-west-2' })

/** Starts a command line in the place of `/opt/tocsin`, with no variables but those given. */
function start(line: readonly string[], env: Readonly<Record<string, string>>): { child: ChildProcess; said: () => string } {
  const [file = '', ...args] = line.map((word) => word.replaceAll('/opt/tocsin', home).replaceAll('/etc/tocsin', home))
  const child = spawn(file, args, { cwd: home, env: { PATH: '/usr/bin:/bin', HOME: home, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { child, said: () => said }
}
const ended = async (child: ChildProcess): Promise<unknown> => (child.exitCode === null && child.signalCode === null ? (await once(child, 'exit'))[0] : child.exitCode)

const settings = (unit: string): Record<string, string> => Object.fromEntries([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))

describe('systemd', () => {
  it.each(['tocsin.service', 'tocsin-once.service'])('%s starts what it says, and keeps its state in its folder', { timeout: 60_000 }, async (name) => {
    const unit = settings(await recipe(name))
    const { child, said } = start((unit['ExecStart'] ?? '').split(' '), { WEBHOOK_URL: url, STATE_DIRECTORY: join(home, 'state') })
    await vi.waitFor(() => expect([told.length, said()]).toEqual([1, expect.any(String)]), { timeout: 50_000, interval: 100 })
    if (unit['Type'] !== 'oneshot') child.kill('SIGTERM')
    expect([await ended(child), said()]).toEqual([0, expect.any(String)])
    expect((await readFile(join(home, 'state/tocsin.sqlite'))).subarray(0, 15).toString()).toBe('SQLite format 3')
  })

  it('its units are sound', { timeout: 60_000 }, async () => {
    const units = ['tocsin.service', 'tocsin-once.service', 'tocsin-once.timer']
    for (const name of units) {
      const text = await recipe(name)
      expect([...text.matchAll(/^\[(\w+)\]$/gm)].map(([, section]) => section)).toContain('Unit')
      // The command is not installed here, so another stands for it.
      await writeFile(join(home, name), text.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'))
    }
    const analyze = await run('systemd-analyze', ['--version']).then(() => true, () => false)
    if (analyze) expect((await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', ...units.map((name) => join(home, name))])).stderr).toBe('')
    if (analyze) expect((await run('systemd-analyze', ['calendar', settings(await recipe('tocsin-once.timer'))['OnCalendar'] ?? ''])).stdout).toMatch(/Next elapse/)
  })
})

it('cron: the line runs with what cron gives it, and prints nothing while all is well', { timeout: 60_000 }, async () => {
  const lines = (await recipe('crontab')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const variables = Object.fromEntries(lines.flatMap((line) => [...line.matchAll(/^(\w+)=(.*)$/g)].map(([, name = '', value = '']) => [name, value])))
  const command = lines.at(-1)?.replace(/^(\S+ ){5}/, '') ?? ''
  expect(lines.at(-1)).toMatch(/^(\* ){5}cd /)
  const { child, said } = start(['/bin/sh', '-c', command], { SHELL: '/bin/sh', ...variables, WEBHOOK_URL: url })
  expect([await ended(child), said()]).toEqual([0, ''])
  expect(told.length).toBe(1)
})

describe('the container', () => {
  it('its steps, carried out in a folder, give a command that watches', { timeout: 60_000 }, async () => {
    const file = (await recipe('Containerfile')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const of = (step: string) => file.filter((line) => line.startsWith(`${step} `)).map((line) => line.slice(step.length + 1))
    expect(file.map((line) => line.split(' ')[0])).toEqual(['FROM', 'WORKDIR', 'RUN', 'COPY', 'RUN', 'USER', 'ENV', 'VOLUME', 'ENTRYPOINT', 'CMD'])
    // What it installs is all that the configuration uses.
    const installed = [...(of('RUN')[0] ?? '').matchAll(/(?<= )(@tocsin\/[\w-]+|tocsin)(?= )/g)].map(([name]) => name)
    const { dependencies } = z.object({ dependencies: z.record(z.string(), z.string()) }).parse(JSON.parse(await recipe('package.json')))
    expect(Object.keys(dependencies).filter((name) => name !== '@tocsin/collector-host').toSorted()).toEqual(installed.toSorted())
    for (const step of of('COPY')) await copyFile(join(home, step.split(' ')[0] ?? ''), join(home, step.split(' ')[1] ?? ''))
    const words = [...of('ENTRYPOINT'), ...of('CMD')].flatMap((list) => z.array(z.string()).parse(JSON.parse(list)))
    const variables = Object.fromEntries(of('ENV').flatMap((line) => line.split(' ').map((one) => one.split('=') as [string, string])))
    const { child, said } = start(words, { ...aws(), ...variables, TOCSIN_STATE: join(home, 'volume/tocsin.sqlite'), WEBHOOK_URL: url })
    await vi.waitFor(() => expect([told.length, said()]).toEqual([1, expect.any(String)]), { timeout: 50_000, interval: 100 })
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
    expect(told[0]).toContain('"alertname":"ec2.cpu"')
  })
})

const taskDefinition = z.strictObject({
  family: z.string(),
  requiresCompatibilities: z.array(z.enum(['EC2', 'FARGATE'])),
  networkMode: z.literal('awsvpc'),
  cpu: z.string(),
  memory: z.string(),
  taskRoleArn: z.string(),
  executionRoleArn: z.string(),
  volumes: z.array(z.strictObject({ name: z.string(), efsVolumeConfiguration: z.strictObject({ fileSystemId: z.string(), transitEncryption: z.literal('ENABLED'), authorizationConfig: z.strictObject({ accessPointId: z.string(), iam: z.literal('ENABLED') }) }) })),
  containerDefinitions: z.tuple([
    z.strictObject({
      name: z.string(),
      image: z.string(),
      command: z.array(z.string()),
      essential: z.boolean(),
      user: z.string(),
      stopTimeout: z.int().max(120),
      environment: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      secrets: z.array(z.strictObject({ name: z.string(), valueFrom: z.string().startsWith('arn:aws:secretsmanager:') })),
      mountPoints: z.array(z.strictObject({ sourceVolume: z.string(), containerPath: z.string() })),
      logConfiguration: z.strictObject({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()) }),
    }),
  ]),
})

it('ECS: the task runs its command with its variables', { timeout: 60_000 }, async () => {
  const { containerDefinitions: [container], volumes } = taskDefinition.parse(JSON.parse(await recipe('ecs-task.json')))
  expect(container.mountPoints.map(({ sourceVolume }) => sourceVolume)).toEqual(volumes.map(({ name }) => name))
  const given = Object.fromEntries(container.environment.map(({ name, value }) => [name, value.replace('/var/lib/tocsin', home)]))
  expect([...Object.keys(given), ...container.secrets.map(({ name }) => name)].toSorted()).toEqual(placeholders(await recipe('fleet.yaml')))
  const { child, said } = start([join(home, 'node_modules/.bin/tocsin'), ...container.command, '--config', join(home, 'fleet.yaml')], { ...aws(), ...given, WEBHOOK_URL: url })
  await vi.waitFor(() => expect([told.length, said()]).toEqual([1, expect.any(String)]), { timeout: 50_000, interval: 100 })
  child.kill('SIGTERM')
  expect(await ended(child)).toBe(0)
})

const placeholders = (yaml: string): string[] => [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name).toSorted()

describe.skipIf(WITHOUT_POSTGRES)('on PostgreSQL', () => {
  it('Lambda: the handler tells once of what began, over several events', { timeout: 60_000 }, async () => {
    for (const [name, value] of Object.entries({ ...aws(), TOCSIN_STATE: (await postgres?.emptyDatabase()) ?? '', WEBHOOK_URL: url })) vi.stubEnv(name, value)
    try {
      const { handler } = await import('./lambda.ts')
      const event = { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', resources: ['arn:aws:events:us-west-2:123456789012:rule/tocsin'], detail: {} }
      const context = { getRemainingTimeInMillis: () => 50_000 }
      expect(await handler(event, context)).toEqual({ watched: 1, alerts: 1, told: 1 })
      expect(await handler(event, context)).toEqual({ watched: 1, alerts: 1, told: 0 })
      expect(told.map((body) => z.object({ status: z.string() }).parse(JSON.parse(body)).status)).toEqual(['firing'])
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('Kubernetes: one replica watches, the other waits and takes over', { timeout: 90_000 }, async () => {
    const documents = parseAllDocuments(await recipe('kubernetes.yaml')).map((document): unknown => document.toJS())
    const deployment = z.object({ kind: z.literal('Deployment'), spec: z.object({ replicas: z.literal(2), template: z.object({ spec: z.object({ containers: z.tuple([z.object({ args: z.array(z.string()), env: z.array(z.object({ name: z.string() })) })]) }) }) }) })
    const { args, env } = deployment.parse(documents[1]).spec.template.spec.containers[0]
    expect(env.map(({ name }) => name).toSorted()).toEqual(placeholders(await recipe('fleet.yaml')))
    const state = (await postgres?.emptyDatabase()) ?? ''
    const replica = () => start([join(home, 'node_modules/.bin/tocsin'), ...args, '--config', join(home, 'fleet.yaml'), '--interval', '1', '--debug'], { ...aws(), TOCSIN_STATE: state, WEBHOOK_URL: url })
    const first = replica()
    await vi.waitFor(() => expect([told.length, first.said()]).toEqual([1, expect.any(String)]), { timeout: 40_000, interval: 100 })
    const second = replica()
    await vi.waitFor(() => expect(second.said()).toContain('waiting for the runner that is there'), { timeout: 20_000, interval: 100 })
    first.child.kill('SIGTERM')
    expect(await ended(first.child)).toBe(0)
    await vi.waitFor(() => expect(second.said()).toContain('asked CloudWatch'), { timeout: 40_000, interval: 100 })
    second.child.kill('SIGTERM')
    expect(await ended(second.child)).toBe(0)
    // Nobody is told twice of one alert.
    expect(told.length).toBe(1)
  })
})

it('Lambda: the template gives the function what it reads, and may do what the monitor needs', async () => {
  const template = z.object({
    Resources: z.object({
      Function: z.object({ Properties: z.object({ Handler: z.literal('index.handler'), Timeout: z.int().min(30).max(900), Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) }) }),
      Role: z.object({ Properties: z.object({ Policies: z.tuple([z.object({ PolicyDocument: z.object({ Statement: z.tuple([z.object({ Action: z.array(z.string()) })]) }) })]) }) }),
      Schedule: z.object({ Properties: z.object({ ScheduleExpression: z.literal('rate(1 minute)') }) }),
    }),
  })
  const tags = ['!Ref', '!GetAtt'].map((tag) => ({ tag, resolve: (text: string) => ({ [tag]: text }) }))
  const { Function, Role } = template.parse(parse(await recipe('lambda.template.yaml'), { customTags: tags })).Resources
  expect(Object.keys(Function.Properties.Environment.Variables).toSorted()).toEqual(['TOCSIN_STATE', 'WEBHOOK_URL'])
  expect(Role.Properties.Policies[0].PolicyDocument.Statement[0].Action).toEqual(['cloudwatch:GetMetricData', 'ec2:DescribeInstances'])
})
