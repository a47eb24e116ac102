import { randomBytes } from 'node:crypto'
import type { Notification } from '@tocsin/core'
import { aLetter, aNotification, aNotifiedAlert, aResolvedNotification, aResource, aSubject, FakeClock, sendContext } from '@tocsin/core/testing'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { MOST_HTML_BYTES } from './html-part.ts'
import { email } from './index.ts'
import { type CapturedMail, type MailServer, startMailServer } from '@tocsin/dev-tools'
import { referenceOf, sendOnce, using } from './testing/send.ts'

let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
afterEach(() => server.mails.splice(0))
afterAll(() => server.close())

const channel = (options: Partial<Parameters<typeof email>[0]> = {}) =>
  email({ to: 'Ops <ops@example.com>', from: 'Tocsin <tocsin@mail.example.com>', url: `smtp://127.0.0.1:${server.port}`, ...options })

/** The mail that the server got for a notification. */
async function mailOf(notification: Notification, over: Parameters<typeof sendOnce>[2] = {}): Promise<CapturedMail> {
  expect((await sendOnce(channel(), notification, over)).outcome).toBe('delivered')
  const mail = server.mails.at(-1)
  if (!mail) throw new Error('nothing came')
  return mail
}

const header = ({ parsed }: CapturedMail, name: string): string | undefined => parsed.headerLines.find(({ key }) => key === name)?.line.replace(/^[^:]+: /, '')
const named = (name: string): Notification => aNotification({ alerts: [aNotifiedAlert({ subject: aSubject({ resource: aResource({ name }) }) })] })
const many = (name: (index: number) => string, count = 500): Notification =>
  aNotification({ watched: count, alerts: Array.from({ length: count }, (_, index) => aNotifiedAlert({ subject: aSubject({ fingerprint: String(index), resource: aResource({ id: `i-${index}`, name: name(index) }) }) })) })

it('has the stable topic as subject, the level in the sender, and the first line of both parts says it all', async () => {
  const { parsed, envelope } = await mailOf(aNotification())
  expect(parsed.subject).toBe('web-3 cpu · prod us-west-2')
  expect(parsed.from?.text).toBe('"Tocsin RED" <tocsin@mail.example.com>')
  expect(envelope).toEqual({ from: 'tocsin@mail.example.com', to: ['ops@example.com'] })
  const title = 'RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2'
  expect(parsed.text?.split('\n')[0]).toBe(title)
  expect(parsed.html).toContain(`>${title.replace('>', '&gt;')}</td>`)
})

it('shows the same facts in both parts', async () => {
  const subject = aSubject({ annotations: { summary: 'The web servers are busy.', runbook: 'https://example.com/run?a=1&b=2' } })
  const { parsed } = await mailOf(aNotification({ alerts: [aNotifiedAlert({ subject, expected: [35, 50] })], alsoFiring: { lines: ['AMBER db-1 connections 88%'], count: 1 } }))
  for (const part of ['The web servers are busy.', '2026-01-05 12:00 UTC', '35% to 50%', 'team=web', 'AMBER db-1 connections 88%']) {
    expect(parsed.text).toContain(part)
    expect(parsed.html).toContain(part.replace('=', '&#x3D;'))
  }
  expect(parsed.text).toContain('Runbook: https://example.com/run?a=1&b=2')
  expect(parsed.html).toContain('href="https://example.com/run?a&#x3D;1&amp;b&#x3D;2"')
})

it('is both text/plain and text/html, the plain part first', async () => {
  const { raw } = await mailOf(aNotification())
  expect(raw).toMatch(/^Content-Type: multipart\/alternative/m)
  expect([...raw.matchAll(/^Content-Type: (text\/\w+)/gm)].map((match) => match[1])).toEqual(['text/plain', 'text/html'])
})

it('says that a machine wrote it, and how urgent it is', async () => {
  const red = await mailOf(aNotification())
  expect(header(red, 'auto-submitted')).toBe('auto-generated')
  expect(header(red, 'x-auto-response-suppress')).toBe('All')
  expect(header(red, 'x-tocsin-key')).toBe('key-1')
  expect(header(red, 'x-tocsin-level')).toBe('critical')
  expect(header(red, 'x-priority')).toBe('1 (Highest)')
  expect(header(red, 'importance')).toBe('High')
  const amber = await mailOf(aNotification({ level: 'warning', alerts: [aNotifiedAlert({ level: 'warning' })] }))
  expect(header(amber, 'importance')).toBeUndefined()
  expect(amber.parsed.from?.text).toContain('Tocsin AMBER')
})

it('carries the time of sending, from the clock', async () => {
  const { parsed } = await mailOf(aNotification(), { clock: new FakeClock('2026-01-05T13:37:00Z') })
  expect(parsed.date?.toISOString()).toBe('2026-01-05T13:37:00.000Z')
})

