import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type AwsFront, type MailServer, type Moto, type Postgres, type SlackStandIn, startAwsFront, startMailServer, startMoto, startPostgres, startSlackStandIn, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canary, leaks } from './canaries.ts'
import { type Parrot, startParrot } from './parrot.ts'

const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** One for every kind of secret that a monitor can hold. Those of Slack are the stand-in's own. */
const planted = {
  'webhook user': canary(),
  'webhook password': canary(),
  'webhook path': canary(),
  'webhook query': canary(),
  'webhook header': canary(),
  'webhook signing secret': canary(),
  'mail password': canary(),
  'AWS secret key': canary(),
  'AWS session token': canary(),
  'external id of a collector': canary(),
  'external id of a notifier': canary(),
  'external id of a recorder': canary(),
  'password in a probed URL': canary(),
  'query of a probed URL': canary(),
  'PostgreSQL password': canary(),
}
let canaries: Readonly<Record<string, string>> = planted

let moto: Moto
let front: AwsFront
let slack: SlackStandIn
let mails: MailServer
let parrot: Parrot
let postgres: Postgres | undefined
const hooked: string[] = []
const hook = createServer((request: IncomingMessage, response) => void text(request).then((body) => (hooked.push(body), response.end())))
let hookPort = 0
let folder = ''

