import { defineNotifier, TocsinError } from '@tocsin/core'
import { botNotifier } from './bot.ts'
import { isWebAddress, slackOptions } from './options.ts'
import { webhookNotifier } from './webhook.ts'

/**
 * Tells a Slack channel: `slack({ channel: '#ops' })` as a bot, `slack({ webhookUrl })` through an incoming webhook.
 *
 * Opening it throws E109 when neither the options nor the environment hold the token or the webhook's address, E103 when
 * SLACK_WEBHOOK_URL is not an address.
 */
export const slack = defineNotifier({
  name: 'slack',
  options: slackOptions,
  // Slack lets an app post about one message a second to a channel: https://docs.slack.dev/apis/web-api/rate-limits
  limit: { perSecond: 1, concurrent: 5 },
  create: (options) => {
    if (options.way === 'bot') {
      const { token } = options
      if (token === undefined) throw missing('SLACK_BOT_TOKEN', 'set it to the bot token (xoxb-...) of your Slack app, or give slack({ token })')
      return botNotifier({ ...options, token })
    }
    const { webhookUrl } = options
    if (webhookUrl === undefined) throw missing('SLACK_WEBHOOK_URL', 'set it to the address of an incoming webhook, or give slack({ channel: "#ops" }) for a bot')
    if (!isWebAddress(webhookUrl.reveal())) {
      throw new TocsinError('E103', 'SLACK_WEBHOOK_URL is not a web address', { fix: 'set it to the address that Slack gave: it starts with https://hooks.slack.com/', permanent: true })
    }
    return webhookNotifier({ ...options, webhookUrl })
  },
})

function missing(variable: string, fix: string): TocsinError {
  return new TocsinError('E109', `environment variable ${variable} is not set`, { fix, permanent: true })
}
