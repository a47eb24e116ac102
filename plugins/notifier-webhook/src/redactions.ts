import { Secret } from '@tocsin/core'

/**
 * All that a receiver could repeat in its answer and that must not be shown, beside what `redact` finds in a URL by itself: receivers
 * name the part of a path that they do not know (`no such hook: <token>`), a host can be the secret, and so can one value of a query.
 */
export function redactions(url: URL, headers: readonly Secret[], signing: readonly Secret[]): readonly Secret[] {
  const { href, host, hostname, username, password } = url
  const segments = url.pathname.split('/')
  return [
    href,
    host,
    hostname,
    username,
    decoded(username),
    `${decoded(username)}:${decoded(password)}`,
    ...segments,
    ...segments.map(decoded),
    ...[...url.searchParams].flat(),
    // `Bearer` is hidden with its token; better a word too many than a token.
    ...headers.flatMap((header) => [header.reveal(), ...header.reveal().split(/\s+/)]),
    ...signing.map((secret) => secret.reveal()),
  ].map((part) => new Secret(part))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
