import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { type Answer, type Arguments, argumentsOf, isTrue, layoutOf, metadataOf, Refusal } from './slack-arguments.ts'

/** A message that the stand-in keeps, as Slack would store it. */
export interface SlackMessage {
  readonly channel: string
  readonly ts: string
  text: string
  blocks: readonly unknown[]
  attachments: readonly unknown[]
  metadata: unknown
  /** The message it replies to. */
  readonly thread_ts: string | undefined
  /** A reply that is shown in the channel too. */
  readonly broadcast: boolean
  edits: number
}

/** One call of a method of the Web API, or a post to the webhook. */
export interface SlackCall {
  readonly method: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/**
 * How a method fails. `error`: 200 with `ok: false`. `status`: that status and body. `reset`: the connection is cut before anything
 * happens. `lostAnswer`: it happens, then the connection is cut. `silence`: no answer at all.
 */
export type SlackFailure =
  | { readonly error: string; readonly more?: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'lostAnswer'
  | 'silence'

/** Slack on loopback: the few methods that a notifier needs, and one incoming webhook. Written from Slack's documentation. */
export interface SlackStandIn {
  /** For the client's `slackApiUrl`. */
  readonly apiUrl: string
  readonly webhookUrl: string
  readonly token: string
  /** Channel ids by name: the bot is in `ops`, not in `elsewhere`; `old` is archived. */
  readonly channels: { readonly ops: string; readonly elsewhere: string; readonly old: string }
  /** What the token may do; a test may take scopes away. */
  readonly scopes: Set<string>
  /** Oldest first, replies included. */
  readonly messages: readonly SlackMessage[]
  readonly calls: readonly SlackCall[]
  /** Makes a method (`chat.postMessage`, `webhook`) fail the next `times` times, for ever by default. Returns how to undo it. */
  fail(method: string, failure: SlackFailure, times?: number): () => void
  /** Somebody deletes a message. */
  remove(ts: string): void
  /** Forgets messages, calls and failures. */
  clear(): void
  stop(): Promise<void>
}

const TOKEN = 'xoxb-000000000000-not-a-real-token'
const WEBHOOK_PATH = '/services/T00000000/B00000000/NotARealWebhookSecret'
const CHANNELS = { ops: 'C0000000OPS', elsewhere: 'C00ELSEWHERE', old: 'C0000000OLD' } as const
const SCOPES = ['chat:write', 'channels:history', 'channels:read']
const NEEDED: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
  'users.conversations': 'channels:read',
}

/** Starts it on a free port. `now` sets the time stamps of messages, milliseconds since the epoch; default the machine's clock. */
export async function startSlackStandIn({ now = Date.now }: { readonly now?: () => number } = {}): Promise<SlackStandIn> {
  const messages: SlackMessage[] = []
  const calls: SlackCall[] = []
  const failures = new Map<string, { failure: SlackFailure; times: number }>()
  const scopes = new Set(SCOPES)
  let posted = 0

  const channelOf = (given: unknown, byName: boolean): string => {
    const found = Object.entries(CHANNELS).find(([name, id]) => given === id || (byName && String(given).replace('#', '') === name))
    if (!found) throw new Refusal('channel_not_found')
    return found[1]
  }

  const post = (channel: string, given: Arguments): SlackMessage => {
    const layout = layoutOf(given)
    posted += 1
    const message: SlackMessage = {
      channel,
      ts: `${Math.floor(now() / 1_000)}.${String(posted).padStart(6, '0')}`,
      text: layout.text ?? '',
      blocks: layout.blocks ?? [],
      attachments: layout.attachments ?? [],
      metadata: metadataOf(given['metadata']),
      thread_ts: typeof given['thread_ts'] === 'string' ? given['thread_ts'] : undefined,
      broadcast: given['thread_ts'] !== undefined && isTrue(given['reply_broadcast']),
      edits: 0,
    }
    messages.push(message)
    return message
  }

  const page = (found: readonly SlackMessage[], given: Arguments): Answer => {
    const first = Number(given['cursor'] ?? 0)
    const limit = Math.min(Number(given['limit'] ?? 100), 999)
    const recent = found.filter(({ ts }) => Number(ts) > Number(given['oldest'] ?? 0))
    const more = recent.length > first + limit
    const shown = recent.slice(first, first + limit).map(({ ts, text, blocks, attachments, metadata, thread_ts, broadcast }) => ({
      type: 'message',
      ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
      ts,
      text,
      blocks,
      attachments,
      ...(thread_ts === undefined ? {} : { thread_ts }),
      ...(metadata !== undefined && isTrue(given['include_all_metadata']) ? { metadata } : {}),
    }))
    return { ok: true, messages: shown, has_more: more, ...(more ? { response_metadata: { next_cursor: String(first + limit) } } : {}) }
  }

  const methods: Readonly<Record<string, (given: Arguments) => Answer>> = {
    'auth.test': () => ({ ok: true, url: 'https://example.slack.com/', team: 'Example', user: 'tocsin', team_id: 'T00000000', user_id: 'U00000000', bot_id: 'B00000000' }),
    'chat.postMessage': (given) => {
      const channel = channelOf(given['channel'], true)
      if (channel === CHANNELS.elsewhere) throw new Refusal('not_in_channel')
      if (channel === CHANNELS.old) throw new Refusal('is_archived')
      const { ts, text, blocks, attachments } = post(channel, given)
      return { ok: true, channel, ts, message: { type: 'message', ts, text, blocks, attachments } }
    },
    'chat.update': (given) => {
      const channel = channelOf(given['channel'], false)
      const message = messages.find((known) => known.channel === channel && known.ts === given['ts'])
      if (!message) throw new Refusal('message_not_found')
      const { text, blocks, attachments } = layoutOf(given)
      // A new text without blocks removes the old blocks; attachments and metadata stay unless they are given.
      message.blocks = blocks ?? (text === undefined ? message.blocks : [])
      message.text = text ?? message.text
      message.attachments = attachments ?? message.attachments
      message.metadata = metadataOf(given['metadata']) ?? message.metadata
      message.edits += 1
      return { ok: true, channel, ts: message.ts, text: message.text }
    },
    'conversations.history': (given) => {
      const channel = channelOf(given['channel'], false)
      if (channel === CHANNELS.elsewhere) throw new Refusal('not_in_channel')
      return page(messages.filter((known) => known.channel === channel && (known.thread_ts === undefined || known.broadcast)).toReversed(), given)
    },
    'conversations.replies': (given) => {
      const channel = channelOf(given['channel'], false)
      const thread = messages.filter((known) => known.channel === channel && (known.ts === given['ts'] || known.thread_ts === given['ts']))
      if (thread.length === 0) throw new Refusal('thread_not_found')
      return page(thread, given)
    },
    'users.conversations': () => ({ ok: true, channels: [{ id: CHANNELS.ops, name: 'ops' }], response_metadata: { next_cursor: '' } }),
  }

  const callMethod = (method: string, given: Arguments, authorization: string | undefined): Answer => {
    try {
      const token = authorization?.replace(/^Bearer /, '') ?? given['token']
      if (token === undefined) throw new Refusal('not_authed')
      if (token !== TOKEN) throw new Refusal('invalid_auth')
      const run = methods[method]
      if (!run) throw new Refusal('unknown_method', { req_method: method })
      const needed = NEEDED[method]
      if (needed !== undefined && !scopes.has(needed)) throw new Refusal('missing_scope', { needed, provided: [...scopes].join(',') })
      return run(given)
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }

  const postToWebhook = (given: Arguments): { status: number; body: string } => {
    try {
      post(CHANNELS.ops, given)
      return { status: 200, body: 'ok' }
    } catch (error) {
      if (error instanceof Refusal) return { status: 400, body: error.message }
      throw error
    }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? ''
    const method = path === WEBHOOK_PATH ? 'webhook' : path.replace('/api/', '')
    const given = argumentsOf(await readText(request), request.headers['content-type'] ?? '')
    calls.push({ method, arguments: given })
    const failure = takeFailure(failures, method)
    if (failure === 'silence') return
    if (failure === 'reset') return void request.socket.destroy()
    if (typeof failure === 'object' && 'status' in failure) return void response.writeHead(failure.status, failure.headers ?? {}).end(failure.body ?? '')
    if (typeof failure === 'object') return json(response, { ok: false, error: failure.error, ...failure.more })
    if (method !== 'webhook' && !path.startsWith('/api/')) return void response.writeHead(404).end('no_team')
    const done = method === 'webhook' ? postToWebhook(given) : callMethod(method, given, request.headers.authorization)
    if (failure === 'lostAnswer') return void request.socket.destroy()
    if (method === 'webhook' && 'status' in done) return void response.writeHead(Number(done.status)).end(String(done['body']))
    json(response, done)
  }

  const server = createServer((request, response) => void serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    apiUrl: `${origin}/api/`,
    webhookUrl: `${origin}${WEBHOOK_PATH}`,
    token: TOKEN,
    channels: CHANNELS,
    scopes,
    messages,
    calls,
    fail(method, failure, times = Infinity) {
      failures.set(method, { failure, times })
      return () => void failures.delete(method)
    },
    remove(ts) {
      const index = messages.findIndex((known) => known.ts === ts)
      if (index >= 0) messages.splice(index, 1)
    },
    clear() {
      messages.length = 0
      calls.length = 0
      failures.clear()
      for (const scope of SCOPES) scopes.add(scope)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function takeFailure(failures: Map<string, { failure: SlackFailure; times: number }>, method: string): SlackFailure | undefined {
  const next = failures.get(method)
  if (!next) return undefined
  next.times -= 1
  if (next.times <= 0) failures.delete(method)
  return next.failure
}

function json(response: ServerResponse, answer: Answer): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer))
}
