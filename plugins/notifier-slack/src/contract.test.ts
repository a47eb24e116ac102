import { shownText, type SlackFailure, type SlackStandIn, startSlackStandIn } from '@tocsin/dev-tools'
import { type NotifierAnswer, notifierContract } from '@tocsin/core/testing'
import { afterAll, beforeEach } from 'vitest'
import { slack } from './slack.ts'

const workspace = await startSlackStandIn()
const nobody = await startSlackStandIn()
await nobody.stop()
beforeEach(() => workspace.clear())
afterAll(() => workspace.stop())

const received = (): string[] => workspace.messages.map(shownText)
const webhookPath = new URL(workspace.webhookUrl).pathname
const secrets = [workspace.token, workspace.webhookUrl, webhookPath, 'NotARealWebhookSecret']

const answer = (method: string, what: string, failure: SlackFailure, outcome: NotifierAnswer['outcome'], retryAfter?: number): NotifierAnswer => ({
  answer: what,
  arrange: () => workspace.fail(method, failure),
  outcome,
  ...(retryAfter === undefined ? {} : { retryAfter }),
})

const bot = ({ apiUrl, token }: SlackStandIn) => slack({ channel: '#ops', token, apiUrl })
const says = (error: string, outcome: NotifierAnswer['outcome']): NotifierAnswer => answer('chat.postMessage', `ok: false, ${error}`, { error }, outcome)
const page = '<html>Cannot POST Authorization: Bearer ' + workspace.token + '</html>'

notifierContract('slack as a bot', {
  channel: () => bot(workspace),
  received,
  unreachable: () => bot(nobody),
  secrets,
  answers: [
    { answer: 'ok: true', arrange: () => () => {}, outcome: 'delivered' },
    ...['channel_not_found', 'not_in_channel', 'is_archived', 'invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope', 'no_permission'].map((error) => says(error, 'permanent')),
    ...['restricted_action', 'msg_too_long', 'msg_blocks_too_long', 'invalid_blocks', 'too_many_attachments', 'invalid_arguments'].map((error) => says(error, 'permanent')),
    ...['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org', 'org_login_required'].map((error) => says(error, 'retryable')),
    says('an_error_of_tomorrow', 'retryable'),
    answer('chat.postMessage', 'a refusal that shows the token', { error: 'invalid_arguments', more: { response_metadata: { messages: [`[ERROR] ${'x'.repeat(190)} Bearer ${workspace.token}`] } } }, 'permanent'),
    answer('chat.postMessage', '429 with Retry-After 7', { status: 429, headers: { 'retry-after': '7' } }, 'retryable', 7_000),
    answer('chat.postMessage', '429 without Retry-After', { status: 429 }, 'retryable'),
    answer('chat.postMessage', '500', { status: 500, body: page }, 'retryable'),
    answer('chat.postMessage', '503 with Retry-After 30', { status: 503, headers: { 'retry-after': '30' } }, 'retryable', 30_000),
    answer('chat.postMessage', '403 of a proxy', { status: 403, body: page }, 'permanent'),
    answer('chat.postMessage', '204', { status: 204 }, 'retryable'),
    answer('chat.postMessage', 'a redirect', { status: 302, headers: { location: '/api/auth.test' } }, 'retryable'),
    answer('chat.postMessage', '200 with a page', { status: 200, body: page }, 'retryable'),
    answer('chat.postMessage', '200 with JSON that says nothing', { status: 200, body: '{}' }, 'retryable'),
    answer('chat.postMessage', '200 with null', { status: 200, body: 'null' }, 'retryable'),
    answer('chat.postMessage', 'a cut connection', 'reset', 'retryable'),
    answer('chat.postMessage', 'a lost answer', 'lostAnswer', 'retryable'),
  ],
})

const hook = ({ webhookUrl }: SlackStandIn) => slack({ webhookUrl })
const answers = (status: number, body: string, outcome: NotifierAnswer['outcome']): NotifierAnswer => answer('webhook', `${status} ${body}`, { status, body }, outcome)

notifierContract('slack through an incoming webhook', {
  channel: () => hook(workspace),
  received,
  unreachable: () => hook(nobody),
  secrets,
  answers: [
    answers(200, 'ok', 'delivered'),
    answers(400, 'invalid_payload', 'permanent'),
    answers(403, 'action_prohibited', 'permanent'),
    answers(404, 'no_service', 'permanent'),
    answers(404, 'channel_not_found', 'permanent'),
    answers(410, 'channel_is_archived', 'permanent'),
    answers(500, 'rollup_error', 'retryable'),
    answers(502, `Cannot POST ${webhookPath}`, 'retryable'),
    answers(404, `${'x'.repeat(190)}${webhookPath}`, 'permanent'),
    answer('webhook', '429 with Retry-After 7', { status: 429, headers: { 'retry-after': '7' } }, 'retryable', 7_000),
    answer('webhook', 'a redirect to what answers 200', { status: 302, headers: { location: '/api/auth.test' } }, 'permanent'),
    answer('webhook', 'a cut connection', 'reset', 'retryable'),
    answer('webhook', 'a lost answer', 'lostAnswer', 'retryable'),
  ],
})
