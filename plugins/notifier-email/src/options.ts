import { duration, Secret, secret } from '@tocsin/core'
import { z } from 'zod'
import { mailbox, mailboxes } from './mailbox.ts'
import { parseSmtpUrl, URL_FORM } from './smtp-server.ts'

const smtpUrl = secret().refine((url) => parseSmtpUrl(url) !== undefined, { error: URL_FORM })

export const emailOptions = z.object({
  to: mailboxes.describe('Who is told: an address, several with commas between, or a list. All see each other.'),
  cc: mailboxes.default([]).describe('Who gets a copy. Written like `to`. Default: nobody.'),
  from: mailbox.optional()
    .describe('Who it comes from; the level is added to the name, `Tocsin RED`. Default: the environment variable `SMTP_FROM`; without it the login, where that is an address; else `Tocsin <tocsin@this-host>`.'),
  replyTo: mailbox.optional().describe('Where answers go. Default: to `from`.'),
  url: smtpUrl.optional().transform((url) => url ?? fromEnvironment('SMTP_URL'))
    .describe('The mail server: `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465` (TLS at once); the ports are those shown unless given, the login may be left out. Default: the environment variable `SMTP_URL`; without it, opening the notifier throws E109.'),
  tls: z.enum(['required', 'opportunistic', 'none']).optional()
    .describe('`required`: no mail without TLS and a certificate that names the host. `opportunistic`: TLS where the server offers it, no check of the certificate, for a relay without login. `none`: everything in clear, the password too. Default: `none` for a server on this machine, else `required`. Opening the notifier throws E103 for `opportunistic` with a login and for `smtps:` with either of the weaker two.'),
  ca: z.string().min(1).optional()
    .describe(`A PEM file with certificate authorities to trust beside Node's own. Relative to the working directory. Default: none. Opening the notifier throws E110 when it cannot be read and E111 when it holds no certificate.`),
  timeout: duration.default(30_000).describe('How long to wait for the connection, the greeting and each answer. Default `30s`.'),
  template: z.string().min(1).optional()
    .describe('A Handlebars file that replaces the HTML part; the text part stays. Relative to the working directory. Default: the built-in layout. Opening the notifier throws E110 when it cannot be read and E111, with file and line, when it cannot be rendered.'),
  unsubscribe: z.url({ protocol: /^(mailto|https)$/ }).optional()
    .describe('Where readers of reports unsubscribe: a `mailto:` or `https:` address, sent as the header `List-Unsubscribe` (RFC 2369). Default: no such header.'),
})

export type EmailOptions = z.output<typeof emailOptions>

/** Read with the options and not at the first send, so that core knows the secret before anything is logged. */
function fromEnvironment(name: string) {
  const value = process.env[name]
  return value === undefined || value === '' ? undefined : new Secret(value)
}
