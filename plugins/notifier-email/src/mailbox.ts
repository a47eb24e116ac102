import { z } from 'zod'
import addressparser from 'nodemailer/lib/addressparser'

/** One sender or receiver: `Ops <ops@example.com>`. */
export interface Mailbox {
  /** Shown in place of the address; empty when there is none. */
  readonly name: string
  readonly address: string
}

const ADDRESS = /^[^\s\p{Cc}@<>()[\]",;:\\]+@[^\s\p{Cc}@<>()[\]",;:\\]+$/u

/** The mailboxes of an address field, or `undefined` when one of them is not an address. */
function parseMailboxes(text: string): readonly Mailbox[] | undefined {
  const parsed = addressparser(text, { flatten: true })
  return parsed.length > 0 && parsed.every(({ address }) => ADDRESS.test(address)) ? parsed.map(({ name, address }) => ({ name, address })) : undefined
}

/** The mailbox of a field that holds just one. */
export function parseMailbox(text: string): Mailbox | undefined {
  const parsed = parseMailboxes(text)
  return parsed?.length === 1 ? parsed[0] : undefined
}

const FORM = 'write an address, or a list of them: ops@example.com or "Ops <ops@example.com>"'

/** Schema of a field with one mailbox. */
export const mailbox = z.string().transform((text, context): Mailbox => {
  const parsed = parseMailbox(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: 'write one address: ops@example.com or "Ops <ops@example.com>"' })
  return z.NEVER
})

/** Schema of a field with one mailbox or several: a list, or a text with commas, as it comes from one environment variable. */
export const mailboxes = z.union([z.string(), z.array(z.string()).min(1)], { error: FORM }).transform((value, context): readonly Mailbox[] => {
  const texts = typeof value === 'string' ? [value] : value
  return texts.flatMap((text, index) => {
    const parsed = parseMailboxes(text)
    if (parsed) return parsed
    const path = typeof value === 'string' ? [] : [index]
    context.addIssue({ code: 'custom', path, message: FORM })
    return []
  })
})
