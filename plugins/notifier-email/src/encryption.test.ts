import { rmSync } from 'node:fs'
import { Secret } from '@tocsin/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { email } from './index.ts'
import { emailOptions } from './options.ts'
import { parseSmtpUrl } from './smtp-server.ts'
import { selfSigned } from './testing/certificate.ts'
import { type MailServer, startMailServer } from '@tocsin/dev-tools'
import { reasonFor, sendOnce } from './testing/send.ts'
import { smtpTransport } from './transport.ts'

type Options = Omit<Parameters<typeof email>[0], 'to' | 'url'>

const [mine, others] = [selfSigned(), selfSigned('DNS:mail.example.com')]
let startTls: MailServer
let implicit: MailServer
let clear: MailServer
beforeAll(async () => {
  startTls = await startMailServer({ key: mine.key, cert: mine.cert })
  implicit = await startMailServer({ key: mine.key, cert: mine.cert, secure: true })
  clear = await startMailServer()
})
afterEach(() => {
  for (const server of [startTls, implicit, clear]) {
    server.mails.splice(0)
    server.logins.splice(0)
  }
})
afterAll(async () => {
  await Promise.all([startTls, implicit, clear].map((server) => server.close()))
  for (const { directory } of [mine, others]) rmSync(directory, { recursive: true })
})

const send = (server: MailServer, options: Options, { scheme = 'smtp', login = 'bell:sesame@' } = {}) =>
  sendOnce(email({ to: 'ops@example.com', from: 'tocsin@example.com', url: `${scheme}://${login}127.0.0.1:${server.port}`, ...options }))

it('logs in after STARTTLS, trusting the authority of the option', async () => {
  expect((await send(startTls, { tls: 'required', ca: mine.file })).outcome).toBe('delivered')
  expect(startTls.mails.map(({ secure, user }) => [secure, user])).toEqual([[true, 'bell']])
  expect(startTls.logins).toEqual(['bell:sesame'])
})

it('logs in over TLS from the start', async () => {
  expect((await send(implicit, { ca: mine.file }, { scheme: 'smtps' })).outcome).toBe('delivered')
  expect(implicit.mails.map(({ secure, user }) => [secure, user])).toEqual([[true, 'bell']])
})

it.each([
  ['nobody vouches for', () => ({ server: startTls, scheme: 'smtp', options: {} })],
  ['nobody vouches for, from the start', () => ({ server: implicit, scheme: 'smtps', options: {} })],
  ['another authority vouches for', () => ({ server: startTls, scheme: 'smtp', options: { ca: others.file } })],
])('gives neither mail nor password to a certificate that %s', async (_what, make) => {
  const { server, scheme, options } = make()
  const delivery = await send(server, { tls: 'required', ...options }, { scheme })
  expect(delivery.outcome).toBe('retryable')
  expect(reasonFor(delivery)).toMatch(/self-signed certificate/)
  expect([server.mails, server.logins]).toEqual([[], []])
})

it('gives neither mail nor password to a certificate of another host', async () => {
  const server = await startMailServer({ key: others.key, cert: others.cert })
  const delivery = await send(server, { tls: 'required', ca: others.file })
  expect(delivery.outcome).toBe('retryable')
  expect(reasonFor(delivery)).toContain("does not match certificate's altnames")
  expect([server.mails, server.logins]).toEqual([[], []])
  await server.close()
})

it('gives neither mail nor password to a server without TLS, when TLS is required', async () => {
  const delivery = await send(clear, { tls: 'required' })
  expect(delivery.outcome).toBe('permanent')
  expect(reasonFor(delivery)).toMatch(/^encryption refused: 50\d /)
  expect([clear.mails, clear.logins]).toEqual([[], []])
})

it('encrypts where it can without a login, whoever signed the certificate', async () => {
  expect((await send(startTls, { tls: 'opportunistic' }, { login: '' })).outcome).toBe('delivered')
  expect(startTls.mails[0]?.secure).toBe(true)
  expect((await send(clear, { tls: 'opportunistic' }, { login: '' })).outcome).toBe('delivered')
  expect(clear.mails[0]?.secure).toBe(false)
})

it('sends in clear to this machine, and where it was told to', async () => {
  expect((await send(clear, {})).outcome).toBe('delivered')
  expect(clear.mails.map(({ secure, user }) => [secure, user])).toEqual([[false, 'bell']])
  expect((await send(startTls, { tls: 'none' }, { login: '' })).outcome).toBe('delivered')
  expect(startTls.mails[0]?.secure).toBe(false)
})

describe('by default', () => {
  it.each([
    ['smtp://mail.example.com', { requireTLS: true, secure: false, port: 587 }],
    ['smtp://a:b@mail.example.com:25', { requireTLS: true, secure: false, port: 25 }],
    ['smtps://mail.example.com', { requireTLS: true, secure: true, port: 465 }],
    ['smtp://10.0.0.7', { requireTLS: true, secure: false }],
    ['smtp://127.0.0.1.example.com', { requireTLS: true, secure: false }],
    ['smtp://localhost.example.com', { requireTLS: true, secure: false }],
    ['smtp://localhost:25', { ignoreTLS: true, secure: false }],
    ['smtp://127.0.0.53:25', { ignoreTLS: true, secure: false }],
    ['smtp://[::1]:25', { ignoreTLS: true, secure: false, host: '::1' }],
    ['smtps://localhost', { requireTLS: true, secure: true }],
  ])('%s is reached with %o', (url, expected) => {
    const server = parseSmtpUrl(new Secret(url))
    if (!server) throw new Error('not an SMTP URL')
    expect(smtpTransport(server, emailOptions.parse({ to: 'ops@example.com' })).options).toMatchObject(expected)
  })
})

it.each([
  ['opportunistic TLS with a login', 'smtp://bell:sesame@127.0.0.1', 'opportunistic'],
  ['no TLS with smtps:', 'smtps://127.0.0.1', 'none'],
  ['opportunistic TLS with smtps:', 'smtps://127.0.0.1', 'opportunistic'],
] as const)('refuses %s before anything is sent', (_what, url, tls) => {
  expect(() => email({ to: 'ops@example.com', url, tls }).open()).toThrow(expect.objectContaining({ code: 'E103' }))
})
