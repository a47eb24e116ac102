import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { notifierContract } from '@tocsin/core/testing'
import { afterAll } from 'vitest'
import { ntfy } from './ntfy.ts'

const received: string[] = []
let status = 200
const server = createServer((request, answer) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
    if (status === 200) received.push(Buffer.concat(parts).toString())
    answer.writeHead(status, status === 429 ? { 'retry-after': '7' } : {}).end('said the server')
  })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => void server.close())
const topic = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`
const answering = (code: number) => () => {
  status = code
  return () => (status = 200)
}

notifierContract('ntfy', {
  channel: () => ntfy({ topic, token: 'tk_canary' }),
  received: () => received,
  unreachable: () => ntfy({ topic: 'http://127.0.0.1:1/alerts', token: 'tk_canary' }),
  secrets: ['tk_canary'],
  answers: [
    { answer: '403', arrange: answering(403), outcome: 'permanent' },
    { answer: '429 with Retry-After 7', arrange: answering(429), outcome: 'retryable', retryAfter: 7_000 },
    { answer: '500', arrange: answering(500), outcome: 'retryable' },
  ],
})
