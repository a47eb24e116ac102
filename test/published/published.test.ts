import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { type MailServer, type Moto, type SlackStandIn, shownText, startMailServer, startMoto, startSlackStandIn } from '@tocsin/dev-tools'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmptyProject, emptyProject, NODE_RELEASES } from './empty-project.ts'
import { licences, packAll, type Tarball } from './pack.ts'
import { type Registry, startRegistry } from './registry.ts'

const ROOT = new URL('../..', import.meta.url)
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8')

let folder: string
let tarballs: readonly Tarball[]
let registry: Registry

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-packed-'))
  tarballs = await packAll(folder)
  registry = await startRegistry(tarballs)
}, 300_000)
afterAll(async () => {
  registry.close()
  await rm(folder, { recursive: true })
})

describe('what is published', () => {
  it('is every package and plugin but the tools for tests', () => {
    expect(tarballs.map(({ name }) => name)).toEqual(expect.arrayContaining(['@tocsin/core', '@tocsin/aws', '@tocsin/store-sql', 'tocsin', '@tocsin/collector-ec2']))
    expect(tarballs.map(({ name }) => name)).not.toContain('@tocsin/dev-tools')
  })

  it('holds its licence and README, and neither sources nor tests', () => {
    const wrong = tarballs.flatMap(({ name, files }) => {
      const missing = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'].filter((file) => !files.includes(file))
      const surplus = files.filter((file) => /^src\/|^dist\/.*\.test[.-]/.test(file) || (/\/testing\//.test(file) && name !== '@tocsin/core'))
      return [...missing.map((file) => `${name} lacks ${file}`), ...surplus.map((file) => `${name} brings ${file}`)]
    })
    expect(wrong).toEqual([])
  })

  it('has sound manifests, as publint sees them', { timeout: 120_000 }, async () => {
    const messages = await Promise.all(
      tarballs.map(async ({ name, file }) => {
        const { messages: found, pkg } = await publint({ pack: { tarball: toArrayBuffer(await readFile(file)) }, strict: true })
        return found.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`)
      }),
    )
    expect(messages.flat()).toEqual([])
  })

  it('has types that resolve, as attw sees them', { timeout: 120_000 }, async () => {
    const problems: string[] = []
    for (const { name, file } of tarballs) {
      const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(file))))
      const found = 'problems' in analysis ? analysis.problems : [{ kind: 'no types at all' }]
      // These packages are for ES modules alone, and for resolution that knows `exports`.
      for (const problem of found) if (!('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind))) problems.push(`${name}: ${JSON.stringify(problem)}`)
    }
    expect(problems).toEqual([])
  })
})

/** Licences that let anybody use a package in any program: with no more than a notice, or as MPL-2.0 with changes to its own files published. */
const LIBERAL = ['MPL-2.0', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'PSF-2.0']

it('brings along nothing that binds the programs of its users', { timeout: 60_000 }, async () => {
  const found = await licences()
  expect(found['MIT']?.length).toBeGreaterThan(10)
  expect(Object.entries(found).filter(([licence]) => !LIBERAL.includes(licence))).toEqual([])
})

/** Runs a command that must succeed. */
async function done(project: EmptyProject, command: string, args: readonly string[], options: Parameters<EmptyProject['run']>[2] = {}): Promise<string> {
  const { out, err, exit } = await project.run(command, args, { ...options, env: { npm_config_registry: registry.url, ...options.env } })
  if (exit !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exit}: ${out}${err}`)
  return out
}

describe('a new user', () => {
  let project: EmptyProject
  let moto: Moto
  let slack: SlackStandIn
  let mails: MailServer
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    ;[project, moto, slack, mails] = await Promise.all([emptyProject(), startMoto(), startSlackStandIn(), startMailServer()])
    env = { ...moto.env, SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.apiUrl, SMTP_URL: `smtp://127.0.0.1:${mails.port}` }
    const flags = ['--watch', 'ec2', '--regions', 'us-west-2', '--notify', 'slack,email', '--channel', '#ops', '--to', 'ops@example.com', '--yes']
    await done(project, 'npm', ['create', '--yes', 'tocsin@latest', '.', '--', ...flags])
    await done(project, 'npm', ['install', '--no-audit', '--no-fund', '--save-dev', 'typescript@5', '@types/node@24'])
  }, 300_000)
  afterAll(() => Promise.all([project.remove(), moto.stop(), slack.stop(), mails.close()]))

  it('has a configuration that compiles and passes check', { timeout: 60_000 }, async () => {
    await done(project, 'tsc', ['--project', '.'])
    expect(await done(project, 'tocsin', ['check'], { env })).toContain('is sound')
  })

  it('compiles the monitor of the README with the types that came along, those of libraries checked', { timeout: 60_000 }, async () => {
    const monitor = await read('examples/quick-start/tocsin.config.ts')
    await project.write('tocsin.config.ts', monitor)
    await project.write('embed.ts', await read('examples/quick-start/embed.ts'))
    await done(project, 'tsc', ['--project', '.', '--skipLibCheck', 'false', '--types', 'node'])
    await project.write('wrong.ts', monitor.replace('{ cpu }', '{ cpuu: cpu }'))
    const { out, exit } = await project.run('tsc', ['--project', '.', '--types', 'node'])
    expect(exit).not.toBe(0)
    expect(out).toContain("'cpuu' does not exist")
    await project.write('wrong.ts', '')
  })

  it.each(NODE_RELEASES)('runs it on Node %s, and is told of what is red', { timeout: 120_000 }, async (node) => {
    const region = 'us-west-2'
    const client = { region, endpoint: moto.url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
    const name = `web-${node}`
    const { Instances = [] } = await new EC2Client(client).send(
      new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }] }),
    )
    const Timestamp = new Date((Math.floor(Date.now() / 300_000) - 3) * 300_000)
    await new CloudWatchClient(client).send(
      new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: Instances[0]?.InstanceId }], Timestamp, Value: 91, Unit: 'Percent' }] }),
    )
    const run = await done(project, 'tocsin', ['run'], { node, env: { ...env, XDG_STATE_HOME: join(project.folder, `state-${node}`), XDG_CACHE_HOME: join(project.folder, `cache-${node}`) } })
    expect(run).toContain(`${name} `)
    expect(slack.messages.map((message) => shownText(message)).join('\n')).toContain(`RED ${name} cpu 91%`)
    expect(mails.mails.map(({ parsed }) => parsed.text).join('\n')).toContain(`RED ${name} cpu 91%`)
  })
})