beforeAll(async () => {
  ;[moto, slack, mails, parrot, postgres] = await Promise.all([startMoto(), startSlackStandIn(), startMailServer(), startParrot(), WITHOUT_POSTGRES ? undefined : startPostgres()])
  front = await startAwsFront(moto.url)
  hook.listen(0, '127.0.0.1')
  await once(hook, 'listening')
  const address = hook.address()
  hookPort = typeof address === 'object' ? (address?.port ?? 0) : 0
  canaries = { ...planted, 'Slack token': slack.token.slice(5), 'Slack webhook URL': new URL(slack.webhookUrl).pathname.split('/').at(-1) ?? '' }
  await fetch(`${moto.url}/`, { method: 'POST', headers: { authorization: sigFor('sns') }, body: new URLSearchParams({ Action: 'CreateTopic', Name: 'ops' }) })
  await fetch(`${moto.url}/records`, { method: 'PUT', headers: { authorization: sigFor('s3') } })
  await fetch(`${moto.url}/`, {
    method: 'POST',
    headers: { authorization: sigFor('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.CreateTable', 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ TableName: 'records', BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'resource', KeyType: 'HASH' }, { AttributeName: 'time', KeyType: 'RANGE' }], AttributeDefinitions: [{ AttributeName: 'resource', AttributeType: 'S' }, { AttributeName: 'time', AttributeType: 'S' }] }),
  })
}, 120_000)
afterAll(async () => {
  hook.closeAllConnections()
  hook.close()
  await Promise.all([front?.stop(), slack?.stop(), mails?.close(), parrot?.stop(), postgres?.stop()])
  await moto?.stop()
}, 60_000)
beforeEach(async () => {
  printed = {}
  // Below the tests, so that the plugins are found from it.
  folder = await mkdtemp(fileURLToPath(new URL('../.cache-', import.meta.url)))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** moto tells services apart by the scope of a signature, which it does not check. */
const sigFor = (service: string) => `AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`

/** Every option that holds a secret, from a variable, from a file, and within a text. */
const MONITOR = `
name: canaries
every: 1s
groupWait: 0s
groupInterval: 1s
errorFor: 1
log: { level: debug, file: log/tocsin.log }
watch:
  - use: host
    urls: ['http://probe:\${PROBE_PASSWORD}@127.0.0.1:\${PROBE_PORT}/health?token=\${PROBE_QUERY}']
    rules: { memory: { critical: 0 }, responseTime: { critical: 0 } }
  - use: ec2
    regions: [us-east-1]
    accounts: [{ roleArn: '${role('watch')}', externalId: '\${EXTERNAL_COLLECTOR}' }]
    rules: { cpu: { critical: 80 } }
  - use: s3
    endpoint: '\${AWS_ENDPOINT_URL}'
    regions: [us-east-1]
    rules: { size: { critical: 1TB } }
notify:
  hook: { use: webhook, url: '\${HOOK_URL}', secret: '\${file:signing.txt}', headers: { Authorization: 'Bearer \${HOOK_HEADER}' } }
  login: { use: webhook, url: '\${HOOK_URL}' }
  bot: { use: slack, channel: '#ops', token: '\${SLACK_TOKEN}', apiUrl: '\${SLACK_API}' }
  room: { use: slack, webhookUrl: '\${SLACK_HOOK}' }
  mail: { use: email, to: ops@example.com, url: '\${MAIL_URL}' }
  topic: { use: sns, topicArn: 'arn:aws:sns:us-east-1:123456789012:ops', roleArn: '${role('tell')}', externalId: '\${EXTERNAL_NOTIFIER}' }
  screen: { use: console }
  notes: { use: file, path: told.txt }
record:
  local: { use: json, folder: records }
  bucket: { use: s3, folder: records, bucket: records, roleArn: '${role('record')}', externalId: '\${EXTERNAL_RECORDER}' }
  table: { use: dynamodb, folder: records, table: records, region: us-east-1 }
`

interface Ways {
  readonly hook: string
  readonly aws: string
  readonly mailPort: number
}

function environment({ hook: hookUrl, aws, mailPort }: Ways): Readonly<Record<string, string>> {
  const url = new URL(hookUrl)
  Object.assign(url, { username: planted['webhook user'], password: planted['webhook password'], pathname: `/in/${planted['webhook path']}`, search: `key=${planted['webhook query']}` })
  return {
    ...moto.env,
    AWS_ENDPOINT_URL: aws,
    AWS_SECRET_ACCESS_KEY: planted['AWS secret key'],
    AWS_SESSION_TOKEN: planted['AWS session token'],
    PROBE_PORT: url.port,
    PROBE_PASSWORD: planted['password in a probed URL'],
    PROBE_QUERY: planted['query of a probed URL'],
    EXTERNAL_COLLECTOR: planted['external id of a collector'],
    EXTERNAL_NOTIFIER: planted['external id of a notifier'],
    EXTERNAL_RECORDER: planted['external id of a recorder'],
    HOOK_URL: url.href,
    HOOK_HEADER: planted['webhook header'],
    SLACK_TOKEN: slack.token,
    SLACK_API: slack.apiUrl,
    SLACK_HOOK: slack.webhookUrl,
    MAIL_URL: `smtp://ops:${planted['mail password']}@127.0.0.1:${mailPort}`,
  }
}

const healthy = () => environment({ hook: `http://127.0.0.1:${hookPort}`, aws: front.url, mailPort: mails.port })
const refusing = () => environment({ hook: parrot.url, aws: parrot.url, mailPort: mails.port })

let printed: Record<string, string> = {}

/** @param until ends the command as Ctrl-C does once what it said is enough. */
async function tocsin(args: readonly string[], env: Readonly<Record<string, string>>, until: (said: string) => boolean = () => false): Promise<{ code: number | null; said: string }> {
  // With the loosest umask: what is made must not depend on it.
  const child = spawn('sh', ['-c', 'umask 000; exec "$@"', 'sh', process.execPath, '--conditions=source', CLI, ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: join(folder, 'state'), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (until(said)) child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  printed[`what "${args.join(' ')}" prints (${Object.keys(printed).length})`] = said
  return { code: typeof code === 'number' ? code : null, said }
}

/** Everything below the folder but what was planted there, byte by byte. */
async function filesBelow(path: string): Promise<Record<string, Buffer>> {
  const found = await Promise.all(
    (await readdir(path, { withFileTypes: true })).map(async (entry) => {
      const inner = join(path, entry.name)
      if (entry.isDirectory()) return filesBelow(inner)
      return ['signing.txt', 'tocsin.config.ts'].includes(entry.name) ? {} : { [`the file ${inner.slice(folder.length + 1)}`]: await readFile(inner) }
    }),
  )
  return Object.assign({}, ...found)
}

/** What counterparties were told, without the heads and the paths in which they must get the secrets. */
const messages = () => ({
  'what the webhook was told': hooked.join('\n'),
  'what Slack was told': JSON.stringify(slack.calls.map(({ arguments: given }) => ({ ...given, token: undefined }))),
  'what was mailed': mails.mails.map(({ raw, parsed }) => `${raw}\n${JSON.stringify(parsed)}`).join('\n'),
  // The role is assumed with the id.
  'what AWS was told': front.requests.filter(({ body }) => !body.includes('Action=AssumeRole')).map(({ path, body }) => `${path} ${body.toString('latin1')}`).join('\n'),
})

/** The modes of everything below a folder that others may use. */
async function opened(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  const found = await Promise.all(entries.map(async (entry) => ({ entry, mode: (await stat(join(entry.parentPath, entry.name))).mode & 0o777 })))
  return found.filter(({ entry, mode }) => mode !== (entry.isDirectory() ? 0o700 : 0o600)).map(({ entry, mode }) => `${entry.name} ${mode.toString(8)}`)
}

async function plant(over = MONITOR): Promise<void> {
  await writeFile(join(folder, 'signing.txt'), `whsec_${Buffer.from(planted['webhook signing secret']).toString('base64')}\n`)
  await writeFile(join(folder, 'tocsin.yaml'), over)
}

const COMMANDS = [['check'], ['check', '--json'], ['run', '--debug'], ['run', '--json', '--debug'], ['test-notify', '--debug'], ['test-notify', '--json'], ['alerts', '--json', '--debug'], ['outbox', 'list', '--json'], ['routes', '--json']]

describe('no secret shows', () => {
  it('while everything works', { timeout: 120_000 }, async () => {
    await plant()
    const env = { ...healthy(), TOCSIN_CACHE_DIR: join(folder, 'cache') }
    for (const args of COMMANDS) {
      const { code, said } = await tocsin(args, env)
      // The account has no instances, which is said once, as partial.
      expect([args, code === 3 && args[0] === 'run' ? 0 : code, said]).toEqual([args, 0, expect.any(String)])
    }
    const told = messages()
    const files = await filesBelow(folder)
    // That nothing was found must not come of nothing having been looked at.
    for (const [place, content] of Object.entries(told)) expect([place, content.includes('memory')]).toEqual([place, true])
    expect(Object.keys(files).map((name) => name.split('/').at(-1)?.replace(/^.*\./, ''))).toEqual(expect.arrayContaining(['sqlite', 'log', 'txt', 'json']))
    expect(leaks(canaries, { ...printed, ...told, ...files })).toEqual([])
    for (const made of ['state', 'log', 'records', 'cache']) expect([made, await opened(join(folder, made))]).toEqual([made, []])
  })

  it('when everybody refuses and repeats what was sent', { timeout: 120_000 }, async () => {
    await plant()
    const undo = [
      slack.fail('chat.postMessage', { error: `invalid_auth: ${slack.token}` }),
      slack.fail('webhook', { status: 404, body: `no_service ${slack.webhookUrl}` }),
      mails.refuse('auth', 535, `5.7.8 ops ${planted['mail password']} ${Buffer.from(`\0ops\0${planted['mail password']}`).toString('base64')}`),
    ]
    const before = parrot.count()
    // Half a minute of repeated attempts would show nothing more.
    const everybody = ['hook', 'login', 'bot', 'room', 'mail', 'topic', 'bucket', 'table'].map((name) => new RegExp(`"(receiver|recorder)":"${name}"`))
    await tocsin(['run', '--json', '--debug'], refusing(), (said) => everybody.every((one) => one.test(said)))
    await tocsin(['run', '--continuous', '--debug'], refusing(), (said) => everybody.every((one) => one.test(said)))
    for (const args of [['test-notify', '--debug'], ['outbox', 'list', '--json']]) await tocsin(args, refusing())
    for (const one of undo) one()
    expect(parrot.count()).toBeGreaterThan(before + 10)
    expect(leaks(canaries, { ...printed, ...(await filesBelow(folder)) })).toEqual([])
  })

  it.each([
    ['written out', (wrong: string) => `'${wrong}'`],
    ['in a variable', () => "'${WRONG}'"],
    ['in a list', () => "['${WRONG}']"],
    ['within a text', () => "'x${WRONG}y'"],
  ])('when all of them have the wrong shape, %s', { timeout: 60_000 }, async (_, written) => {
    // Errors quote short texts. What is written out may be quoted where the option is no secret.
    const secret = written('') === "''" ? planted['webhook path'] : canary().slice(-9)
    const WRONG = `:${secret}`
    const value = written(WRONG)
    const ways = ['webhook, url', 'webhook, url: http://127.0.0.1/, secret', 'slack, channel: "#ops", token', 'slack, webhookUrl', 'email, to: a@example.com, url', 'sns, topicArn: x, externalId: 4, endpoint']
    await writeFile(join(folder, 'tocsin.yaml'), `watch:\n  - { use: ec2, accounts: [{ roleArn: x, externalId: ${value}, unknown: ${value} }], rules: {} }\nnotify:\n${ways.map((way, index) => `  n${index}: { use: ${way}: ${value} }`).join('\n')}\n`)
    for (const args of [['check', '--debug'], ['run', '--json', '--debug']]) {
      const { code, said } = await tocsin(args, { WRONG })
      expect(code).toBe(2)
      for (const option of ['externalId', 'url', 'token', 'webhookUrl']) expect(said.replaceAll('\\"', '"')).toContain(`"${option}" cannot be`)
    }
    expect(leaks({ secret }, printed)).toEqual([])
  })

  it('when it is part of a program', { timeout: 60_000 }, async () => {
    const wrong = JSON.stringify(`not a: good-${planted['webhook path']}`)
    await writeFile(
      join(folder, 'tocsin.config.ts'),
      `import { defineMonitor } from '@tocsin/core'
import { email } from '@tocsin/notifier-email'
import { slack } from '@tocsin/notifier-slack'
import { webhook } from '@tocsin/notifier-webhook'
export default defineMonitor({ watch: [], notify: { hook: webhook({ url: ${wrong} }), signed: webhook({ url: 'http://127.0.0.1', secret: ${wrong} }), bot: slack({ channel: '#ops', token: ${wrong} }), mail: email({ to: 'a@example.com', url: ${wrong} }) } })
`,
    )
    for (const args of [['check', '--debug'], ['check', '--json']]) expect((await tocsin(args, {})).code).toBe(2)
    expect(leaks(canaries, printed)).toEqual([])
  })

  it.skipIf(WITHOUT_POSTGRES)('when the store is PostgreSQL, there or not', { timeout: 120_000 }, async () => {
    const there = new URL((await postgres?.emptyDatabase()) ?? '')
    const password = there.password
    const urls = [there.href, there.href.replace(password, planted['PostgreSQL password']), `postgres://u:${planted['PostgreSQL password']}@127.0.0.1:1/x`, `postgres://u:${planted['PostgreSQL password']}@127.0.0.1:wrong/x`]
    for (const STATE of urls) {
      await plant(`${MONITOR}\nstate: '\${STATE}'\n`)
      for (const args of [['run', '--debug'], ['alerts', '--json', '--debug']]) await tocsin(args, { ...healthy(), STATE })
    }
    expect(leaks({ ...canaries, 'the right password': password }, { ...printed, ...(await filesBelow(folder)) })).toEqual([])
  })
})
