import { createTransport, type Transporter } from 'nodemailer'
import type SMTPPool from 'nodemailer/lib/smtp-pool'
import { TocsinError } from '@tocsin/core'
import { trustedAuthorities } from './authorities.ts'
import type { EmailOptions } from './options.ts'
import type { SmtpServer } from './smtp-server.ts'

/**
 * Connections to one server at a time. Microsoft 365 allows three for a mailbox:
 * https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements
 */
export const MOST_CONNECTIONS = 3

/** A connection that carries nothing for so long is closed: below the five minutes that RFC 5321 section 4.5.3.2.7 asks servers to wait. */
const IDLE_MS = 60_000

/** A pooled transport. It connects at the first mail. */
export function smtpTransport(server: SmtpServer, options: EmailOptions): Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options> {
  return createTransport({
    pool: true,
    host: server.host,
    port: server.port,
    ...(server.login === undefined ? {} : { auth: { user: server.login.user, pass: server.login.password.reveal() } }),
    ...encryption(server, options),
    connectionTimeout: options.timeout,
    dnsTimeout: options.timeout,
    greetingTimeout: options.timeout,
    socketTimeout: options.timeout,
    maxConnections: MOST_CONNECTIONS,
    idleTimeout: IDLE_MS,
    // The pool may replace, once, a connection that was closed before a byte of the message went out. All else is core's to retry.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * How the connection is encrypted.
 *
 * @throws TocsinError E103 when the options contradict the server, E110 or E111 for a file of authorities that is of no use.
 */
export function encryption(server: SmtpServer, { tls, ca }: EmailOptions): SMTPPool.Options {
  const mode = server.implicitTls ? 'required' : (tls ?? (server.local ? 'none' : 'required'))
  if (server.implicitTls && tls !== undefined && tls !== 'required') {
    throw new TocsinError('E103', `tls "${tls}" contradicts smtps:, which is TLS from the start`, { fix: 'leave "tls" out, or write smtp:', permanent: true })
  }
  if (mode === 'opportunistic' && server.login !== undefined) {
    throw new TocsinError('E103', 'tls "opportunistic" would give the password to whoever hides STARTTLS', {
      fix: 'use "required"; or "none" if the password may be sent in clear',
      permanent: true,
    })
  }
  const trust = ca === undefined ? {} : { ca: trustedAuthorities(ca) }
  if (mode === 'none') return { secure: false, ignoreTLS: true }
  // Whoever can show a false certificate can also hide STARTTLS, so an opportunistic check would only keep honest servers from encrypting.
  if (mode === 'opportunistic') return { secure: false, opportunisticTLS: true, tls: { ...trust, rejectUnauthorized: false } }
  return { secure: server.implicitTls, requireTLS: true, tls: trust }
}
