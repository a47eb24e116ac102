import type { Socket } from 'node:net'
import { silentLogger } from '@tocsin/core'
import { aNotification, sendContext } from '@tocsin/core/testing'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { email } from './index.ts'
import { type MailServer, startMailServer } from '@tocsin/dev-tools'
import { startRudeServer } from './testing/rude-server.ts'
import { reasonFor, sendOnce, using } from './testing/send.ts'

let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
afterEach(() => {
  server.mails.splice(0)
  server.connections = 0
})
afterAll(() => server.close())

const channel = (options: Partial<Parameters<typeof email>[0]> = {}, port = server.port) =>
  email({ to: ['a@example.com', 'b@example.com'], from: 'tocsin@example.com', url: `smtp://bell:sesame-42@127.0.0.1:${port}`, ...options })

it.each([
  ['auth', 535, 'login refused: 535 Authentication failed'],
  ['mail', 553, 'sender refused: 553 Authentication failed'],
  ['data', 554, 'message refused: 554 Authentication failed'],
  ['connect', 554, 'refused: 554 Authentication failed'],
] as const)('says in the words of the server what it refused at %s', async (stage, code, reason) => {
  const undo = server.refuse(stage, code, 'Authentication failed')
  expect(await sendOnce(channel())).toEqual({ outcome: 'permanent', reason })
  undo()
})

it('names a recipient that was refused, and counts the others', async () => {
  const undo = server.refuse('rcpt', 550, 'No such user')
  expect(reasonFor(await sendOnce(channel()))).toBe('a@example.com refused: 550 No such user (and 1 more recipients)')
  expect(reasonFor(await sendOnce(channel({ to: 'a@example.com' })))).toBe('a@example.com refused: 550 No such user')
  undo()
})

it('delivers to whom it can, and names the others in the log', async () => {
  const warnings: object[] = []
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) }
  const undo = server.refuse('rcpt', 450, 'Mailbox busy', 'b@example.com')
  const delivery = await sendOnce(channel(), aNotification(), { logger })
  undo()
  expect(delivery.outcome).toBe('delivered')
  expect(server.mails.map(({ envelope }) => envelope.to)).toEqual([['a@example.com']])
  expect(warnings).toEqual([{ refused: ['b@example.com refused: 450 Mailbox busy'] }])
})

it('tries again when it reached nobody, as long as one of them was only put off', async () => {
  const undo = [server.refuse('rcpt', 450, 'Mailbox busy', 'a@example.com'), server.refuse('rcpt', 550, 'No such user', 'b@example.com')]
  expect((await sendOnce(channel())).outcome).toBe('retryable')
  for (const each of undo) each()
})

it('fits a long answer of several lines into one short line', async () => {
  const rude = await startRudeServer(() => `554-Go away,\r\n${'554-go away,\r\n'.repeat(200)}554 please`)
  const delivery = await sendOnce(channel({}, rude.port))
  await rude.close()
  expect(delivery.outcome).toBe('permanent')
  expect(reasonFor(delivery)).toMatch(/^refused: 554-Go away, 554-go away, [^\r\n]*…$/)
  expect(reasonFor(delivery)).toHaveLength(300)
})

it.each([
  ['a greeting that does not come', () => undefined],
  ['a silence after the greeting', (line: string) => (line === '' ? '220 hello' : undefined)],
])('takes %s for retryable once its time-out is over', async (_what, answer) => {
  const rude = await startRudeServer(answer)
  const began = performance.now()
  const delivery = await sendOnce(channel({ timeout: '150ms' }, rude.port))
  await rude.close()
  expect(delivery.outcome).toBe('retryable')
  expect(performance.now() - began).toBeLessThan(2_000)
})

it('gives up in the middle of a silence when the attempt is aborted', async () => {
  const attempt = new AbortController()
  const rude = await startRudeServer((line) => {
    if (line === '') return '220 hello'
    attempt.abort()
    return undefined
  })
  const delivery = await sendOnce(channel({}, rude.port), aNotification(), { signal: attempt.signal })
  await rude.close()
  expect(delivery).toEqual({ outcome: 'retryable', reason: 'no answer in the time of this attempt' })
})

