import { defineNotifier, type Secret, thrownBy, TocsinError } from '@tocsin/core'
import { botNotifier } from './bot.ts'
import { type BotOptions, isBotToken, isWebAddress, slackOptions, type WebhookOptions } from './options.ts'
import { webhookNotifier } from './webhook.ts'

/**
 * Tells a Slack channel: `slack({ channel: '#ops' })` as a bot, `slack({ webhookUrl })` through an incoming webhook.
 *
 * `tocsin check` tells, and opening it throws, E109 when neither the options nor the environment hold the token or the webhook's
 * address, E103 when what the environment holds is none.
 */
export const slack = defineNotifier({
  name: 'slack',
  options: slackOptions,
  // Slack lets an app post about one message a second to a channel: https://docs.slack.dev/apis/web-api/rate-limits
  limit: { perSecond: 1, concurrent: 5 },
  reports: true,
  check: (options) => (options.way === 'bot' ? thrownBy(() => tokenOf(options), () => apiUrlOf(options)) : thrownBy(() => webhookUrlOf(options))),
  create: (options) =>
    options.way === 'bot'
      ? botNotifier({ ...options, token: tokenOf(options), apiUrl: apiUrlOf(options) })
      : webhookNotifier({ ...options, webhookUrl: webhookUrlOf(options) }),
})

function tokenOf({ token }: BotOptions): Secret {
  if (token === undefined) throw missing('SLACK_BOT_TOKEN', 'set it to the bot token (xoxb-...) of your Slack app, or give slack({ token })')
  if (!isBotToken(token.reveal())) throw malformed('SLACK_BOT_TOKEN is not a token', 'set it to the bot token that Slack gave: it starts with xoxb-')
  return token
}

function apiUrlOf({ apiUrl }: BotOptions): string | undefined {
  if (apiUrl !== undefined && !isWebAddress(apiUrl)) throw malformed('SLACK_API_URL is not a web address', 'set it to an http or https address, or leave it unset')
  return apiUrl
}

function webhookUrlOf({ webhookUrl }: WebhookOptions): Secret {
  if (webhookUrl === undefined) throw missing('SLACK_WEBHOOK_URL', 'set it to the address of an incoming webhook, or give slack({ channel: "#ops" }) for a bot')
  if (!isWebAddress(webhookUrl.reveal())) throw malformed('SLACK_WEBHOOK_URL is not a web address', 'set it to the address that Slack gave: it starts with https://hooks.slack.com/')
  return webhookUrl
}

const missing = (variable: string, fix: string): TocsinError => new TocsinError('E109', `environment variable ${variable} is not set`, { fix, permanent: true })

const malformed = (what: string, fix: string): TocsinError => new TocsinError('E103', what, { fix, permanent: true })
