import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type AwsFront, type MailServer, type Moto, type SlackStandIn, startAwsFront, startMailServer, startMoto, startSlackStandIn } from '@tocsin/dev-tools'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'

const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** What does something somewhere: markup, templates, mail headers, the terminal, the direction of writing. */
const HOSTILE: readonly string[] = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>"><a href="javascript:alert(1)">a</a>',
  '<!channel> <@U0123ABCD> <http://evil.example|click> *bold* `code` :boom:',
  '{{constructor.constructor "return 1"}}{{{lookup this "env"}}}${HOME}{{7}}%7B%7B',
  'web\r\nBcc: evil@example.com\r\nContent-Type: text/html\r\n\r\n<b>body</b>',
  '\u001b[2J\u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\u001b]0;title\u0007\u009b2J\u0007\b\b\b',
  '\u202Elive\u2066x\u2069\u200F\u061C\u2028RED forged\u0085line',
  '=?utf-8?Q?web=0D=0ABcc:_evil=40example.com?=',
]

let moto: Moto
let front: AwsFront
let slack: SlackStandIn
let mails: MailServer
const hooked: string[] = []
const hook = createServer((request, response) => void text(request).then((body) => (hooked.push(body), response.end())))
let folder = ''

beforeAll(async () => {
  ;[moto, slack, mails] = await Promise.all([startMoto(), startSlackStandIn(), startMailServer()])
  front = await startAwsFront(moto.url)
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const authorization = 'AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0'
  await fetch(moto.url, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ Action: 'CreateTopic', Name: 'ops' }) })
}, 120_000)
afterAll(async () => {
  hook.closeAllConnections()
  hook.close()
  await Promise.all([front?.stop(), slack?.stop(), mails?.close()])
  await moto?.stop()
})

/** A resource for each word, with the word for its every text, told to every kind of receiver. */
const monitor = (words: readonly string[]): string => `
import { consoleNotifier, defineCollector, defineMonitor, fileNotifier } from '@tocsin/core'
import { email } from '@tocsin/notifier-email'
import { slack } from '@tocsin/notifier-slack'
import { sns } from '@tocsin/notifier-sns'
import { threshold } from '@tocsin/evaluator-threshold'
import { webhook } from '@tocsin/notifier-webhook'
const words = ${JSON.stringify(words)}
const stage = defineCollector({
  name: 'stage',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: words.join(' ') } },
  create: () => ({
    async *collect(_wanted, { now }) {
      for (const word of words) {
        const resource = { id: word, type: 'stage', name: word, account: word, region: word, tags: { Name: word, [word]: word } }
        yield { resource, metric: 'cpu', dimensions: { target: word }, period: 1_000, timestamps: Float64Array.of(now), values: Float64Array.of(91), settledUntil: now + 1, status: 'complete' }
      }
    },
  }),
})
export default defineMonitor({
  name: 'stage', every: '1s', groupWait: '0s', groupInterval: '1s', groupBy: ['...'], labels: { team: words.join(' ') }, state: 'state.sqlite', log: { level: 'debug', file: 'tocsin.log' },
  watch: [stage({ cpu: threshold({ critical: 80, summary: words.join(' ') }) })],
  notify: {
    screen: consoleNotifier({}),
    notes: fileNotifier({ path: 'told.txt' }),
    json: fileNotifier({ path: 'told.json', format: 'json' }),
    bot: slack({ channel: '#ops', token: '${slack.token}', apiUrl: '${slack.apiUrl}' }),
    room: slack({ webhookUrl: '${slack.webhookUrl}' }),
    mail: email({ to: ['ops@example.com'], url: 'smtp://127.0.0.1:${mails.port}' }),
    topic: sns({ topicArn: 'arn:aws:sns:us-east-1:123456789012:ops' }),
    hook: webhook({ url: 'http://127.0.0.1:${(hook.address() as AddressInfo).port}/' }),
  },
})
`

const tocsin = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--conditions=source', CLI, ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, ...moto.env, AWS_ENDPOINT_URL: front.url } })

