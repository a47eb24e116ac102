import { oneLine, type OutboxRow, titleOf } from '@tocsin/core'
import { isoTime } from './cycle-json.ts'

/** The first eight characters of a message's id: enough to tell messages apart on a screen. */
export const messageId = ({ id }: Pick<OutboxRow, 'id'>): string => id.slice(0, 8)

/** `ops: RED web-3 cpu 91% (> 80%)`. */
export const messageText = (row: OutboxRow): string => `${oneLine(row.receiver)}: ${oneLine(titleOf(row))}`

/** A message of the outbox, as `--json` prints it. */
export function messageJson(row: OutboxRow) {
  const { id, receiver, key, queuedAt, status, attempt, dueAt, changedAt, error } = row
  return { id, receiver, key, status, title: titleOf(row), queuedAt: isoTime(queuedAt), attempts: attempt, dueAt: status === 'queued' ? isoTime(dueAt) : null, changedAt: isoTime(changedAt), error: error ?? null }
}
