import type { Logger, Message, Notification } from '@tocsin/core'
import { reasonOf } from '@tocsin/core'
import { builtInLayout, type Layout } from './layout.ts'
import { mailView } from './mail-view.ts'

/** Gmail cuts a message off at about 102 KB; what is cut is lost to the reader. */
export const MOST_HTML_BYTES = 90_000

/** The most alerts that are spelt out, as in the text part. */
const MOST_LINES = 50

/**
 * The HTML of a mail, with as many alerts as fit below its limit.
 *
 * @param layout what draws it; when it throws, the built-in layout does, because an alert must not be lost for its looks.
 */
export function htmlPart(message: Message, notification: Notification, layout: Layout, logger: Logger): string {
  try {
    return fitted(message, notification, layout)
  } catch (error) {
    logger.warn({ error: reasonOf(error) }, 'the mail template failed; the built-in layout was used')
    return fitted(message, notification, builtInLayout)
  }
}

function fitted(message: Message, notification: Notification, layout: Layout): string {
  for (let lines = MOST_LINES; ; lines = Math.floor(lines / 2)) {
    const html = layout(mailView(message, notification, lines))
    if (lines === 0 || Buffer.byteLength(html) <= MOST_HTML_BYTES) return html
  }
}
