import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { aNotification, FakeClock, sendContext } from '@tocsin/core/testing'
import { generate } from 'selfsigned'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Resolve } from './guard.ts'
import { webhookOptions } from './options.ts'
import { close, closedPort, listen, type Receiver, startReceiver } from './testing/receiver.ts'
import { USER_AGENT, webhook, webhookNotifier } from './webhook.ts'

const SIGNING = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OLD_SIGNING = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

let receiver: Receiver
let nowhere = 0

beforeAll(async () => {
  receiver = await startReceiver()
  nowhere = await closedPort()
})
afterAll(() => receiver.stop())
beforeEach(() => receiver.reset())

const send = (options: Parameters<typeof webhook>[0], over: Parameters<typeof sendContext>[0] = {}) => webhook(options).open().send(aNotification(), sendContext(over))
const url = (path = '/') => `http://127.0.0.1:${receiver.port}${path}`

describe('the request', () => {
  it('is JSON with its key and no trace of a signature where there is no secret', async () => {
    await send({ url: url() }, { idempotencyKey: 'main/ec2.cpu:1' })
    expect(receiver.got).toHaveLength(1)
    expect(receiver.got[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, 'idempotency-key': 'main%2Fec2%2Ecpu%3A1' } })
    expect(JSON.parse(receiver.got[0]?.body ?? '')).toMatchObject({ version: '4', tocsin: { idempotencyKey: 'main%2Fec2%2Ecpu%3A1' } })
    expect(receiver.got[0]?.headers).not.toHaveProperty('webhook-signature')
  })

  it('has the version of the package in its User-Agent', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))
    expect(USER_AGENT).toBe(`Tocsin/${version}`)
  })

  it('carries the headers, the method and the password of the options', async () => {
    await send({ url: `http://ops:pw@127.0.0.1:${receiver.port}`, method: 'PUT', headers: { 'X-Scope': 'prod', 'user-agent': 'Mine/1' } })
    expect(receiver.got[0]).toMatchObject({ method: 'PUT', headers: { 'x-scope': 'prod', 'user-agent': 'Mine/1', authorization: `Basic ${Buffer.from('ops:pw').toString('base64')}` } })
  })

  it('keeps its key over attempts, and the key differs between notifications', async () => {
    const notifier = webhook({ url: url(), secret: SIGNING }).open()
    for (const [idempotencyKey, attempt] of [['a', 1], ['a', 2], ['b', 1]] as const) await notifier.send(aNotification(), sendContext({ idempotencyKey, attempt }))
    expect(receiver.got.map(({ headers }) => [headers['idempotency-key'], headers['webhook-id']])).toEqual([['a', 'a'], ['a', 'a'], ['b', 'b']])
    expect(receiver.got[0]?.body).toBe(receiver.got[1]?.body)
  })

  it('is signed so that the reference implementation of Standard Webhooks accepts it, with the old secret and the new', async () => {
    await send({ url: url(), secret: [SIGNING, OLD_SIGNING] })
    const headers = z.object({ 'webhook-id': z.string(), 'webhook-timestamp': z.string(), 'webhook-signature': z.string() }).parse(receiver.got[0]?.headers)
    const body = receiver.got[0]?.body ?? ''
    for (const secret of [SIGNING, OLD_SIGNING]) expect(new Webhook(secret).verify(body, headers)).toMatchObject({ version: '4' })
    expect(() => new Webhook(SIGNING).verify(body, { ...headers, 'webhook-id': 'another' })).toThrow('No matching signature')
  })

  it('signs the time of the attempt, not that of the notification', async () => {
    const clock = new FakeClock('2026-02-01T00:00:00.900Z')
    await send({ url: url(), secret: SIGNING }, { clock })
    expect(receiver.got[0]?.headers['webhook-timestamp']).toBe(String(Date.parse('2026-02-01T00:00:00Z') / 1_000))
  })

  it('leaves no timer behind', async () => {
    const clock = new FakeClock()
    await send({ url: url() }, { clock })
    expect(clock.sleeping).toBe(0)
  })
})

