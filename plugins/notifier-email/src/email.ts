import { defineNotifier, delivered, thrownBy } from '@tocsin/core'
import { composeMail, type Letterhead } from './compose-mail.ts'
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
      from: sender(options.from, server),
      layout: options.template === undefined ? builtInLayout : templateFile(options.template),
    }
    return {
      async send(notification, context) {
        const { mail, thread } = composeMail(notification, head, context)
        try {
          const sent = await transport.sendMail({ ...mail, signal: context.signal })
          const refused = refusals(sent, secrets)
          if (refused.length > 0) context.logger.warn({ refused }, 'the mail was delivered, but not to everybody')
          // Some providers replace the Message-ID; readers' mailboxes then know the mail by theirs.
          return delivered(threadReference(thread ?? { root: sent.serverMessageId ?? mail.messageId, subject: mail.subject }))
        } catch (error) {
          return outcomeOf(error, secrets)
        }
      },
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
