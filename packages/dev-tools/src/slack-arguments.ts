import { layoutError } from './slack-layout.ts'

export type Arguments = Readonly<Record<string, unknown>>
export type Answer = Readonly<Record<string, unknown>>

/** Slack's way to say no: 200 with `ok: false`. */
export class Refusal extends Error {
  readonly answer: Answer
  constructor(error: string, more: Answer = {}) {
    super(error)
    this.answer = { ok: false, error, ...more }
  }
}

/** Form fields and JSON bodies alike. In a form a nested value is JSON text. */
export function argumentsOf(body: string, type: string): Arguments {
  if (!type.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body))
  const parsed: unknown = JSON.parse(body)
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
}

function nested(value: unknown, error: string): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw new Refusal(error)
  }
}

/** What a message shows, checked as Slack checks it. */
export function layoutOf(given: Arguments): { text: string | undefined; blocks: readonly unknown[] | undefined; attachments: readonly unknown[] | undefined } {
  const text = typeof given['text'] === 'string' ? given['text'] : undefined
  const blocks = nested(given['blocks'], 'invalid_blocks_format')
  const attachments = nested(given['attachments'], 'invalid_attachments')
  const wrong = layoutError(text, blocks, attachments)
  if (wrong) throw new Refusal(wrong.error, { response_metadata: { messages: [`[ERROR] ${wrong.detail}`] } })
  return { text, blocks: Array.isArray(blocks) ? blocks : undefined, attachments: Array.isArray(attachments) ? attachments : undefined }
}

export function metadataOf(value: unknown): unknown {
  const metadata = nested(value, 'invalid_metadata_format')
  if (metadata === undefined) return undefined
  const whole = typeof metadata === 'object' && metadata !== null && 'event_type' in metadata && 'event_payload' in metadata
  if (!whole || typeof metadata.event_type !== 'string' || typeof metadata.event_payload !== 'object') throw new Refusal('invalid_metadata_schema')
  return metadata
}

/** In a form a boolean is a word. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1'
