import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { composeMessage, levelWord, messageText, oneLine, type Notification, type SendContext } from '@tocsin/core'
import type { SendMailOptions } from 'nodemailer'
import { clipMessage } from './clip.ts'
import { htmlPart } from './html-part.ts'
import type { Layout } from './layout.ts'
import type { Mailbox } from './mailbox.ts'
import type { EmailOptions } from './options.ts'
import { readThread, type Thread } from './thread.ts'

/** What all mails of one notifier have in common. */
export interface Letterhead extends Pick<EmailOptions, 'to' | 'cc' | 'replyTo' | 'unsubscribe'> {
  readonly from: Mailbox
  readonly layout: Layout
}

/** A mail ready to be sent, and the thread it belongs to. */
export interface ComposedMail {
  readonly mail: SendMailOptions & { readonly messageId: string; readonly subject: string }
  /** The thread it continues; absent when it starts one. */
  readonly thread?: Thread
}

/**
 * A notification as a mail. The same key always gives the same Message-ID, so that a repeat folds into the first copy.
 */
export function composeMail(notification: Notification, head: Letterhead, context: SendContext): ComposedMail {
  const message = clipMessage(composeMessage(notification))
  const thread = readThread(context.previous)
  const word = message.test ? 'TEST' : levelWord(message.level)
  return {
    mail: {
      from: { name: `${head.from.name} ${word}`, address: head.from.address },
      to: [...head.to],
      cc: [...head.cc],
      ...(head.replyTo === undefined ? {} : { replyTo: head.replyTo }),
      subject: thread?.subject ?? `${message.test ? 'TEST ' : ''}${message.topic}`,
      text: messageText(message),
      html: htmlPart(message, notification, head.layout, context.logger),
      date: new Date(context.clock.now()),
      messageId: messageId(context.idempotencyKey, head.from),
      ...(thread === undefined ? {} : { inReplyTo: thread.root, references: thread.root }),
      ...(message.level === 'critical' ? { priority: 'high' as const } : {}),
      headers: {
        // RFC 3834: no out-of-office answers to an alert. The second header is Exchange's.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        'X-Tocsin-Key': oneLine(context.idempotencyKey),
        'X-Tocsin-Level': message.level,
      },
    },
    ...(thread === undefined ? {} : { thread }),
  }
}

/** Hashed, because a key may hold anything. Below a domain of the sender, as RFC 5322 section 3.6.4 recommends. */
export function messageId(key: string, { address }: Mailbox): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@tocsin.${domainToASCII(domain) || 'invalid'}>`
}
