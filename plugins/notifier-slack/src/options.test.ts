import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { slack } from './slack.ts'

const URL_OF_WEBHOOK = 'https://hooks.slack.com/services/T0/B0/very-secret'
const problems = (channel: ReturnType<typeof slack>): string[] => channel.problems.map(({ path, error }) => `${path.join('.')}: ${String(error)}`)

beforeEach(() => {
  vi.stubEnv('SLACK_BOT_TOKEN', '')
  vi.stubEnv('SLACK_WEBHOOK_URL', '')
})
afterEach(() => vi.unstubAllEnvs())

it('names the environment variable that is missing when it is opened, not before', () => {
  const bot = slack({ channel: '#ops' })
  expect(problems(bot)).toEqual([])
  expect(() => bot.open()).toThrow(expect.objectContaining({ code: 'E109', message: 'environment variable SLACK_BOT_TOKEN is not set' }))
  expect(() => slack().open()).toThrow(expect.objectContaining({ code: 'E109', message: 'environment variable SLACK_WEBHOOK_URL is not set' }))
})

it('says all that the environment lacks without being opened', () => {
  const said = (channel: ReturnType<typeof slack>): string[] => channel.check().map(({ code, message }) => `${code} ${message}`)
  expect(said(slack({ channel: '#ops' }))).toEqual(['E109 environment variable SLACK_BOT_TOKEN is not set'])
  expect(said(slack())).toEqual(['E109 environment variable SLACK_WEBHOOK_URL is not set'])
  vi.stubEnv('SLACK_BOT_TOKEN', 'very secret')
  vi.stubEnv('SLACK_API_URL', 'nowhere')
  vi.stubEnv('SLACK_WEBHOOK_URL', 'very-secret')
  expect(said(slack({ channel: '#ops' }))).toEqual(['E103 SLACK_BOT_TOKEN is not a token', 'E103 SLACK_API_URL is not a web address'])
  expect(() => slack({ channel: '#ops' }).open()).toThrow('SLACK_BOT_TOKEN is not a token')
  expect(said(slack())).toEqual(['E103 SLACK_WEBHOOK_URL is not a web address'])
  expect(said(slack({ channel: '#ops', token: 'xoxb-1', apiUrl: 'https://slack.example.com/api/' }))).toEqual([])
  expect(said(slack({ webhookUrl: URL_OF_WEBHOOK }))).toEqual([])
})

it('takes token and webhook from the environment, and knows them as secrets', () => {
  vi.stubEnv('SLACK_BOT_TOKEN', 'xoxb-from-environment\n')
  vi.stubEnv('SLACK_WEBHOOK_URL', URL_OF_WEBHOOK)
  for (const [channel, value] of [[slack({ channel: '#ops' }), 'xoxb-from-environment'], [slack(), URL_OF_WEBHOOK]] as const) {
    expect(channel.secrets.map((secret) => secret.reveal())).toEqual([value])
    channel.open()
    expect(inspect(channel, { depth: 9 }) + JSON.stringify(channel)).not.toContain(value)
  }
})

it('refuses an environment that holds no address, without showing it', () => {
  vi.stubEnv('SLACK_WEBHOOK_URL', 'very-secret')
  expect(() => slack().open()).toThrow(expect.objectContaining({ code: 'E103', message: 'SLACK_WEBHOOK_URL is not a web address' }))
})

it('cuts the line break that ends a token read from a file', () => {
  const [token] = slack({ channel: '#ops', token: 'xoxb-1-a\n' }).secrets
  expect(token?.reveal()).toBe('xoxb-1-a')
})

it.each<[what: string, options: object, problem: string]>([
  ['a channel beside a webhook', { channel: '#ops', webhookUrl: URL_OF_WEBHOOK }, 'channel: E103'],
  ['edits of a webhook', { webhookUrl: URL_OF_WEBHOOK, update: true }, 'update: E103'],
  ['a token without a channel', { token: 'xoxb-1' }, 'token: E103'],
  ['two channels', { channel: '#ops #dev' }, 'channel: E103'],
  ['a token that no header can carry', { channel: '#ops', token: 'xoxb-1\nx' }, 'token: E103'],
  ['a webhook that is no address', { webhookUrl: 'hooks.slack.com/very-secret' }, 'webhookUrl: E103'],
  ['an address of another kind', { channel: '#ops', apiUrl: 'file:///etc/passwd' }, 'apiUrl: E103'],
  ['a mention by name', { channel: '#ops', mention: { critical: '@here' } }, 'mention.critical: E103 "critical" cannot be "@here" · write "<!here>"'],
  ['a mention of a level that never fires', { channel: '#ops', mention: { none: '<!here>' } }, 'mention.none: E102'],
  ['an unknown key', { chanel: '#ops' }, 'chanel: E102'],
])('refuses %s', (_what, options, problem) => {
  const found = problems(slack(options))
  expect(found.some((text) => text.startsWith(problem)), found.join('\n')).toBe(true)
  expect(found.join('\n')).not.toContain('very-secret')
})
