import { composeMessage } from '../message/compose.ts'
import { shortLetterText } from '../message/short-letter-text.ts'
import { messageText } from '../message/text.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered, retryable } from '../plugin/delivery.ts'

/** Shows notifications at the terminal that runs the monitor. */
export const consoleNotifier = defineNotifier({
  name: 'console',
  reports: true,
  create: () => ({
    async send(notification, { signal, print }) {
      if (signal.aborted) return retryable('stopped')
      print(messageText(composeMessage(notification)))
      return delivered()
    },
    async sendReport({ short }, { signal, print }) {
      if (signal.aborted) return retryable('stopped')
      print(shortLetterText(short))
      return delivered()
    },
    probe: async () => delivered('the terminal that runs the monitor'),
  }),
})