/** Nothing that a terminal obeys; a line break ends a line of ours. */
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** What reaches each kind of receiver of resources that are called so. */
async function told(words: readonly string[]) {
  folder = await mkdtemp(fileURLToPath(new URL('../.cache-', import.meta.url)))
  slack.clear()
  mails.mails.length = 0
  hooked.length = 0
  const published = front.requests.length
  await writeFile(join(folder, 'tocsin.config.ts'), monitor(words))
  const run = await tocsin('run', '--debug')
  const lists = await Promise.all([tocsin('alerts'), tocsin('alerts', '--json'), tocsin('outbox', 'list'), tocsin('check'), tocsin('routes', 'test', 'team=web')])
  const [file, json, log] = await Promise.all(['told.txt', 'told.json', 'tocsin.log'].map((name) => readFile(join(folder, name), 'utf8')))
  await rm(folder, { recursive: true })
  return {
    terminal: [run, ...lists].map(({ stdout, stderr }) => `${stderr}\n${stdout}`),
    alerts: lists[0].stdout,
    file: file ?? '',
    lines: [json ?? '', log ?? ''],
    slack: slack.calls.filter(({ method }) => method === 'chat.postMessage' || method === 'webhook').map(({ arguments: given }) => given),
    mails: mails.mails.slice(),
    sns: front.requests.slice(published).map(({ body }) => new URLSearchParams(body.toString())).filter((call) => call.get('Action') === 'Publish'),
    hook: hooked.map((body): unknown => JSON.parse(body)),
  }
}

/** Every text object of a Slack message that is read as markup, as it was sent. */
const markup = (value: unknown): string[] => {
  if (typeof value === 'string') return value.startsWith('[') || value.startsWith('{') ? markup(JSON.parse(value)) : []
  if (typeof value !== 'object' || value === null) return []
  const own = z.object({ type: z.enum(['mrkdwn', 'plain_text']), text: z.string() }).safeParse(value)
  return own.success ? [own.data.text] : Object.values(value).flatMap(markup)
}

const subject = z.object({ alerts: z.array(z.object({ subject: z.object({ resource: z.object({ name: z.string() }) }) })) })

const tags = (html: string): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const [, name = ''] of html.matchAll(/<(\/?[a-zA-Z!][^\s>/]*)/g)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

it('nothing in a name, a tag or a dimension is active, whoever is told', { timeout: 120_000 }, async () => {
  const plain = await told(HOSTILE.map((_, index) => `web${index}`))
  const hostile = await told(HOSTILE)

  for (const shown of [...hostile.terminal, hostile.file, ...hostile.lines]) expect(shown.split('\n').filter((line) => ACTIVE.test(line))).toEqual([])
  for (const of of ['alerts', 'file'] as const) expect([of, hostile[of].split('\n').length]).toEqual([of, plain[of].split('\n').length])

  // What is JSON still says the names as they are.
  const said = hostile.lines[0]?.trimEnd().split('\n').map((line) => subject.parse(JSON.parse(line)).alerts.map(({ subject: { resource } }) => resource.name)).flat()
  expect(said?.toSorted()).toEqual(HOSTILE.toSorted())

  expect(hostile.slack.length).toBe(2 * HOSTILE.length)
  for (const { text: title, blocks, attachments } of hostile.slack) {
    const texts = [String(title), ...markup(blocks), ...markup(attachments)]
    expect(texts.length).toBeGreaterThan(5)
    for (const one of texts) expect(one).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
  }

  expect(hostile.mails.length).toBe(HOSTILE.length)
  const headers = [...(plain.mails[0]?.parsed.headers.keys() ?? [])].toSorted()
  for (const { parsed, envelope } of hostile.mails) {
    expect(envelope.to).toEqual(['ops@example.com'])
    expect([...parsed.headers.keys()].toSorted()).toEqual(headers)
    expect(tags(String(parsed.html))).toEqual(tags(String(plain.mails[0]?.parsed.html)))
    expect(String(parsed.html)).not.toMatch(/(href|src)="?javascript/i)
    expect(parsed.attachments.length).toBe(plain.mails[0]?.parsed.attachments.length)
  }

  expect(hostile.sns.length).toBe(HOSTILE.length)
  for (const call of hostile.sns) {
    expect([...call.keys()].toSorted()).toEqual([...(plain.sns[0]?.keys() ?? [])].toSorted())
    expect(call.get('Subject')).toMatch(/^[\x20-\x7e]{1,99}$/)
    for (const one of Object.values(z.record(z.string(), z.string()).parse(JSON.parse(call.get('Message') ?? '')))) expect(ACTIVE.exec(one)).toBeNull()
  }

  // JSON carries every name as it is.
  expect(hostile.hook.length).toBe(HOSTILE.length)
  for (const word of HOSTILE) expect(JSON.stringify(hostile.hook)).toContain(JSON.stringify(word).slice(1, -1))

  // A template that was read would have changed the text.
  for (const one of [...hostile.mails.map(({ parsed }) => String(parsed.text)), hostile.file, hostile.alerts].filter((shown) => shown.includes('constructor'))) expect(one).toContain('{{constructor.constructor "return 1"}}')
})
