import { type Delivery, type Logger, type Notification, type SendContext, silentLogger } from '@tocsin/core'
import { aNotification, aNotifiedAlert, aResolvedNotification, aResource, aSubject, sendContext } from '@tocsin/core/testing'
import { shownText, type SlackMessage, startSlackStandIn } from '@tocsin/dev-tools'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { slack } from './slack.ts'

const NOON = Date.parse('2026-01-05T12:00:00Z')
const workspace = await startSlackStandIn({ now: () => NOON + 90_000 })
beforeEach(() => workspace.clear())
afterAll(() => workspace.stop())

const { token, apiUrl } = workspace
const GROUP = 'S0123ABCD'
const open = (over: { channel?: string; update?: boolean } = {}) => slack({ channel: '#ops', token, apiUrl, mention: { critical: GROUP }, ...over }).open()
const send = (notification: Notification, context: Partial<SendContext> = {}, over = {}): Promise<Delivery> => open(over).send(notification, sendContext(context))
const referenceOf = (delivery: Delivery): string => {
  if (delivery.outcome !== 'delivered' || delivery.reference === undefined) throw new Error(`not delivered with a reference: ${JSON.stringify(delivery)}`)
  return delivery.reference
}
const at = (index: number, among: readonly SlackMessage[] = workspace.messages): SlackMessage => {
  const message = among[index]
  if (!message) throw new Error(`no message ${index}`)
  return message
}
const inChannel = () => workspace.messages.filter(({ thread_ts, broadcast }) => thread_ts === undefined || broadcast)
const replies = () => workspace.messages.filter(({ thread_ts }) => thread_ts !== undefined)
const called = (method: string) => workspace.calls.filter((call) => call.method === method).length

const host = (name: string, over: object = {}) => aNotifiedAlert({ subject: aSubject({ fingerprint: name, resource: aResource({ id: name, name }) }), ...over })
const amber = host('web-3', { level: 'warning', worstLevel: 'warning', value: 65, reason: '> 60%' })
const AMBER = aNotification({ level: 'warning', alerts: [amber] })
const ESCALATED = aNotification({ reason: 'new', alerts: [host('web-3', { change: 'changed' })] })
const REPEAT = aNotification({ reason: 'repeat', at: NOON + 7_200_000, alerts: [host('web-3', { change: 'unchanged' })] })

it('edits one message through a whole life, says each step in its thread, and starts anew with the next episode', async () => {
  const first = referenceOf(await send(AMBER, { idempotencyKey: 'k1' }))
  expect(first).toBe(`${workspace.channels.ops}:${at(0).ts}:warning`)
  expect(workspace.messages).toHaveLength(1)
  const original = at(0)
  expect(original.text).toContain('AMBER web-3 cpu 65%')

  const second = referenceOf(await send(ESCALATED, { idempotencyKey: 'k2', previous: first }))
  expect(second).toBe(`${workspace.channels.ops}:${original.ts}:critical`)
  expect(shownText(original)).toMatch(/^RED web-3 cpu 91%/)
  expect(replies().map(shownText)).toEqual([`RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2\n<!subteam^${GROUP}>`])
  expect(replies()[0]).toMatchObject({ thread_ts: original.ts, broadcast: true, attachments: [] })

  const third = referenceOf(await send(REPEAT, { idempotencyKey: 'k3', previous: second }))
  expect(third).toBe(second)
  expect(replies()[1]?.text).toContain('STILL RED 2h web-3')
  expect(replies()[1]?.broadcast).toBe(true)

  const fourth = referenceOf(await send(aResolvedNotification(), { idempotencyKey: 'k4', previous: third }))
  expect(fourth).toBe(`${workspace.channels.ops}:${original.ts}:none`)
  const ended = shownText(original)
  expect(ended).toMatch(/^OK web-3 cpu 47% · was RED for 12m/)
  for (const part of ['Lasted  12m', 'Peak  93%', '47% at the end']) expect(ended).toContain(part)
  expect(ended).not.toContain('subteam')
  expect(replies()[2]).toMatchObject({ broadcast: false, text: expect.stringContaining('OK web-3') })
  expect(original.edits).toBe(3)

  const next = referenceOf(await send(AMBER, { idempotencyKey: 'k5', previous: fourth }))
  expect(next).not.toBe(fourth)
  expect(inChannel().filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(2)
  expect(shownText(original)).toMatch(/^OK/)
})

it('names in the thread only what changed, and calls nobody for an alert that joins at the same level', async () => {
  const previous = referenceOf(await send(aNotification({ alerts: [host('web-3')] })))
  const joined = aNotification({ reason: 'new', alerts: [host('web-3', { change: 'unchanged' }), host('web-4'), host('web-5', { change: 'resolved', level: 'none', resolvedAt: NOON, recoveredValue: 40 })] })
  await send(joined, { idempotencyKey: 'k2', previous })
  const [, ...lines] = shownText(at(0, replies())).split('\n')
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['RED web-4', 'OK web-5'])
  expect(replies()[0]?.broadcast).toBe(false)
  expect(shownText(at(0))).toContain('web-4')
})