it('gives every attempt at one notification the same Message-ID, below the domain of the sender', async () => {
  const [first, again, other] = [await mailOf(aNotification()), await mailOf(aNotification(), { attempt: 2 }), await mailOf(aNotification(), { idempotencyKey: 'key-2' })]
  expect(first.parsed.messageId).toMatch(/^<[0-9a-f]{32}@tocsin\.mail\.example\.com>$/)
  expect(again.parsed.messageId).toBe(first.parsed.messageId)
  expect(other.parsed.messageId).not.toBe(first.parsed.messageId)
})

it('threads all mails of a group below the first and keeps its subject, even when the group grows', async () => {
  const first = referenceOf(await sendOnce(channel(), aNotification(), { idempotencyKey: 'a' }))
  const second = referenceOf(await sendOnce(channel(), { ...many((index) => `web-${index}`, 3), reason: 'new' }, { idempotencyKey: 'b', previous: first }))
  await sendOnce(channel(), aResolvedNotification(), { idempotencyKey: 'c', previous: second })
  const [root, grown, end] = server.mails.map(({ parsed }) => parsed)
  expect(root?.inReplyTo).toBeUndefined()
  for (const mail of [grown, end]) {
    expect(mail?.subject).toBe('web-3 cpu · prod us-west-2')
    expect(mail?.inReplyTo).toBe(root?.messageId)
    expect(mail?.references).toBe(root?.messageId)
  }
  expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(3)
  expect(end?.from?.text).toContain('Tocsin OK')
  expect(end?.text).toMatch(/^OK web-3 cpu 47% · was RED for 12m/)
})

it.each(['ts-1234', '{"root":1,"subject":"web-3"}', '{"root":"<a@example.com>"}'])('starts a conversation when the reference is not one of ours: %s', async (previous) => {
  const { parsed } = await mailOf(aNotification({ reason: 'repeat' }), { previous })
  expect([parsed.inReplyTo, parsed.subject]).toEqual([undefined, 'web-3 cpu · prod us-west-2'])
})

it('threads by the Message-ID that the provider put in place of ours', async () => {
  server.accept('2.0.0 OK <AB12@CD.namprd01.prod.outlook.com> [Hostname=CD.namprd01.prod.outlook.com]')
  const reference = referenceOf(await sendOnce(channel()))
  server.accept('OK queued')
  const { parsed } = await mailOf(aResolvedNotification(), { previous: reference })
  expect(parsed.inReplyTo).toBe('<AB12@CD.namprd01.prod.outlook.com>')
})

it('marks a test in the subject, the sender and the text', async () => {
  const { parsed } = await mailOf(aNotification({ reason: 'test' }))
  expect(parsed.subject).toBe('TEST web-3 cpu · prod us-west-2')
  expect(parsed.from?.text).toContain('Tocsin TEST')
  expect(parsed.text).toMatch(/^TEST RED web-3/)
})

it('tells many, copies others, and says where to answer', async () => {
  await sendOnce(channel({ to: ['a@example.com', 'B <b@example.com>'], cc: 'c@example.com, d@example.com', replyTo: 'Team <team@example.com>' }))
  const [mail] = server.mails
  expect(mail?.envelope.to).toEqual(['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'])
  expect(mail && header(mail, 'to')).toBe('a@example.com, B <b@example.com>')
  expect(mail && header(mail, 'cc')).toBe('c@example.com, d@example.com')
  expect(mail && header(mail, 'reply-to')).toBe('Team <team@example.com>')
})

it.each([
  ['a carriage return and line feed', 'web\r\nBcc: evil@example.com'],
  ['a bare line feed', 'web\nBcc: evil@example.com'],
  ['a bare carriage return', 'web\rBcc: evil@example.com'],
  ['an empty line and a body', 'web\r\n\r\n<script>alert(1)</script>'],
  ['Unicode line ends', 'web\u2028Bcc: evil@example.com\u0085Bcc: evil@example.com'],
  ['an encoded word', '=?utf-8?Q?web=0D=0ABcc:_evil=40example.com?='],
  ['a null', 'web\0\r\n.\r\nQUIT'],
])('lets no header and no recipient in by a name with %s', async (_what, name) => {
  const mail = await mailOf(named(name), { idempotencyKey: `key\r\nBcc: evil@example.com${name}` })
  const known = ['from', 'to', 'subject', 'date', 'message-id', 'x-priority', 'x-msmail-priority', 'importance', 'auto-submitted', 'x-auto-response-suppress', 'x-tocsin-key', 'x-tocsin-level', 'mime-version', 'content-type']
  expect(mail.parsed.headerLines.map(({ key }) => key).toSorted()).toEqual(known.toSorted())
  expect(mail.envelope.to).toEqual(['ops@example.com'])
  expect(mail.parsed.subject).not.toMatch(/[\r\n]/)
  expect(mail.parsed.text).toMatch(/^RED .*web/)
})

it('lets no header in by what core kept', async () => {
  const previous = JSON.stringify({ root: '<a@b>\r\nBcc: evil@example.com', subject: 'web\r\nBcc: evil@example.com' })
  const mail = await mailOf(aNotification({ reason: 'repeat' }), { previous })
  expect(mail.parsed.headers.has('bcc')).toBe(false)
  expect(mail.envelope.to).toEqual(['ops@example.com'])
})

