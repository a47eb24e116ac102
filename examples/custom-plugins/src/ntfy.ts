import { composeMessage, defineNotifier, deliveryOf, messageText, reasonOf, retryable, secret } from '@tocsin/core'
import { z } from 'zod'

/** Publishes to a topic of an ntfy server, such as ntfy.sh. */
export const ntfy = defineNotifier({
  name: 'ntfy',
  options: z.object({ topic: z.url(), token: secret().optional() }),
  create: ({ topic, token }) => ({
    async send(notification, { signal, clock }) {
      const message = composeMessage(notification)
      const headers = { Priority: message.level === 'critical' ? 'urgent' : 'default', ...(token && { Authorization: `Bearer ${token.reveal()}` }) }
      try {
        const answer = await fetch(topic, { method: 'POST', headers, body: messageText(message), signal })
        return deliveryOf(answer.status, await answer.text(), answer.headers, clock.now())
      } catch (error) {
        return retryable(reasonOf(error))
      }
    },
  }),
})

export default ntfy