describe('the outcome', () => {
  it('does not wait for the end of an endless answer', async () => {
    receiver.answer((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      response.writeHead(500)
      more()
    })
    // Time stands still: only the size can end it.
    expect(await send({ url: url() }, { clock: new FakeClock() })).toMatchObject({ outcome: 'retryable', reason: expect.stringMatching(/^500 x{200}$/) })
  })

  it('follows no redirect', async () => {
    receiver.answer((response) => response.writeHead(307, { Location: url('/elsewhere') }).end())
    expect(await send({ url: url() })).toEqual({ outcome: 'permanent', reason: '307 redirects are not followed: configure the URL it leads to' })
    expect(receiver.got).toHaveLength(1)
  })

  it('obeys a Retry-After that is a date', async () => {
    receiver.answer((response) => response.writeHead(503, { 'Retry-After': 'Mon, 05 Jan 2026 12:01:30 GMT' }).end())
    expect(await send({ url: url() }, { clock: new FakeClock('2026-01-05T12:00:00Z') })).toMatchObject({ outcome: 'retryable', retryAfter: 90_000 })
  })

  it('gives up at the time-out and not before', async () => {
    const clock = new FakeClock()
    const arrived = new Promise<void>((resolve) => receiver.answer(() => resolve()))
    let ended = false
    const sending = send({ url: url() }, { clock }).finally(() => (ended = true))
    await arrived
    await clock.advance(14_999)
    expect(ended).toBe(false)
    await clock.advance(1)
    expect(await sending).toEqual({ outcome: 'retryable', reason: 'no answer within 15s' })
  })

  it('says so when the runner stops it', async () => {
    const stop = new AbortController()
    receiver.answer(() => stop.abort())
    expect(await send({ url: url() }, { signal: stop.signal })).toEqual({ outcome: 'retryable', reason: 'stopped before the receiver answered' })
  })

  it('names the failure, never the host', async () => {
    const unknown: Resolve = (hostname, _options, done) => done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), [])
    const notifier = webhookNotifier(webhookOptions.parse({ url: 'https://token.hooks.example/' }), unknown)
    expect(await notifier.send(aNotification(), sendContext())).toEqual({ outcome: 'retryable', reason: 'could not reach the receiver: ENOTFOUND' })
    expect(await send({ url: `http://127.0.0.1:${nowhere}/` })).toEqual({ outcome: 'retryable', reason: 'could not reach the receiver: ECONNREFUSED' })
  })
})

describe('link-local and metadata addresses', () => {
  it.each(['http://169.254.169.254/', 'http://2852039166/', 'http://0xA9.0xFE.0xA9.0xFE/', 'http://[::ffff:169.254.169.254]/', 'http://[fe80::1]/', 'https://[fd00:ec2::254]/'])('are refused written as %s', async (address) => {
    expect(await send({ url: address })).toEqual({
      outcome: 'permanent',
      reason: 'refused to send: the receiver has a link-local or cloud metadata address; correct the URL, or set allowLinkLocal: true if the receiver is really there',
    })
  })

  const names = (...answers: string[][]): Resolve => (_hostname, _options, done) => done(null, (answers.length > 1 ? answers.shift() : answers[0])?.map((address) => ({ address, family: 4 })) ?? [])
  const options = (over: object = {}) => webhookOptions.parse({ url: `http://receiver.example:${receiver.port}/`, ...over })
  const sendTo = (resolve: Resolve, over: object = {}) => webhookNotifier(options(over), resolve).send(aNotification(), sendContext())

  it('are refused when a name leads there, at every connection anew', async () => {
    const rebound = webhookNotifier(options(), names(['127.0.0.1'], ['169.254.169.254']))
    expect(await rebound.send(aNotification(), sendContext())).toEqual({ outcome: 'delivered' })
    expect(await rebound.send(aNotification(), sendContext())).toMatchObject({ outcome: 'permanent' })
    expect(receiver.got).toHaveLength(1)
  })

  it('are passed over where the name leads elsewhere too', async () => {
    expect(await sendTo(names(['169.254.169.254', '127.0.0.1']))).toEqual({ outcome: 'delivered' })
  })

  it('are tried with allowLinkLocal, written out or named', async () => {
    // What a network says there is its own affair; what counts is that it is asked.
    const named = await sendTo(names(['169.254.7.7']), { allowLinkLocal: true, timeout: '50ms' })
    const written = await send({ url: 'http://169.254.7.7/', allowLinkLocal: true, timeout: '50ms' })
    expect(JSON.stringify([named, written])).not.toContain('refused to send')
  })
})

describe('over TLS', () => {
  const trusted = getCACertificates('default')
  afterAll(() => setDefaultCACertificates(trusted))

  it('delivers to a certificate it trusts and to no other', async () => {
    const altNames = [{ type: 2 as const, value: 'localhost' }]
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', extensions: [{ name: 'subjectAltName', altNames }] })
    const server = createServer({ key, cert }, receiver.listener)
    const at = await listen(server)
    try {
      expect(await send({ url: `https://localhost:${at}/` })).toMatchObject({ outcome: 'retryable', reason: expect.stringMatching(/CERT/) })
      expect(receiver.got).toHaveLength(0)
      setDefaultCACertificates([...trusted, cert])
      expect(await send({ url: `https://localhost:${at}/` })).toEqual({ outcome: 'delivered' })
      expect(await send({ url: `https://127.0.0.1:${at}/` })).toMatchObject({ outcome: 'retryable', reason: 'could not reach the receiver: ERR_TLS_CERT_ALTNAME_INVALID' })
    } finally {
      server.closeAllConnections()
      await close(server)
    }
  })
})
