import type { SendMailOptions } from 'nodemailer'
import { defineNotifier, type Delivery, delivered, type SendContext, thrownBy } from '@tocsin/core'
import { composeMail, type Letterhead } from './compose-mail.ts'
import { composeReportMail } from './compose-report-mail.ts'
import { builtInLayout } from './layout.ts'
import { emailOptions } from './options.ts'
import { outcomeOf, refusals } from './outcome.ts'
import { sender } from './sender.ts'
import { loginSecrets, smtpServer } from './smtp-server.ts'
import { templateFile } from './template-file.ts'
import { threadReference } from './thread.ts'
import { encryption, MOST_CONNECTIONS, smtpTransport } from './transport.ts'

/**
 * Tells by mail: `email({ to: ['ops@example.com'] })`, with the server in the environment variable `SMTP_URL`.
 *
 * The mails of one alert form one conversation. A mail that some recipients got counts as delivered; the others are named in the log.
 */
export const email = defineNotifier({
  name: 'email',
  options: emailOptions,
  limit: { concurrent: MOST_CONNECTIONS },
  reports: true,
  check: (options) =>
    thrownBy(
      () => encryption(smtpServer(options.url), options),
      () => sender(options.from, {}),
      () => options.template !== undefined && templateFile(options.template),
    ),
  create(options) {
    const server = smtpServer(options.url)
    const secrets = loginSecrets(server)
    const transport = smtpTransport(server, options)
    const head: Letterhead = {
      to: options.to,
      cc: options.cc,
      replyTo: options.replyTo,
      unsubscribe: options.unsubscribe,
      from: sender(options.from, server),
      layout: options.template === undefined ? builtInLayout : templateFile(options.template),
    }
    /** @param reference made of what the server calls the mail, where it says so. */
    const attempt = async (mail: SendMailOptions, { signal, logger }: SendContext, reference?: (serverMessageId: string | undefined) => string): Promise<Delivery> => {
      try {
        const sent = await transport.sendMail({ ...mail, signal })
        const refused = refusals(sent, secrets)
        if (refused.length > 0) logger.warn({ refused }, 'the mail was delivered, but not to everybody')
        return delivered(reference?.(sent.serverMessageId))
      } catch (error) {
        return outcomeOf(error, secrets)
      }
    }
    return {
      send(notification, context) {
        const { mail, thread } = composeMail(notification, head, context)
        // Some providers replace the Message-ID; readers' mailboxes then know the mail by theirs.
        return attempt(mail, context, (serverMessageId) => threadReference(thread ?? { root: serverMessageId ?? mail.messageId, subject: mail.subject }))
      },
      sendReport: (letter, context) => attempt(composeReportMail(letter, head, context), context),
      async probe() {
        try {
          await transport.verify()
          return delivered(`${server.host}:${server.port}${server.login === undefined ? '' : ', which takes the login'}`)
        } catch (error) {
          return outcomeOf(error, secrets)
        }
      },
      async close() {
        transport.close({ force: true })
      },
    }
  },
})
