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
import { type EmptyProject, emptyProject, NODE_RELEASES } from './published/empty-project.ts'
import { licences, packAll, type Tarball } from './published/pack.ts'

const ROOT = new URL('../..', import.meta.url)
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8')

let folder: string
let tarballs: readonly Tarball[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-packed-'))
  tarballs = await packAll(folder)
}, 300_000)
afterAll(() => rm(folder, { recursive: true }))

describe('what is published', () => {
  it('is every package and plugin but the tools for tests', () => {
    expect(tarballs.map(({ name }) => name)).toEqual(expect.arrayContaining(['@tocsin/core', '@tocsin/aws', '@tocsin/store-sql', 'tocsin', '@tocsin/collector-ec2']))
    expect(tarballs.map(({ name }) => name)).not.toContain('@tocsin/dev-tools')
  })

  it('holds its licence and README, and neither sources nor tests', () => {
    const wrong = tarballs.flatMap(({ name, files }) => {
      const missing = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'].filter((file) => !files.includes(file))
      const surplus = files.filter((file) => /^src\/|\.test[.-]/.test(file) || (/\/testing\//.test(file) && name !== '@tocsin/core'))
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

/** Licences that let anybody use a package in any program, with no more than a notice. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'PSF-2.0']

it('brings along nothing but what permissive licences allow', { timeout: 60_000 }, async () => {
  const found = await licences()
  expect(found['MIT']?.length).toBeGreaterThan(10)
  expect(Object.entries(found).filter(([licence]) => !PERMISSIVE.includes(licence))).toEqual([])
})

describe('a new user', () => {
  let project: EmptyProject
  let moto: Moto
  let slack: SlackStandIn
  let mails: MailServer
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    ;[project, moto, slack, mails] = await Promise.all([emptyProject(), startMoto(), startSlackStandIn(), startMailServer()])
    env = { ...moto.env, SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.apiUrl, SMTP_URL: `smtp://127.0.0.1:${mails.port}` }
    await project.write('package.json', '{ "private": true, "type": "module" }')
    const needed = ['tocsin', '@tocsin/core', '@tocsin/aws', '@tocsin/store-sql', '@tocsin/collector-ec2', '@tocsin/evaluator-threshold', '@tocsin/notifier-slack', '@tocsin/notifier-email']
    // npm takes from the tarballs what they ask of each other.
    const files = needed.map((name) => tarballs.find((tarball) => tarball.name === name)?.file ?? name)
    const { exit, err } = await project.run('npm', ['install', '--no-audit', '--no-fund', ...files, 'typescript@5', '@types/node@24'])
    if (exit !== 0) throw new Error(`npm install: ${err}`)
    await project.write('tocsin.config.ts', await read('examples/quick-start/tocsin.config.ts'))
    await project.write('embed.ts', await read('examples/quick-start/embed.ts'))
  }, 300_000)
  afterAll(() => Promise.all([project.remove(), moto.stop(), slack.stop(), mails.close()]))

  it('compiles the monitor of the README with the types that came along, those of libraries checked', { timeout: 60_000 }, async () => {
    const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: false, types: ['node'] }
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    expect(await project.run('tsc', ['--project', '.'])).toEqual({ out: '', err: '', exit: 0 })
    await project.write('wrong.ts', (await read('examples/quick-start/tocsin.config.ts')).replace('{ cpu }', '{ cpuu: cpu }'))
    const { out, exit } = await project.run('tsc', ['--project', '.'])
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
    expect(await project.run('tocsin', ['check'], { node, env })).toMatchObject({ exit: 0, err: '' })
    const run = await project.run('tocsin', ['run'], { node, env: { ...env, XDG_STATE_HOME: join(project.folder, `state-${node}`) } })
    expect(run).toMatchObject({ exit: 0 })
    expect(run.out).toContain(`${name} `)
    expect(slack.messages.map((message) => shownText(message)).join('\n')).toContain(`RED ${name} cpu 91%`)
    expect(mails.mails.map(({ parsed }) => parsed.text).join('\n')).toContain(`RED ${name} cpu 91%`)
  })
})

const toArrayBuffer = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer
