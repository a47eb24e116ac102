import { composeMessage, type Delivery, delivered, type Message, type Notification, type Notifier, type Secret, type SendContext } from '@tocsin/core'
import type { WebClient } from '@slack/web-api'
import { z } from 'zod'
import { connect } from './client.ts'
import { errorOf, failureOf, withoutSecrets } from './failure.ts'
import { type Layout, layoutMessage, layoutReply } from './layout.ts'
import { layoutReport } from './layout-report.ts'
import { isLoud, levelNow, newsLines } from './news.ts'
import type { BotOptions } from './options.ts'
import { findPosted, marked, type Posted } from './posted.ts'
import { formatReference, parseReference, type Thread } from './reference.ts'

/** What one attempt to post needs. */
interface Posting {
  readonly slack: WebClient
  readonly options: BotOptions & { readonly token: Secret }
  readonly context: SendContext
  /** When it was decided, milliseconds since the epoch: nothing older can be a copy of it. */
  readonly since: number
}

/** Everything one attempt to tell needs. */
interface Attempt extends Posting {
  readonly notification: Notification
  readonly message: Message
}

const whoami = z.object({ user: z.string(), team: z.string() })

const answered = z.object({ channel: z.string(), ts: z.string() })

/** The original is out of reach, so its thread is too: the news needs a message of its own. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'channel_not_found', 'not_in_channel', 'is_archived', 'is_inactive'])

/** The original may not be edited any more, but can still be replied to. */
const FROZEN: ReadonlySet<string> = new Set(['cant_update_message', 'edit_window_closed', 'streaming_state_conflict', 'block_mismatch'])

/** Posts through the Web API. The first notification of a group is a message; what follows edits it and replies in its thread. */
export function botNotifier(options: BotOptions & { readonly token: Secret }): Notifier {
  return {
    async send(notification, context) {
      const attempt: Attempt = { slack: connect(options, context.signal), options, since: notification.at, notification, message: composeMessage(notification), context }
      const thread = options.update ? continued(notification, context.previous) : undefined
      try {
        return (thread && (await followUp(attempt, thread))) ?? (await begin(attempt))
      } catch (error) {
        return withoutSecrets(failureOf(error, options.channel, context.clock.now()), [options.token])
      }
    },
    async sendReport({ short }, context) {
      // An earlier attempt at it may be a day old: then it is given up.
      const posting: Posting = { slack: connect(options, context.signal), options, since: context.clock.now() - DAY, context }
      try {
        await postOnce(posting, { channel: options.channel }, layoutReport(short))
        return delivered()
      } catch (error) {
        return withoutSecrets(failureOf(error, options.channel, context.clock.now()), [options.token])
      }
    },
    async probe({ signal, clock }) {
      try {
        // It needs no scope. Whether the bot may post to the channel only a message tells.
        const { user, team } = whoami.parse(await connect(options, signal).auth.test())
        return delivered(`${user} in team ${team}`)
      } catch (error) {
        return withoutSecrets(failureOf(error, options.channel, clock.now()), [options.token])
      }
    },
  }
}

const DAY = 86_400_000

/** The thread that this notification belongs to. An episode that begins, and a test, start a message of their own. */
function continued(notification: Notification, previous: string | undefined): Thread | undefined {
  const thread = parseReference(previous)
  const begins = notification.reason === 'first' || (notification.reason === 'test' && notification.level !== 'none')
  return begins || thread?.level === 'none' ? undefined : thread
}

async function begin(attempt: Attempt): Promise<Delivery> {
  const { options, notification, message } = attempt
  const mention = isLoud(notification, 'none') ? mentionOf(attempt) : undefined
  const posted = await postOnce(attempt, { channel: options.channel }, layoutMessage(message, mention))
  return delivered(posted && formatReference({ ...posted, level: levelNow(notification) }))
}

/** Edits the original, which notifies nobody, then says in its thread what is new. Gives nothing when the original is gone. */
async function followUp(attempt: Attempt, thread: Thread): Promise<Delivery | undefined> {
  const { slack, notification, message } = attempt
  const { channel, ts } = thread
  try {
    await slack.chat.update({ channel, ts, ...layoutMessage(message, undefined), parse: 'none' })
  } catch (error) {
    const said = errorOf(error) ?? ''
    if (GONE.has(said)) return undefined
    if (!FROZEN.has(said)) throw error
  }
  const loud = isLoud(notification, thread.level)
  const reply = layoutReply(message, newsLines(notification), loud ? mentionOf(attempt) : undefined)
  await postOnce(attempt, { channel, thread_ts: ts, reply_broadcast: loud && notification.level === 'critical' }, reply)
  return delivered(formatReference({ channel, ts, level: levelNow(notification) }))
}

function mentionOf({ notification, options }: Attempt): string | undefined {
  return notification.level === 'none' ? undefined : options.mention[notification.level]
}

type Place = { readonly channel: string } | { readonly channel: string; readonly thread_ts: string; readonly reply_broadcast: boolean }

/** Posts, unless an earlier attempt has posted the same already. */
async function postOnce(attempt: Posting, place: Place, layout: Layout): Promise<Posted | undefined> {
  const { slack, context } = attempt
  const known = context.attempt > 1 ? await leftBehind(attempt, place) : undefined
  if (known) return known
  const answer = await slack.chat.postMessage({ ...place, ...layout, metadata: marked(context.idempotencyKey), parse: 'none', unfurl_links: false, unfurl_media: false })
  return answered.safeParse(answer).data
}

/** A look-up that fails never holds an alert back: at worst it is told twice. */
async function leftBehind({ slack, context, since, options }: Posting, place: Place): Promise<Posted | undefined> {
  try {
    const thread = 'thread_ts' in place ? place.thread_ts : undefined
    return await findPosted(slack, { channel: place.channel, thread }, context.idempotencyKey, since)
  } catch (error) {
    const failure = withoutSecrets(failureOf(error, options.channel, context.clock.now()), [options.token])
    context.logger.warn({ reason: 'reason' in failure ? failure.reason : '' }, 'cannot look for a message that an earlier attempt may have posted; it may appear twice')
    return undefined
  }
}
