import { notifierContract } from '@tocsin/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { email } from './index.ts'
import { type MailServer, type Stage, startMailServer } from '@tocsin/dev-tools'

const USER = 'ops@example.com'
const PASSWORD = 'p@ss/w:rd 1'
const ECHO = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString('base64'), Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')]

let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
afterAll(() => server.close())

const url = (port: number): string => `smtp://${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`
/** Each refusal says all that a spiteful server knows. */
const refuse = (stage: Stage, code: number) => () => server.refuse(stage, code, `No. ${ECHO.join(' ')}`)

notifierContract('email', {
  channel: () => email({ to: ['ops@example.com'], url: url(server.port) }),
  received: () => server.mails.map(({ parsed }) => [parsed.from?.text, parsed.subject, parsed.text, parsed.html].join('\n')),
  answers: [
    { answer: '250 after DATA', arrange: () => () => {}, outcome: 'delivered' },
    { answer: '421 as greeting', arrange: refuse('connect', 421), outcome: 'retryable' },
    { answer: '554 as greeting', arrange: refuse('connect', 554), outcome: 'permanent' },
    { answer: '454 to AUTH', arrange: refuse('auth', 454), outcome: 'retryable' },
    { answer: '535 to AUTH', arrange: refuse('auth', 535), outcome: 'permanent' },
    { answer: '451 to MAIL FROM', arrange: refuse('mail', 451), outcome: 'retryable' },
    { answer: '503 to MAIL FROM', arrange: refuse('mail', 503), outcome: 'retryable' },
    { answer: '550 to MAIL FROM', arrange: refuse('mail', 550), outcome: 'permanent' },
    { answer: '450 to RCPT TO', arrange: refuse('rcpt', 450), outcome: 'retryable' },
    { answer: '550 to RCPT TO', arrange: refuse('rcpt', 550), outcome: 'permanent' },
    { answer: '452 after DATA', arrange: refuse('data', 452), outcome: 'retryable' },
    { answer: '554 after DATA', arrange: refuse('data', 554), outcome: 'permanent' },
  ],
  unreachable: async () => {
    const gone = await startMailServer()
    await gone.close()
    return email({ to: ['ops@example.com'], url: url(gone.port) })
  },
  secrets: ECHO,
})
