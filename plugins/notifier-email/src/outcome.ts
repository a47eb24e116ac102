import { type Delivery, oneLine, permanent, reasonOf, redact, retryable, type Secret } from '@tocsin/core'
import { z } from 'zod'
import { clip } from './clip.ts'

/** What nodemailer says of a failed attempt. */
const failure = z.object({
  code: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  /** The server's reply, code and text. */
  response: z.string().optional().catch(undefined),
  /** Set with a reply: true for 5xx, except 503, which complains about the session and not about the mail. */
  permanent: z.boolean().optional().catch(undefined),
  rejectedErrors: z.array(z.object({ recipient: z.string(), response: z.string() })).catch([]),
})
type Failure = z.output<typeof failure>

/** Found wrong before the server was asked: the same mail would fail again. */
const OUR_FAULT: ReadonlySet<string> = new Set(['EAUTH', 'ECONFIG', 'EENVELOPE', 'EMAXRECIPIENTS', 'EMESSAGE'])

/** What a server refuses, by the first word of the command it answers. */
const REFUSED: Readonly<Record<string, string>> = {
  AUTH: 'login refused',
  MAIL: 'sender refused',
  RCPT: 'recipient refused',
  DATA: 'message refused',
  STARTTLS: 'encryption refused',
}

/**
 * What came of an attempt that threw. Replies of the server decide by their class; everything without a reply, from DNS to a
 * certificate that does not fit, is retryable: a wrong "permanent" loses an alert, a wrong "retryable" only tells later that it failed.
 *
 * @param secrets kept out of the reason, in every form in which a server may echo them.
 */
export function outcomeOf(error: unknown, secrets: readonly Secret[]): Delivery {
  const parsed = failure.parse(error)
  const reason = clean(words(error, parsed), secrets)
  const final = parsed.permanent ?? (parsed.code !== undefined && OUR_FAULT.has(parsed.code))
  return final ? permanent(reason) : retryable(reason)
}

/** Who was refused and why, for a mail that others got. Empty when nobody was. */
export function refusals(sent: unknown, secrets: readonly Secret[]): readonly string[] {
  return failure.parse(sent).rejectedErrors.map((each) => clean(refusal(each), secrets))
}

function words(error: unknown, { code, command, response, rejectedErrors }: Failure): string {
  const [first, ...others] = rejectedErrors
  if (first !== undefined) return others.length === 0 ? refusal(first) : `${refusal(first)} (and ${others.length} more recipients)`
  if (response !== undefined) return `${REFUSED[command?.split(' ')[0] ?? ''] ?? 'refused'}: ${response}`
  if (code === 'ECONNECTION') return 'the server closed the connection'
  if (code === 'EABORT') return 'no answer in the time of this attempt'
  return reasonOf(error)
}

const refusal = ({ recipient, response }: Failure['rejectedErrors'][number]): string => `${recipient} refused: ${response}`

/** Redacted before it is cut, lest half a secret remains. */
const clean = (text: string, secrets: readonly Secret[]): string => clip(oneLine(redact(text, secrets)), 300)
