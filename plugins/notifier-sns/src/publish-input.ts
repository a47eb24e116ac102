import { createHash } from 'node:crypto'
import type { MessageAttributeValue, PublishCommandInput } from '@aws-sdk/client-sns'
import { composeMessage, type Letter, type Level, messageText, type Notification, oneLine, shortLetterText, worse } from '@tocsin/core'
import { asciiLine, cutToFit } from './plain-text.ts'

// All figures: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

/** Bytes of body and attributes together. A topic can be set to allow more; the least that every topic takes is this. */
const MOST_BYTES = 262_144
/** "Less than 100 characters". */
const MOST_SUBJECT = 99
/** ASCII characters of one text message; what is longer is sent, and billed, as several. */
const MOST_SMS = 140
const ID = /^[\x21-\x7E]{1,128}$/

/** What is published for a notification. */
export function publishInput(notification: Notification, idempotencyKey: string, topicArn: string): PublishCommandInput {
  const message = composeMessage(notification)
  const { title, level, status } = message
  const attributes = stringAttributes({
    level,
    severity: severity(notification),
    status,
    monitor: notification.monitor,
    key: notification.key,
    idempotencyKey,
  })
  return inputOf({ title, text: messageText(message), attributes, group: notification.key, idempotencyKey, topicArn })
}

/** What is published for a report: its short form. Subscribers that filter by `level` do not get it. */
export function publishReportInput({ short }: Letter, idempotencyKey: string, topicArn: string): PublishCommandInput {
  return inputOf({ title: short.title, text: shortLetterText(short), attributes: stringAttributes({ kind: 'report', idempotencyKey }), group: 'report', idempotencyKey, topicArn })
}

interface Published {
  readonly title: string
  readonly text: string
  readonly attributes: Record<string, MessageAttributeValue>
  /** What a topic in order keeps in order. */
  readonly group: string
  readonly idempotencyKey: string
  readonly topicArn: string
}

function inputOf({ title, text: whole, attributes, group, idempotencyKey, topicArn }: Published): PublishCommandInput {
  const fifo = topicArn.endsWith('.fifo')
  // A topic in order delivers to queues only; any other may have telephones among its subscribers.
  const body = (text: string): string => (fifo ? text : JSON.stringify({ default: text, sms: asciiLine(title, MOST_SMS) }))
  const room = MOST_BYTES - attributeBytes(attributes)
  const text = cutToFit(whole.toWellFormed(), (candidate) => Buffer.byteLength(body(candidate)) <= room)
  return {
    TopicArn: topicArn,
    Subject: asciiLine(title, MOST_SUBJECT),
    Message: body(text),
    MessageAttributes: attributes,
    ...(fifo ? { MessageGroupId: fifoId(group), MessageDeduplicationId: fifoId(idempotencyKey) } : { MessageStructure: 'json' }),
  }
}

/** The worst level that is or was told of any alert here. A subscriber that filters by it hears the end of what it heard begin. */
function severity({ alerts }: Notification): Level {
  return alerts.reduce<Level>((worst, { level, toldLevel }) => worse(worst, worse(level, toldLevel)), 'none')
}

/** Queues refuse control characters in attributes. */
function stringAttributes(values: Readonly<Record<string, string>>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { DataType: 'String', StringValue: oneLine(value).toWellFormed() }]))
}

/** Name, type and value count, as they do in queues. */
function attributeBytes(attributes: Readonly<Record<string, MessageAttributeValue>>): number {
  return Object.entries(attributes).reduce((sum, [name, { DataType = '', StringValue = '' }]) => sum + Buffer.byteLength(`${name}${DataType}${StringValue}`), 0)
}

/** The text itself where it is a valid id, else its hash. */
function fifoId(text: string): string {
  return ID.test(text) ? text : createHash('sha256').update(text).digest('hex')
}
