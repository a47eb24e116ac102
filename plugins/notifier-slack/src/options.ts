import { Secret, secret, type Severity } from '@tocsin/core'
import { z } from 'zod'

/** `'<!here>'`, `'<!channel>'`, or the id of a user group (`'S0123ABCD'`) or of a user (`'U0123ABCD'`). */
export type Mention = string | readonly string[]

/**
 * Where to post: `channel` through a bot, or `webhookUrl` through an incoming webhook, never both. Without either the webhook is
 * taken from the environment variable SLACK_WEBHOOK_URL.
 */
export interface SlackOptions {
  /** The channel's name (`'#ops'`) or, better, its id (`'C0123ABCD'`), which outlives a renaming. The bot must be a member. */
  readonly channel?: string | undefined
  /** The bot token (`xoxb-...`). Default: the environment variable SLACK_BOT_TOKEN; without it opening throws E109. */
  readonly token?: string | Secret | undefined
  /** The address of an incoming webhook, which is bound to one channel. It can neither edit nor reply: every notification is a message of its own. */
  readonly webhookUrl?: string | Secret | undefined
  /** Whom to call when a message of this level is posted: the first one, one that got worse, a reminder. Default: nobody. */
  readonly mention?: { readonly warning?: Mention | undefined; readonly critical?: Mention | undefined } | undefined
  /** Edit the first message of a group and reply in its thread. `false`: every notification is a message of its own. Default true. */
  readonly update?: boolean | undefined
  /** Where the Web API is. Default: the environment variable SLACK_API_URL, else `https://slack.com/api/`. */
  readonly apiUrl?: string | undefined
}

/** Markup that calls people, by level. */
type Mentions = Readonly<Partial<Record<Severity, string>>>

/** Posts as a bot. `token` is absent only when neither the option nor the environment has it. */
export interface BotOptions {
  readonly way: 'bot'
  readonly channel: string
  readonly token: Secret | undefined
  readonly apiUrl: string | undefined
  readonly update: boolean
  readonly mention: Mentions
}

/** Posts through an incoming webhook. `webhookUrl` is absent only when neither the option nor the environment has it. */
export interface WebhookOptions {
  readonly way: 'webhook'
  readonly webhookUrl: Secret | undefined
  readonly mention: Mentions
}

export const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

export const isBotToken = (text: string): boolean => /^[\w-]+$/.test(text)

const WHOM = 'write "<!here>", "<!channel>", the id of a user group ("S0123ABCD") or of a user ("U0123ABCD"), or a list of these'
const one = z
  .string()
  .regex(/^(<!(here|channel)>|[SUW][A-Z0-9]{6,})$/)
  .transform((who) => (who.startsWith('<') ? who : who.startsWith('S') ? `<!subteam^${who}>` : `<@${who}>`))
const mention = z.union([one, z.array(one).min(1).max(20).transform((all) => all.join(' '))], WHOM)

const shape = z.strictObject({
  channel: z.string().regex(/^#?[^\s#@<>&]{1,80}$/, 'write the channel as "#ops" or its id "C0123ABCD"').optional()
    .describe("The channel's name (`#ops`) or, better, its id (`C0123ABCD`), which outlives a renaming. The bot must be a member. Default: that of `webhookUrl`."),
  // A token that is read from a file ends in a line break, which no header can carry.
  token: secret()
    .transform((token) => new Secret(token.reveal().trim()))
    .refine((token) => isBotToken(token.reveal()), 'write the bot token that Slack gave: it starts with xoxb-')
    .optional()
    .describe('The bot token (`xoxb-...`). Default: the environment variable SLACK_BOT_TOKEN; without it opening throws E109.'),
  webhookUrl: secret().refine((url) => isWebAddress(url.reveal()), 'write the address that Slack gave: it starts with https://hooks.slack.com/').optional()
    .describe('The address of an incoming webhook, which is bound to one channel. It can neither edit nor reply: every notification is a message of its own. Default, without `channel`: the environment variable SLACK_WEBHOOK_URL.'),
  mention: z
    .strictObject({ warning: mention.optional().describe('Whom to call of AMBER. Default: nobody.'), critical: mention.optional().describe('Whom to call of RED. Default: nobody.') })
    .optional()
    .describe('Whom to call when a message of this level is posted: the first one, one that got worse, a reminder. `<!here>`, `<!channel>`, the id of a user group or of a user, or a list. Default: nobody.'),
  update: z.boolean().optional().describe('Edit the first message of a group and reply in its thread. `false`: every notification is a message of its own. Default true.'),
  apiUrl: z.string().refine(isWebAddress, 'write an http or https address').optional().describe('Where the Web API is. Default: the environment variable SLACK_API_URL, else `https://slack.com/api/`.'),
})

/** The environment is read here, so that a secret that comes from it is known as one from the start. */
export const slackOptions: z.ZodType<BotOptions | WebhookOptions, SlackOptions> = shape.transform((options, context): BotOptions | WebhookOptions => {
  const { channel, token, apiUrl, webhookUrl, update } = options
  const ofBot = { channel, token, apiUrl, update }
  if (webhookUrl !== undefined || channel === undefined) {
    const why = webhookUrl === undefined ? 'it needs a channel: add channel: "#ops"' : 'leave it out: a webhook has its own channel and cannot edit'
    for (const [name, value] of Object.entries(ofBot)) {
      if (value !== undefined) context.addIssue({ code: 'custom', path: [name], input: value, message: why })
    }
  }
  const mention: Mentions = {
    ...(options.mention?.warning === undefined ? {} : { warning: options.mention.warning }),
    ...(options.mention?.critical === undefined ? {} : { critical: options.mention.critical }),
  }
  if (channel === undefined) return { way: 'webhook', webhookUrl: webhookUrl ?? fromEnvironment('SLACK_WEBHOOK_URL'), mention }
  return { way: 'bot', channel, token: token ?? fromEnvironment('SLACK_BOT_TOKEN'), apiUrl: apiUrl ?? environment('SLACK_API_URL'), update: update ?? true, mention }
})

function fromEnvironment(name: string): Secret | undefined {
  const value = environment(name)
  return value === undefined ? undefined : new Secret(value)
}

function environment(name: string): string | undefined {
  const value = process.env[name]?.trim()
  return value === '' ? undefined : value
}
