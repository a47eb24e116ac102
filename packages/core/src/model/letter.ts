import type { Fact } from './fact.ts'

/** A report in the forms that channels ask for: mail takes `html`, `text` and `images`, chats and webhooks take `short`. */
export interface Letter {
  readonly subject: string
  readonly html: string
  /** The same for readers without HTML. */
  readonly text: string
  /** What `html` shows by `cid:` references. */
  readonly images: readonly LetterImage[]
  readonly short: ShortLetter
}

export interface LetterImage {
  /** Unique within the letter; `html` refers to it as `cid:<cid>`. */
  readonly cid: string
  readonly contentType: 'image/png'
  readonly content: Uint8Array
}

/** What a chat or a webhook is told of a report. Plain text: every channel escapes it in its own way. */
export interface ShortLetter {
  readonly title: string
  /** One sentence: what to do first. */
  readonly summary: string
  readonly facts: readonly Fact[]
  /** The worst rows, one line each, and how many were left out. */
  readonly lines: readonly string[]
}
