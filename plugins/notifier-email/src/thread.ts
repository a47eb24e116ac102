import { z } from 'zod'

/** What the mails of one group share. Core keeps it, as text, between them. */
export interface Thread {
  /** Message-ID of the first mail, as the readers' mailboxes know it. */
  readonly root: string
  /** Kept from the first mail: clients break a conversation whose subject changes. */
  readonly subject: string
}

const thread = z.object({ root: z.string().min(1), subject: z.string().min(1) })

/** The reference that core keeps. */
export const threadReference = ({ root, subject }: Thread): string => JSON.stringify({ root, subject })

/** The thread of a reference; `undefined` when it is not one of ours, and the mail starts a thread of its own. */
export function readThread(reference: string | undefined): Thread | undefined {
  if (reference === undefined) return undefined
  try {
    return thread.parse(JSON.parse(reference))
  } catch {
    return undefined
  }
}
