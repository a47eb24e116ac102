import { composeMessage, type Delivery, delivered, deliveryOf, type Notifier, permanent, redact, Secret, type SendContext } from '@tocsin/core'
import { bounded } from './client.ts'
import { unreachable, withoutSecrets } from './failure.ts'
import { type Layout, layoutMessage } from './layout.ts'
import { layoutReport } from './layout-report.ts'
import { isLoud } from './news.ts'
import type { WebhookOptions } from './options.ts'

/** What the answers of an incoming webhook ask for: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const ADVICE: ReadonlyMap<string, string> = new Map(Object.entries({
  no_service: 'the webhook was revoked or its app removed: make a new one',
  no_active_hooks: 'the webhook was revoked: make a new one',
  no_team: 'the workspace is gone',
  invalid_token: 'the address is not complete: copy it again',
  channel_not_found: 'the channel is gone: make a webhook for another',
  channel_is_archived: 'unarchive the channel or make a webhook for another',
  action_prohibited: 'an admin restricts posting to the channel',
}))

/** Posts through an incoming webhook: one message for each notification. */
export function webhookNotifier({ webhookUrl, mention }: WebhookOptions & { readonly webhookUrl: Secret }): Notifier {
  const secrets = [webhookUrl, pathOf(webhookUrl)]
  const post = async (layout: Layout, { signal, clock }: SendContext): Promise<Delivery> => {
    try {
      const response = await fetch(webhookUrl.reveal(), {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ ...layout, unfurl_links: false, unfurl_media: false }),
        // Followed, a redirect would become a GET, and its answer would pass for a delivery.
        redirect: 'manual',
        signal: bounded(signal),
      })
      if (response.ok) {
        await response.body?.cancel()
        return delivered()
      }
      // Cleaned before it is cut: half a secret would pass.
      const said = redact(await response.text(), secrets).trim()
      return advised(deliveryOf(response.status, said, response.headers, clock.now()), said)
    } catch (error) {
      return withoutSecrets(unreachable(error), secrets)
    }
  }
  return {
    send(notification, context) {
      const who = isLoud(notification, 'none') && notification.level !== 'none' ? mention[notification.level] : undefined
      return post(layoutMessage(composeMessage(notification), who), context)
    },
    sendReport: ({ short }, context) => post(layoutReport(short), context),
  }
}

function advised(delivery: Delivery, said: string): Delivery {
  const advice = ADVICE.get(said)
  return delivery.outcome === 'permanent' && advice !== undefined ? permanent(`${delivery.reason}: ${advice}`) : delivery
}

/** The path alone gives access, and a proxy's error page may show it. */
function pathOf(webhookUrl: Secret): Secret {
  const { pathname, search } = new URL(webhookUrl.reveal())
  return new Secret(`${pathname}${search}`.slice(1))
}
