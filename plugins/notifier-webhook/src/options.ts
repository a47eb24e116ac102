import { validateHeaderName, validateHeaderValue } from 'node:http'
import { duration, reasonOf, secret } from '@tocsin/core'
import { z } from 'zod'
import { isSigningSecret } from './sign.ts'

/** Headers that say what the request is. Another value in them would make it a lie. */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'idempotency-key',
  'transfer-encoding',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
])

const signingSecret = secret().refine((key) => isSigningSecret(key.reveal()), {
  error: 'write "whsec_" and 24 to 64 random bytes in base64: echo "whsec_$(openssl rand -base64 32)"',
})

const headers = z.record(z.string(), secret()).superRefine((given, context) => {
  for (const [name, value] of Object.entries(given)) {
    const problem = headerProblem(name, value.reveal())
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem })
  }
})

function headerProblem(name: string, value: string): string | undefined {
  if (OURS.has(name.toLowerCase())) return 'leave it out: this header is set from the notification'
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    // Node names the header here, never its value.
    return reasonOf(error)
  }
  return undefined
}

export const webhookOptions = z.object({
  url: secret().refine((url) => isHttp(url.reveal()), { error: 'write a URL that begins with http:// or https://' })
    .describe('Where to post. `http:` or `https:`. Kept secret as a whole, because the URLs of many receivers carry a token.'),
  secret: z.union([signingSecret, z.array(signingSecret).min(1)]).optional()
    .describe('Signs each request after the Standard Webhooks specification, version 1.0.0: `whsec_` and 24 to 64 random bytes in base64. A list signs with each of its secrets, so that a receiver can change from one to the next. Default: not signed.'),
  headers: headers.default({}).describe('Added to the request, such as `Authorization`. Every value is kept secret. Default: none.'),
  method: z.enum(['POST', 'PUT']).default('POST').describe('The method of the request. Default `POST`.'),
  timeout: duration.default(15_000)
    .describe('How long the receiver may take to answer. Default `15s`, the lower end of what Standard Webhooks advises.'),
  maxAlerts: z.int().min(0).default(0).describe('Most alerts in one request; the rest is counted in `truncatedAlerts`. Default 0: all of them.'),
  externalUrl: z.url({ protocol: /^https?$/ }).default('').describe('Sent as `externalURL`, for receivers that link back to the sender. Default: empty.'),
  extras: z.boolean().default(true)
    .describe("Send the `tocsin` object beside Alertmanager's fields. Set it to false for a receiver that refuses fields it does not know. Default true."),
  allowLinkLocal: z.boolean().default(false)
    .describe('Allow receivers at link-local addresses and at those where clouds serve instance credentials (`169.254.169.254` and its like), written out or resolved from a name. Default false.'),
})

export type WebhookOptions = z.output<typeof webhookOptions>

function isHttp(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}
