import { type Letter, oneLine, type SendContext } from '@tocsin/core'
import type { SendMailOptions } from 'nodemailer'
import { clip } from './clip.ts'
import { type Letterhead, messageId } from './compose-mail.ts'

/** Longer subjects are cut by readers; the words that count come first. */
const LONGEST_SUBJECT = 200

/** A report as a mail. The same key always gives the same Message-ID, so that a repeat folds into the first copy. */
export function composeReportMail({ subject, html, text, images }: Letter, head: Letterhead, { clock, idempotencyKey }: Pick<SendContext, 'clock' | 'idempotencyKey'>): SendMailOptions {
  return {
    from: { ...head.from },
    to: [...head.to],
    cc: [...head.cc],
    ...(head.replyTo === undefined ? {} : { replyTo: head.replyTo }),
    subject: clip(oneLine(subject), LONGEST_SUBJECT),
    text,
    html,
    attachments: images.map(({ cid, contentType, content }) => ({ cid, contentType, content: Buffer.from(content), filename: `${cid.split('@')[0]}.png`, contentDisposition: 'inline' })),
    date: new Date(clock.now()),
    messageId: messageId(idempotencyKey, head.from),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Tocsin-Key': oneLine(idempotencyKey),
      ...(head.unsubscribe === undefined ? {} : { 'List-Unsubscribe': `<${head.unsubscribe}>` }),
    },
  }
}
