import { composeMessage, oneLine, type OutboxRow } from '@tocsin/core'
import { isoTime } from './cycle-json.ts'

/** The first eight characters of a message's id: enough to tell messages apart on a screen. */
export const messageId = ({ id }: Pick<OutboxRow, 'id'>): string => id.slice(0, 8)

/** `ops: RED web-3 cpu 91% (> 80%)`. */
export const messageText = ({ receiver, notification }: OutboxRow): string => `${oneLine(receiver)}: ${oneLine(composeMessage(notification).title)}`

/** A message of the outbox, as `--json` prints it. */
export function messageJson({ id, receiver, key, notification, queuedAt, status, attempt, dueAt, changedAt, error }: OutboxRow) {
  return { id, receiver, key, status, title: composeMessage(notification).title, queuedAt: isoTime(queuedAt), attempts: attempt, dueAt: status === 'queued' ? isoTime(dueAt) : null, changedAt: isoTime(changedAt), error: error ?? null }
}