it('tells the end of an alert that goes on for others as the end', async () => {
  const previous = referenceOf(await send(ESCALATED))
  const rerouted = aNotification({ reason: 'rerouted', level: 'warning', alerts: [host('web-3', { change: 'resolved', level: 'warning', resolvedAt: NOON, resolveReason: 'rerouted', toldLevel: 'critical' })] })
  expect(referenceOf(await send(rerouted, { previous }))).toMatch(/:none$/)
})

it('starts a message of its own where the end of the last episode was never told', async () => {
  const previous = referenceOf(await send(AMBER))
  await send(AMBER, { idempotencyKey: 'k2', previous })
  expect(inChannel()).toHaveLength(2)
  expect(at(0).edits).toBe(0)
})

it('never reopens what has ended, whatever the reason says', async () => {
  const first = referenceOf(await send(AMBER))
  const previous = referenceOf(await send(aResolvedNotification(), { idempotencyKey: 'k2', previous: first }))
  await send({ ...ESCALATED, alerts: [host('web-3')] }, { idempotencyKey: 'k3', previous })
  expect(inChannel().map(({ text }) => text.split(' ')[0])).toEqual(['OK', 'RED'])
})

it('keeps a test apart from what fires, and ends it in place', async () => {
  const previous = referenceOf(await send(AMBER))
  const test = referenceOf(await send(aNotification({ reason: 'test' }), { idempotencyKey: 'k2', previous }))
  expect(shownText(at(1, inChannel()))).toMatch(/^TEST RED/)
  expect(JSON.stringify(workspace.messages)).not.toContain('subteam')
  await send(aResolvedNotification({ reason: 'test' }), { idempotencyKey: 'k3', previous: test })
  expect(shownText(at(1, inChannel()))).toMatch(/^TEST OK/)
})

it('posts a message each time when updates are off', async () => {
  const previous = referenceOf(await send(AMBER, {}, { update: false }))
  await send(aResolvedNotification(), { idempotencyKey: 'k2', previous }, { update: false })
  expect(inChannel().map(({ text }) => text.split(' ')[0])).toEqual(['AMBER', 'OK'])
  expect(called('chat.update')).toBe(0)
})

it.each(['message_not_found', 'channel_not_found', 'not_in_channel', 'is_archived', 'is_inactive'])('posts anew when the original is out of reach: %s', async (error) => {
  const previous = referenceOf(await send(AMBER))
  workspace.fail('chat.update', { error })
  const reference = referenceOf(await send(aResolvedNotification(), { idempotencyKey: 'k2', previous }))
  expect(reference).not.toContain(at(0).ts)
  expect(inChannel().map(({ text }) => text.split(' ')[0])).toEqual(['AMBER', 'OK'])
})

it('posts anew when somebody deleted the original', async () => {
  const previous = referenceOf(await send(AMBER))
  workspace.remove(at(0).ts)
  await send(REPEAT, { idempotencyKey: 'k2', previous })
  expect(workspace.messages).toHaveLength(1)
  expect(workspace.messages[0]).toMatchObject({ thread_ts: undefined, text: expect.stringContaining('STILL RED') })
})

it('still replies where the workspace allows no edit', async () => {
  const previous = referenceOf(await send(AMBER))
  workspace.fail('chat.update', { error: 'edit_window_closed' })
  expect(referenceOf(await send(aResolvedNotification(), { idempotencyKey: 'k2', previous }))).toMatch(/:none$/)
  expect(replies()).toHaveLength(1)
})

it('reports a failed edit and replies to nobody before it is made', async () => {
  const previous = referenceOf(await send(AMBER))
  workspace.fail('chat.update', { status: 429, headers: { 'retry-after': '3' } })
  expect(await send(aResolvedNotification(), { idempotencyKey: 'k2', previous })).toEqual({ outcome: 'retryable', reason: '429 ratelimited', retryAfter: 3_000 })
  expect(replies()).toEqual([])
})

