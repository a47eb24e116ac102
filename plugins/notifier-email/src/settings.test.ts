import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@tocsin/core'
import { aNotification, aNotifiedAlert, aResource, aSubject } from '@tocsin/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { email } from './index.ts'
import { type MailServer, startMailServer } from '@tocsin/dev-tools'
import { sendOnce } from './testing/send.ts'

const directory = mkdtempSync(join(tmpdir(), 'tocsin-mail-'))
let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
beforeEach(() => {
  vi.stubEnv('SMTP_URL', undefined)
  vi.stubEnv('SMTP_FROM', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  server.mails.splice(0)
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await server.close()
})

const to = 'ops@example.com'
const problems = (options: object): string[] => email({ to, url: 'smtp://127.0.0.1', ...options }).problems.map(({ path, error }) => `${path.join('.')}: ${error}`)
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

describe('the server', () => {
  it('comes from SMTP_URL, which core learns to keep secret', async () => {
    const url = `smtp://bell:sesame@127.0.0.1:${server.port}`
    vi.stubEnv('SMTP_URL', url)
    const channel = email({ to: ['ops@example.com'] })
    expect(channel.secrets.map((secret) => secret.reveal())).toEqual([url])
    expect((await sendOnce(channel)).outcome).toBe('delivered')
    expect(server.mails[0]?.user).toBe('bell')
  })

  it.each([undefined, ''])('is named when it is missing (SMTP_URL is %j)', (value) => {
    vi.stubEnv('SMTP_URL', value)
    expect(() => email({ to }).open()).toThrow(expect.objectContaining({ code: 'E109', message: 'SMTP_URL is not set' }))
  })

  it.each([
    ['another scheme', 'https://bell:sesame@mail.example.com'],
    ['no scheme', 'bell:sesame@mail.example.com'],
    ['a password that is not encoded', 'smtp://bell:ses/ame@mail.example.com'],
    ['a broken encoding', 'smtp://bell:ses%ame@mail.example.com'],
    ['a name without a password', 'smtp://bell@mail.example.com'],
    ['a password without a name', 'smtp://:sesame@mail.example.com'],
    ['settings in the query', 'smtp://bell:sesame@mail.example.com?tls.rejectUnauthorized=false'],
    ['a path', 'smtp://bell:sesame@mail.example.com/inbox'],
    ['no host', 'smtp://'],
  ])('cannot be %s, and the error does not show it', (_what, url) => {
    const [problem] = problems({ url })
    expect(problem).toMatch(/^url: E103 .*write it as smtp:\/\/user:password@host:587/)
    expect(problem).not.toMatch(/sesame|ses.ame/)
    vi.stubEnv('SMTP_URL', url)
    expect(() => email({ to }).open()).toThrow(expect.objectContaining({ code: 'E103', message: 'SMTP_URL is not an SMTP URL' }))
  })

  it('takes a password with every special character, percent-encoded', async () => {
    const password = '@:/?#[]% +ü'
    await sendOnce(email({ to, url: `smtp://bell:${encodeURIComponent(password)}@127.0.0.1:${server.port}` }))
    expect(server.logins.at(-1)).toBe(`bell:${password}`)
  })
})

describe('the sender', () => {
  const from = async (options: object, login = ''): Promise<string | undefined> => {
    await sendOnce(email({ to, url: `smtp://${login}127.0.0.1:${server.port}`, ...options }))
    return server.mails.at(-1)?.parsed.from?.text
  }

  it('is the option, else SMTP_FROM, else the login, else this host', async () => {
    const login = 'bell%40example.com:sesame@'
    expect(await from({}, '')).toBe(`"Tocsin RED" <tocsin@${hostname().toLowerCase()}>`)
    expect(await from({}, 'bell:sesame@')).toContain('<tocsin@')
    expect(await from({}, login)).toBe('"Tocsin RED" <bell@example.com>')
    vi.stubEnv('SMTP_FROM', 'Night Watch <watch@example.com>')
    expect(await from({}, login)).toBe('"Night Watch RED" <watch@example.com>')
    expect(await from({ from: 'me@example.com' }, login)).toBe('"Tocsin RED" <me@example.com>')
  })

  it('cannot be something else than one address', () => {
    vi.stubEnv('SMTP_FROM', 'nobody')
    expect(() => email({ to, url: 'smtp://127.0.0.1' }).open()).toThrow(expect.objectContaining({ code: 'E103', message: 'SMTP_FROM is not an address' }))
    expect(problems({ from: 'a@example.com, b@example.com' })).toEqual([expect.stringMatching(/^from: E103 /)])
  })
})

describe('the options', () => {
  it('need a recipient', () => {
    // @ts-expect-error nobody is told
    expect(email({ url: 'smtp://127.0.0.1' }).problems.map(String)).toHaveLength(1)
    expect(problems({ to: [] })).toEqual([expect.stringContaining('to: E103 "to" cannot be a list')])
  })

  it.each([
    ['to', 'nobody', 'to: E103 "to" cannot be "nobody"'],
    ['to', ['a@example.com', 'b@'], 'to.1: E103 "1" cannot be "b@"'],
    ['cc', 'a@example.com, b', 'cc: E103'],
    ['replyTo', 'a@b@c', 'replyTo: E103'],
    ['timeout', '30', 'timeout: E104'],
    ['tls', 'maybe', 'tls: E103'],
    ['too', to, 'too: E102 unknown key "too"'],
  ])('say what is wrong with %s: %j', (key, value, problem) => {
    expect(problems({ [key]: value })).toEqual([expect.stringContaining(problem)])
  })

  it('name a certificate file that cannot be read, or is none', () => {
    const open = (ca: string) => () => email({ to, url: 'smtps://127.0.0.1', ca }).open()
    expect(open(join(directory, 'none.pem'))).toThrow(expect.objectContaining({ code: 'E110', where: join(directory, 'none.pem') }))
    const path = file('wrong.pem', 'hello')
    expect(open(path)).toThrow(expect.objectContaining({ code: 'E111', where: path }))
  })
})

describe('what would keep it from working here', () => {
  const said = (options: object): string[] => email({ to, ...options }).check().map(({ code, message }) => `${code} ${message}`)

  it('is said all at once, without opening it', () => {
    vi.stubEnv('SMTP_FROM', 'nobody')
    expect(said({ template: join(directory, 'none.hbs') })).toEqual(['E109 SMTP_URL is not set', 'E103 SMTP_FROM is not an address', expect.stringMatching(/^E110 ENOENT/)])
  })

  it.each([
    ['SMTP_URL that is none', 'nonsense', {}, 'E103 SMTP_URL is not an SMTP URL'],
    ['TLS that the server contradicts', 'smtps://mail.example.com', { tls: 'none' }, 'E103 tls "none" contradicts smtps:'],
    ['a login that could be overheard', 'smtp://bell:sesame@mail.example.com', { tls: 'opportunistic' }, 'E103 tls "opportunistic" would give the password'],
    ['authorities that cannot be read', 'smtps://mail.example.com', { ca: join(directory, 'none.pem') }, 'E110 ENOENT'],
  ])('is %s', (_what, url, options, problem) => {
    vi.stubEnv('SMTP_URL', url)
    expect(said(options)).toEqual([expect.stringContaining(problem)])
  })

  it('is nothing when all is there', () => {
    vi.stubEnv('SMTP_URL', 'smtps://bell:sesame@mail.example.com')
    expect(said({})).toEqual([])
  })
})

describe('a template of the user', () => {
  const channel = (template: string) => email({ to, url: `smtp://127.0.0.1:${server.port}`, template })

  it('replaces the HTML and leaves the text', async () => {
    const subject = aSubject({ resource: aResource({ name: '<b>web-3</b>' }) })
    const template = file('mine.hbs', '<p>{{word}}: {{title}}</p>{{#each facts}}<i>{{name}}</i>{{/each}}{{#unless rest}}.{{/unless}}')
    await sendOnce(channel(template), aNotification({ alerts: [aNotifiedAlert({ subject })] }))
    expect(server.mails[0]?.parsed.html).toMatch(/^<p>RED: RED &lt;b&gt;web-3&lt;\/b&gt; cpu 91% .*<i>Since<\/i>.*\.$/)
    expect(server.mails[0]?.parsed.text).toMatch(/^RED <b>web-3<\/b> cpu 91%/)
  })

  it.each([
    ['an open tag', 'a\n\n{{title', ':3', 'got'],
    ['a wrong end', 'a\n{{#if title}}\n{{/each}}', ':2', "if doesn't match each"],
    ['a name that is misspelt', 'a\n\n\n{{titel}}', ':4', '"titel" not defined'],
    ['a misspelt name where there is no runbook', '{{#if runbook}}a{{else}}\n{{nope}}{{/if}}', ':2', '"nope" not defined'],
    ['a misspelt name in a list', '{{#each facts}}\n{{label}}{{/each}}', ':2', '"label" not defined'],
    ['a partial that does not exist', '{{> header}}', '', 'partial header could not be found'],
  ])('with %s is refused when it is opened, with file and line', (_what, text, line, said) => {
    const template = file('bad.hbs', text)
    expect(() => channel(template).open()).toThrow(expect.objectContaining({ code: 'E111', where: `${template}${line}`, message: expect.stringContaining(said) }))
  })

  it('that cannot be read is named', () => {
    expect(() => channel(join(directory, 'none.hbs')).open()).toThrow(expect.objectContaining({ code: 'E110', where: join(directory, 'none.hbs') }))
  })

  it('that fails on a real alert gives way to the built-in layout', async () => {
    const warnings: string[] = []
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) }
    // The samples have one fact at most, an alert has more.
    const template = file('fails.hbs', '{{#with (lookup facts 1)}}{{nope}}{{/with}}')
    expect((await sendOnce(channel(template), aNotification(), { logger })).outcome).toBe('delivered')
    expect(server.mails[0]?.parsed.html).toContain('<!doctype html>')
    expect(warnings).toEqual(['the mail template failed; the built-in layout was used'])
  })
})
