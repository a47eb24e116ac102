import { createHmac } from 'node:crypto'
import type { Secret } from '@tocsin/core'

const PREFIX = 'whsec_'
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/

/** Whether the text is a symmetric signing secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(text: string): boolean {
  if (!text.startsWith(PREFIX) || !BASE64.test(text.slice(PREFIX.length))) return false
  const { length } = keyOf(text)
  return length >= 24 && length <= 64
}

/**
 * The `webhook-signature` header: for each secret `v1,` and the base64 HMAC-SHA256 of `<id>.<timestamp>.<body>`, joined by spaces.
 *
 * @param timestamp seconds since the epoch, as in `webhook-timestamp`.
 */
export function sign(secrets: readonly Secret[], id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret.reveal())).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ')
}

/**
 * The idempotency key in letters that fit a header. Full stops are escaped too: they separate the parts of what is signed, and an id
 * that held one could be shifted into the next part.
 */
export function webhookId(idempotencyKey: string): string {
  return encodeURIComponent(idempotencyKey.toWellFormed()).replaceAll('.', '%2E')
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64')
