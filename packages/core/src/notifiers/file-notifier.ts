import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { reasonOf } from '../errors.ts'
import { printable } from '../log/printable.ts'
import { composeMessage } from '../message/compose.ts'
import { messageText } from '../message/text.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered, retryable } from '../plugin/delivery.ts'
import { stringify } from '../plain-json.ts'

/** Appends notifications to a file: as text for people, or as one JSON document a line. */
export const fileNotifier = defineNotifier({
  name: 'file',
  options: z.object({
    path: z.string().min(1).describe('The file; made with its folders when missing, readable by its owner only.'),
    format: z.enum(['text', 'json']).default('text').describe('`text` (default) or `json`: the whole notification with its idempotency key.'),
  }),
  // One at a time, so that two messages never mix.
  limit: { concurrent: 1 },
  create: ({ path, format }) => ({
    async send(notification, { signal, idempotencyKey }) {
      if (signal.aborted) return retryable('stopped')
      const line = format === 'json' ? printable(stringify({ idempotencyKey, ...notification })) : `${new Date(notification.at).toISOString()} ${messageText(composeMessage(notification))}`
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await appendFile(path, `${line}\n`, { mode: 0o600 })
        return delivered()
      } catch (error) {
        return retryable(reasonOf(error))
      }
    },
  }),
})