it('shows markup in names as text', async () => {
  const { parsed } = await mailOf(named('<script>alert(1)</script> "a" &amp; <img src=x onerror=alert(1)>'))
  expect(parsed.html).not.toMatch(/<script|<img/)
  expect(parsed.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;a&quot; &amp;amp; &lt;img')
  expect(parsed.text).toContain('<script>alert(1)</script> "a" &amp;')
})

it.each(['javascript:alert(1)', 'data:text/html,x', 'see the wiki'])('never makes a link of the runbook %s', async (runbook) => {
  const { parsed } = await mailOf(aNotification({ alerts: [aNotifiedAlert({ subject: aSubject({ annotations: { runbook } }) })] }))
  expect(parsed.html).not.toContain('href')
  expect(parsed.text).toContain(`Runbook: ${runbook}`)
})

it('stays below its size with 500 alerts, and counts those left out', async () => {
  const { parsed } = await mailOf(many((index) => `web-${index}`))
  expect(Buffer.byteLength(String(parsed.html))).toBeLessThan(MOST_HTML_BYTES)
  expect(parsed.html).toContain('and 450 more')
  expect(parsed.text).toContain('and 450 more')
})

it.each([
  ['quotes, which escape to six bytes each', "'"],
  ['emoji, which are four bytes each', '🔥'],
  ['long words', 'x'],
])('stays below its size with 500 names of 20,000 %s', async (_what, letter) => {
  const { parsed, raw } = await mailOf(many((index) => `${index} ${letter.repeat(20_000)}`))
  expect(Buffer.byteLength(String(parsed.html))).toBeLessThan(MOST_HTML_BYTES)
  expect(parsed.html).toContain('</html>')
  expect(String(parsed.html).includes('\uFFFD')).toBe(false)
  expect(raw.length).toBeLessThan(400_000)
})

it('stays below its size with one alert whose every text is endless', async () => {
  const endless = `"${randomBytes(8).toString('hex')}"`.repeat(2_000)
  const subject = aSubject({
    monitor: endless,
    rule: endless,
    resource: aResource({ id: endless, name: endless, account: endless, tags: { [endless]: endless } }),
    annotations: { summary: endless, runbook: `https://example.com/${endless}` },
  })
  const alerts = [aNotifiedAlert({ subject, reason: endless })]
  const { parsed } = await mailOf(aNotification({ monitor: endless, receiver: endless, alerts, alsoFiring: { lines: [endless, endless], count: 2 } }))
  expect(Buffer.byteLength(String(parsed.html))).toBeLessThan(MOST_HTML_BYTES)
  expect(parsed.html).not.toContain('href')
})

it('sets a background and a text colour on every cell that holds text', async () => {
  const { parsed } = await mailOf({ ...many((index) => `web-${index}`, 3), alsoFiring: { lines: ['AMBER db-1'], count: 1 } })
  const cells = [...String(parsed.html).matchAll(/<t[dh][^>]*>(?=[^<\s])/g)].map(([tag]) => tag)
  expect(cells.length).toBeGreaterThan(5)
  for (const cell of cells) expect(cell).toMatch(/bgcolor="#[0-9a-f]{6}" style="background-color:#[0-9a-f]{6};color:#[0-9a-f]{6}/)
})

it('sends a report with its pictures inside, a way out of it, and the same Message-ID at every attempt', async () => {
  const send = (idempotencyKey: string) => using(channel({ unsubscribe: 'mailto:ops@example.com?subject=unsubscribe' }), (notifier) => notifier.sendReport?.(aLetter(), sendContext({ idempotencyKey })) ?? Promise.reject(new Error('no reports')))
  for (const key of ['week-34', 'week-34', 'week-35']) expect((await send(key)).outcome).toBe('delivered')
  const [mail, again, next] = server.mails
  if (mail === undefined) throw new Error('nothing came')
  const { parsed, raw } = mail
  expect(parsed.subject).toBe('Week 34: 2 red, 5 amber (down 3) · 14/14 watched')
  expect(parsed.text?.trim()).toBe(aLetter().text)
  expect(raw).toMatch(/^Content-Type: multipart\/related/m)
  expect(parsed.attachments.map(({ cid, contentType, contentDisposition }) => ({ cid, contentType, contentDisposition }))).toEqual([{ cid: 'chart-1@tocsin', contentType: 'image/png', contentDisposition: 'inline' }])
  expect(parsed.attachments[0]?.content).toEqual(Buffer.from(aLetter().images[0]?.content ?? []))
  expect(header(mail, 'list-unsubscribe')).toBe('<mailto:ops@example.com?subject=unsubscribe>')
  expect(header(mail, 'auto-submitted')).toBe('auto-generated')
  expect(parsed.messageId).toMatch(/^<[0-9a-f]{32}@tocsin\.mail\.example\.com>$/)
  expect(again?.parsed.messageId).toBe(parsed.messageId)
  expect(next?.parsed.messageId).not.toBe(parsed.messageId)
})