it.each([
  ['speaks another protocol', () => 'HTTP/1.1 400 Bad Request'],
  [
    'closes at once',
    (_line: string, socket: Socket) => {
      socket.end()
      return undefined
    },
  ],
])('is retryable when the other side %s', async (_what, answer) => {
  const rude = await startRudeServer(answer)
  const delivery = await sendOnce(channel({ timeout: '1s' }, rude.port))
  await rude.close()
  expect(delivery.outcome).toBe('retryable')
  expect(reasonFor(delivery)).not.toContain('sesame-42')
})

it.each([
  ['in the middle of the message', 'data', 0],
  ['before the answer to a message that came through', 'answer', 1],
] as const)('leaves it to core to send again when the connection breaks %s', async (_what, stage, came) => {
  server.dropAt(stage)
  expect((await sendOnce(channel())).outcome).toBe('retryable')
  expect(server.connections).toBe(1)
  expect(server.mails).toHaveLength(came)
})

it('sends all over one connection, and closes it at the end', async () => {
  await using(channel(), async (notifier) => {
    for (const idempotencyKey of ['a', 'b', 'c']) expect((await notifier.send(aNotification(), sendContext({ idempotencyKey }))).outcome).toBe('delivered')
    expect(server.open()).toBe(1)
  })
  expect(server.connections).toBe(1)
  expect(server.mails).toHaveLength(3)
  await expect.poll(() => server.open()).toBe(0)
})

it('goes on over a new connection when the old one turns out to be closed before anything was sent', async () => {
  await using(channel(), async (notifier) => {
    expect((await notifier.send(aNotification(), sendContext())).outcome).toBe('delivered')
    server.dropAt('mail')
    expect((await notifier.send(aNotification(), sendContext({ idempotencyKey: 'key-2' }))).outcome).toBe('delivered')
  })
  expect(server.connections).toBe(2)
  expect(server.mails).toHaveLength(2)
})

it('goes on after a mail that was refused', async () => {
  await using(channel(), async (notifier) => {
    const undo = server.refuse('rcpt', 550, 'No such user')
    expect((await notifier.send(aNotification(), sendContext())).outcome).toBe('permanent')
    undo()
    expect((await notifier.send(aNotification(), sendContext())).outcome).toBe('delivered')
  })
})

it('opens at most three connections', async () => {
  await using(channel(), async (notifier) => {
    const keys = Array.from({ length: 9 }, (_, index) => String(index))
    const deliveries = await Promise.all(keys.map((idempotencyKey) => notifier.send(aNotification(), sendContext({ idempotencyKey }))))
    expect(deliveries.every(({ outcome }) => outcome === 'delivered')).toBe(true)
  })
  expect(server.mails).toHaveLength(9)
  expect(server.connections).toBe(3)
})

it('waits for nothing when it is closed during a send', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const rude = await startRudeServer((line) => {
    if (line === '') return '220 hello'
    resolve()
    return undefined
  })
  const notifier = channel({}, rude.port).open()
  const sending = notifier.send(aNotification(), sendContext())
  await asked
  await notifier.close?.()
  expect((await sending).outcome).toBe('retryable')
  await rude.close()
})

it('logs in to the server without a mail, and says in its words what it refuses', async () => {
  const probed = async (options = {}, port = server.port) => {
    const notifier = channel(options, port).open()
    try {
      return await notifier.probe?.(sendContext())
    } finally {
      await notifier.close?.()
    }
  }
  expect(await probed()).toEqual({ outcome: 'delivered', reference: `127.0.0.1:${server.port}, which takes the login` })
  const undo = server.refuse('auth', 535, 'Authentication failed for sesame-42')
  expect(await probed()).toEqual({ outcome: 'permanent', reason: 'login refused: 535 Authentication failed for [secret]' })
  undo()
  expect(server.mails).toEqual([])
})