describe('a new author', () => {
  let project: EmptyProject
  beforeAll(async () => {
    project = await emptyProject()
    await project.write('package.json', '{ "private": true, "type": "module" }')
    await done(project, 'npm', ['install', '--no-audit', '--no-fund', 'tocsin', '@tocsin/core', '@tocsin/collector-host', '@tocsin/evaluator-threshold'])
  }, 300_000)
  afterAll(() => project.remove())

  const KINDS = ['collector', 'evaluator', 'notifier', 'recorder']
  const folderOf = (kind: string): string => `tocsin-plugin-my-${kind}`

  it('makes plugins of each kind that pass their tests and checks as they are, and are packed', { timeout: 200_000 }, async () => {
    await Promise.all(KINDS.map(make))
  })

  async function make(kind: string): Promise<void> {
    await done(project, 'tocsin', ['plugin', 'new', '--kind', kind, `my-${kind}`])
    const folder = folderOf(kind)
    const inside = { cwd: join(project.folder, folder) }
    await done(project, 'npm', ['install', '--no-audit', '--no-fund'], inside)
    await done(project, 'npm', ['test'], inside)
    expect(await done(project, 'tocsin', ['plugin', 'test', folder])).toBe(`${kind} my-${kind} fits this version and passes its tests\n`)
    await done(project, 'npm', ['run', 'check'], inside)
    await done(project, 'npm', ['pack'], inside)
  }

  it('finds by name what was packed, once it is installed', { timeout: 200_000 }, async () => {
    await done(project, 'npm', ['install', '--no-audit', '--no-fund', ...KINDS.map((kind) => `./${folderOf(kind)}/${folderOf(kind)}-0.1.0.tgz`)])
    const list = await done(project, 'tocsin', ['plugin', 'list'])
    for (const kind of KINDS) {
      expect(list).toMatch(new RegExp(`${kind} +my-${kind} +${folderOf(kind)} +0\\.1\\.0 +1`))
      const sample = await readFile(join(project.folder, folderOf(kind), 'sample.yaml'), 'utf8')
      await project.write('tocsin.yaml', sample.replace('./src/index.ts', `my-${kind}`))
      expect(await done(project, 'tocsin', ['check'])).toContain('is sound')
    }
  })

  it('is told when the plugin breaks its contract, and when it does not call the suite', { timeout: 120_000 }, async () => {
    const file = join('tocsin-plugin-my-evaluator', 'src/index.ts')
    const sound = await readFile(join(project.folder, file), 'utf8')
    await project.write(file, sound.replace('state: { last, streak }', 'state: undefined'))
    expect(await project.run('tocsin', ['plugin', 'test', 'tocsin-plugin-my-evaluator'])).toMatchObject({ exit: 1, err: expect.stringContaining('E800 its tests failed') })
    await project.write(file, sound)
    await project.write(join('tocsin-plugin-my-evaluator', 'src/index.test.ts'), '')
    expect(await project.run('tocsin', ['plugin', 'test', 'tocsin-plugin-my-evaluator'])).toMatchObject({ exit: 1, err: expect.stringContaining('E800 no test of it calls evaluatorContract') })
  })
})

const toArrayBuffer = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer
