import type { ServerResponse } from 'node:http'
import type { Delivery } from '@tocsin/core'
import { aNotification, notifierContract, sendContext } from '@tocsin/core/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Answer, closedPort, type Receiver, startReceiver } from './testing/receiver.ts'
import { webhook } from './webhook.ts'

const TOKEN = 'T0KEN-in-the-path'
const QUERY = 'q-secret/with+signs'
const PASSWORD = 'pa:ss word'
const BEARER = 'header-secret-1234'
const SIGNING = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

let receiver: Receiver
let nowhere = 0
let timeout: '15s' | '50ms' = '15s'

beforeAll(async () => {
  receiver = await startReceiver()
  nowhere = await closedPort()
})
afterAll(() => receiver.stop())

const url = (port: number): string => `http://ops:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/hooks/${TOKEN}?key=${encodeURIComponent(QUERY)}`
const channel = (port: number) => webhook({ url: url(port), secret: SIGNING, headers: { 'X-Api-Key': BEARER }, timeout })

/** Repeats all that the request carried, as careless receivers do. */
const echo = (): string => `Cannot POST /hooks/${TOKEN}?key=${encodeURIComponent(QUERY)} (${QUERY}) for ops:${PASSWORD} with ${BEARER} ${SIGNING} ${url(receiver.port)}`
const says = (next: Answer) => () => receiver.answer(next)
const status = (code: number, headers: Record<string, string> = {}) => says((response) => response.writeHead(code, headers).end(echo()))
const row = (code: number, outcome: Delivery['outcome']) => ({ answer: String(code), arrange: status(code), outcome })
const raw = (text: string) => says((response: ServerResponse) => void response.socket?.end(text))

notifierContract('webhook', {
  channel: () => channel(receiver.port),
  received: () => receiver.got.map(({ body }) => body),
  unreachable: () => channel(nowhere),
  secrets: [TOKEN, QUERY, encodeURIComponent(QUERY), PASSWORD, encodeURIComponent(PASSWORD), BEARER, SIGNING],
  answers: [
    ...[200, 201, 202].map((code) => row(code, 'delivered')),
    { answer: '204', arrange: says((response) => response.writeHead(204).end()), outcome: 'delivered' },
    { answer: '301', arrange: status(301, { Location: 'http://127.0.0.1:1/' }), outcome: 'permanent' },
    { answer: '307', arrange: status(307, { Location: 'http://127.0.0.1:1/' }), outcome: 'permanent' },
    ...[400, 401, 403, 404, 405, 410, 413, 422].map((code) => row(code, 'permanent')),
    ...[408, 425, 500, 502, 504].map((code) => row(code, 'retryable')),
    { answer: '429 with Retry-After 7', arrange: status(429, { 'Retry-After': '7' }), outcome: 'retryable', retryAfter: 7_000 },
    { answer: '429 with a date long past', arrange: status(429, { 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT' }), outcome: 'retryable', retryAfter: 0 },
    { answer: '503 with Retry-After 120', arrange: status(503, { 'Retry-After': '120' }), outcome: 'retryable', retryAfter: 120_000 },
    { answer: 'a cut connection', arrange: says((response) => response.destroy()), outcome: 'retryable' },
    { answer: 'something that is not HTTP', arrange: raw('220 mail.example.com ESMTP\r\n'), outcome: 'retryable' },
    { answer: '101', arrange: raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'), outcome: 'retryable' },
    {
      answer: 'nothing in time',
      arrange: () => {
        timeout = '50ms'
        const undo = receiver.answer(() => {})
        return () => {
          timeout = '15s'
          undo()
        }
      },
      outcome: 'retryable',
    },
    {
      answer: '200 and a body that breaks off',
      arrange: says((response) => void response.writeHead(200, { 'Content-Length': 100 }).write('half', () => response.destroy())),
      outcome: 'delivered',
    },
  ],
})

it('says what the receiver said, in one line, cut, without what is secret', async () => {
  receiver.answer((response) => response.writeHead(404).end(`${echo()}\n\u001B[31m${'x'.repeat(50_000)}`))
  const delivery = await channel(receiver.port).open().send(aNotification(), sendContext())
  const { reason } = z.object({ outcome: z.literal('permanent'), reason: z.string().max(210) }).parse(delivery)
  expect(reason).toMatch(/^404 Cannot POST \[secret\] \(\[secret\]\) for \[secret\] with \[secret\] \[secret\] \[secret\] x{50,}$/)
  expect(reason).not.toMatch(/\p{Cc}/u)
})
