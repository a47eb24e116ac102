import type { WebClient } from '@slack/web-api'
import { z } from 'zod'

/** A message in Slack. */
export interface Posted {
  readonly channel: string
  readonly ts: string
}

const EVENT_TYPE = 'tocsin'
const PAGE = 200
const MOST_PAGES = 5
/** Milliseconds by which this machine's clock may be ahead of Slack's. */
const CLOCK_SKEW = 600_000

const listing = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_type: z.string(), event_payload: z.object({ key: z.string() }) }).optional().catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
})

const channels = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string().optional() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
})

/** Marks a message with the key of its notification. Nobody sees it; any app of the workspace can read it. */
export const marked = (key: string) => ({ event_type: EVENT_TYPE, event_payload: { key } })

/**
 * The message that an earlier attempt at the same notification left in a channel or thread, its answer being lost.
 *
 * @param since when the notification was decided, milliseconds since the epoch: nothing older can be it.
 * @throws what the client throws, a missing `*:history` scope included.
 */
export async function findPosted(slack: WebClient, { channel, thread }: { readonly channel: string; readonly thread: string | undefined }, key: string, since: number): Promise<Posted | undefined> {
  const id = thread === undefined ? await channelId(slack, channel) : channel
  if (id === undefined) return undefined
  const wanted = { channel: id, include_all_metadata: true, oldest: ((since - CLOCK_SKEW) / 1_000).toFixed(6), limit: PAGE }
  return pages(async (cursor) => {
    const page = listing.parse(
      thread === undefined ? await slack.conversations.history({ ...wanted, ...cursor }) : await slack.conversations.replies({ ...wanted, ...cursor, ts: thread }),
    )
    const found = page.messages.find(({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload.key === key)
    return { found: found && { channel: id, ts: found.ts }, next: page.response_metadata?.next_cursor }
  })
}

/** History takes ids only. A name is looked for among the channels that the bot is in, which are few. */
async function channelId(slack: WebClient, channel: string): Promise<string | undefined> {
  if (/^[CGD][A-Z0-9]{7,}$/.test(channel)) return channel
  const name = channel.replace(/^#/, '')
  return pages(async (cursor) => {
    const page = channels.parse(await slack.users.conversations({ types: 'public_channel,private_channel', exclude_archived: true, limit: PAGE, ...cursor }))
    return { found: page.channels.find((known) => known.name === name)?.id, next: page.response_metadata?.next_cursor }
  })
}

async function pages<T>(read: (cursor: { cursor?: string }) => Promise<{ found: T | undefined; next: string | undefined }>): Promise<T | undefined> {
  let cursor: { cursor?: string } = {}
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, next } = await read(cursor)
    if (found !== undefined || !next) return found
    cursor = { cursor: next }
  }
  return undefined
}