it('does not post twice when the answer to the first message was lost', async () => {
  for (const channel of ['#ops', workspace.channels.ops]) {
    workspace.clear()
    workspace.fail('chat.postMessage', 'lostAnswer', 1)
    expect((await send(AMBER, { idempotencyKey: 'k1' }, { channel })).outcome).toBe('retryable')
    const reference = referenceOf(await send(AMBER, { idempotencyKey: 'k1', attempt: 2 }, { channel }))
    expect(workspace.messages).toHaveLength(1)
    expect(reference).toBe(`${workspace.channels.ops}:${at(0).ts}:warning`)
  }
})

it('does not reply twice when the answer to a reply was lost, however long the thread', async () => {
  const previous = referenceOf(await send(AMBER, { idempotencyKey: 'k1' }))
  workspace.fail('chat.postMessage', 'lostAnswer', 1)
  expect((await send(ESCALATED, { idempotencyKey: 'k2', previous })).outcome).toBe('retryable')
  referenceOf(await send(ESCALATED, { idempotencyKey: 'k2', previous, attempt: 2 }))
  expect(replies()).toHaveLength(1)
})

it('finds its message behind a page of others, and takes no other for it', async () => {
  workspace.fail('chat.postMessage', 'lostAnswer', 1)
  await send(AMBER, { idempotencyKey: 'k1' })
  for (let index = 0; index < 250; index++) await send(AMBER, { idempotencyKey: `other-${index}` })
  referenceOf(await send(AMBER, { idempotencyKey: 'k1', attempt: 2 }))
  expect(workspace.messages).toHaveLength(251)
  referenceOf(await send(AMBER, { idempotencyKey: 'k-new', attempt: 2 }))
  expect(workspace.messages).toHaveLength(252)
})

it('asks nothing of the history on a first attempt', async () => {
  await send(AMBER)
  expect(workspace.calls.map(({ method }) => method)).toEqual(['chat.postMessage'])
})

it.each([
  ['the scope to read history is missing', () => void workspace.scopes.delete('channels:history')],
  ['the scope to list channels is missing', () => void workspace.scopes.delete('channels:read')],
  ['history cannot be read', () => void workspace.fail('conversations.history', { status: 503 })],
  ['history answers something else', () => void workspace.fail('conversations.history', { status: 200, body: '{"ok":true,"messages":7}' })],
])('tells rather than not when %s', async (_what, arrange) => {
  arrange()
  const warnings: unknown[] = []
  const logger: Logger = { ...silentLogger, warn: (...said) => void warnings.push(said) }
  referenceOf(await send(AMBER, { attempt: 2, logger }))
  expect(workspace.messages).toHaveLength(1)
  expect(warnings).toHaveLength(1)
  expect(JSON.stringify(warnings)).not.toContain(token)
})

it('says what to do about a refusal', async () => {
  const reason = async (channel: string): Promise<string> => {
    const delivery = await send(AMBER, {}, { channel })
    return delivery.outcome === 'permanent' ? delivery.reason : delivery.outcome
  }
  expect(await reason('#elsewhere')).toBe('not_in_channel: invite the bot to #elsewhere')
  expect(await reason('#old')).toBe('is_archived: #old is archived: unarchive it or choose another')
  expect(await reason('#nowhere')).toBe('channel_not_found: there is no #nowhere, or it is private and the bot is not in it')
  workspace.scopes.delete('chat:write')
  expect(await reason('#ops')).toBe('missing_scope: add the scope chat:write and install the app again')
})

it('gives up when its time is up, in the middle of a call', async () => {
  workspace.fail('chat.postMessage', 'silence')
  const controller = new AbortController()
  const sending = send(AMBER, { signal: controller.signal })
  await expect.poll(() => called('chat.postMessage')).toBe(1)
  controller.abort()
  expect((await sending).outcome).toBe('retryable')
})

it('says as whom it posts without posting, and what is wrong with a token', async () => {
  expect(await open().probe?.(sendContext())).toEqual({ outcome: 'delivered', reference: 'tocsin in team Example' })
  expect(workspace.messages).toEqual([])
  const wrong = slack({ channel: '#ops', token: 'xoxb-wrong', apiUrl }).open()
  expect(await wrong.probe?.(sendContext())).toEqual({ outcome: 'permanent', reason: 'invalid_auth: the token is not valid: copy the bot token (xoxb-...) again' })
})
