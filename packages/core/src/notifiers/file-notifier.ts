import { access, appendFile, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { reasonOf } from '../errors.ts'
import { printable } from '../log/printable.ts'
import { composeMessage } from '../message/compose.ts'
import { shortLetterText } from '../message/short-letter-text.ts'
import { messageText } from '../message/text.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { type Delivery, delivered, retryable } from '../plugin/delivery.ts'
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
  reports: true,
  create: ({ path, format }) => {
    const append = async (line: string, signal: AbortSignal): Promise<Delivery> => {
      if (signal.aborted) return retryable('stopped')
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await appendFile(path, `${line}\n`, { mode: 0o600 })
        return delivered()
      } catch (error) {
        return retryable(reasonOf(error))
      }
    }
    return {
      send: (notification, { signal, idempotencyKey }) =>
        append(format === 'json' ? printable(stringify({ idempotencyKey, ...notification })) : `${new Date(notification.at).toISOString()} ${messageText(composeMessage(notification))}`, signal),
      sendReport: ({ subject, short }, { signal, idempotencyKey, clock }) =>
        append(format === 'json' ? printable(stringify({ idempotencyKey, report: { subject, ...short } })) : `${new Date(clock.now()).toISOString()} ${shortLetterText(short)}`, signal),
      async probe() {
        try {
          await access(await nearest(path), constants.W_OK)
          return delivered(path)
        } catch (error) {
          return retryable(reasonOf(error))
        }
      },
    }
  },
})

/** What is there of the path: the file, or the folder in which it or its folders will be made. */
async function nearest(path: string): Promise<string> {
  const there = await access(path).then(
    () => true,
    () => false,
  )
  return there || dirname(path) === path ? path : nearest(dirname(path))
}
