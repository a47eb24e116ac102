import { isIPv4 } from 'node:net'
import { Secret, TocsinError } from '@tocsin/core'

/** Where mail is handed in. */
export interface SmtpServer {
  /** What it was read from. */
  readonly url: Secret
  readonly host: string
  readonly port: number
  /** TLS from the first byte (`smtps:`), not by STARTTLS. */
  readonly implicitTls: boolean
  /** The server runs on this machine: nothing that is sent to it leaves the machine. */
  readonly local: boolean
  readonly login?: { readonly user: string; readonly password: Secret }
}

/** What an SMTP URL looks like, for errors. */
export const URL_FORM = 'write it as smtp://user:password@host:587 or smtps://user:password@host:465, with @ : / # ? % in the password percent-encoded'

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 }

/** The server of an SMTP URL, or `undefined` when the text is not one. Everything but scheme, login, host and port is refused. */
export function parseSmtpUrl(secret: Secret): SmtpServer | undefined {
  const url = URL.parse(secret.reveal().trim())
  const port = url === null ? undefined : PORTS[url.protocol]
  if (url === null || port === undefined || url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return undefined
  const login = { user: decode(url.username), password: decode(url.password) }
  // A name without a password, or the reverse, is a mistake that would go unnoticed until the server refuses the sender.
  if (login.user === undefined || login.password === undefined || (login.user === '') !== (login.password === '')) return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    url: secret,
    host,
    port: url.port === '' ? port : Number(url.port),
    implicitTls: url.protocol === 'smtps:',
    local: host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.')),
    ...(login.user === '' ? {} : { login: { user: login.user, password: new Secret(login.password) } }),
  }
}

/**
 * The server that the options name.
 *
 * @throws TocsinError E109 when there is no URL, E103 when it is not an SMTP URL.
 */
export function smtpServer(url?: Secret): SmtpServer {
  if (url === undefined) {
    throw new TocsinError('E109', 'SMTP_URL is not set', { fix: 'set it to your mail server, such as smtps://user:password@mail.example.com, or give the option "url"', permanent: true })
  }
  const server = parseSmtpUrl(url)
  if (server === undefined) throw new TocsinError('E103', 'SMTP_URL is not an SMTP URL', { fix: URL_FORM, permanent: true })
  return server
}

/** Every form in which a server may echo what it was given to log in. */
export function loginSecrets({ url, login }: SmtpServer): readonly Secret[] {
  return login === undefined ? [url] : [url, login.password, new Secret(`\0${login.user}\0${login.password.reveal()}`)]
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
