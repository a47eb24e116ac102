import type { Notification } from '../model/notification.ts'

/** A notification on its way. */
export interface OutboxRow {
  /** The idempotency key: the same for every attempt, and the same again if the same decision is made twice. */
  readonly id: string
  readonly monitor: string
  readonly receiver: string
  /** Rows of one receiver and key leave in the order they came. */
  readonly key: string
  readonly notification: Notification
  readonly queuedAt: number
  /** `dead`: given up, kept for people to see. */
  readonly status: 'queued' | 'sending' | 'delivered' | 'dead'
  /** Attempts begun. */
  readonly attempt: number
  /** Not before this instant. */
  readonly dueAt: number
  /** While `sending`: after this instant the sender counts as dead and the row may be claimed again. */
  readonly leaseUntil: number
  /** What the last attempt came to, when it failed. */
  readonly error?: string
  /** The receiver's name for the message, for updates and threads. */
  readonly reference?: string
}

export type Settlement =
  | { readonly status: 'delivered'; readonly reference?: string }
  | { readonly status: 'queued'; readonly dueAt: number; readonly error: string }
  | { readonly status: 'dead'; readonly error: string }

export interface Outbox {
  /** Queues a notification. An id that is already there is left as it is. */
  enqueue(row: Pick<OutboxRow, 'id' | 'monitor' | 'receiver' | 'key' | 'notification' | 'queuedAt'>): Promise<void>
  /** Receivers for whom something is unfinished, each with the instant at which its first row is due. */
  waiting(monitor: string): Promise<readonly { readonly receiver: string; readonly dueAt: number }[]>
  /**
   * Takes rows of one receiver that are due, at most one of each key: the oldest that is not finished. Each becomes `sending` with
   * its attempt counted.
   */
  claim(options: { readonly monitor: string; readonly receiver: string; readonly now: number; readonly leaseUntil: number; readonly limit: number }): Promise<readonly OutboxRow[]>
  /** Records what came of an attempt. Does nothing unless the row is still `sending` in that attempt. */
  settle(id: string, attempt: number, settlement: Settlement): Promise<void>
  /** The reference of the newest delivered notification of a receiver and thread. */
  reference(receiver: string, thread: string): Promise<string | undefined>
  list(monitor: string, status?: OutboxRow['status']): Promise<readonly OutboxRow[]>
  /** Forgets delivered and dead rows queued before `before`, except the newest of each (receiver, key). */
  prune(monitor: string, before: number): Promise<void>
}
