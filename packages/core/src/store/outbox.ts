import type { Notification } from '../model/notification.ts'

/** A notification on its way. Times are milliseconds since the epoch. */
export interface OutboxRow {
  /** The idempotency key: the same for every attempt, and the same again if the same decision is made twice. */
  readonly id: string
  readonly monitor: string
  readonly receiver: string
  /** Rows of one receiver and key leave in the order they came. */
  readonly key: string
  readonly notification: Notification
  /** When it was queued, or last queued again by `retry`. */
  readonly queuedAt: number
  /** `dead`: given up, kept for people to see. `dropped`: a person gave it up. */
  readonly status: 'queued' | 'sending' | 'delivered' | 'dead' | 'dropped'
  /** Attempts begun. */
  readonly attempt: number
  /** Not before this instant. */
  readonly dueAt: number
  /** While `sending`: after this instant the sender counts as dead and the row may be claimed again. */
  readonly leaseUntil: number
  /** When `status` was last set. */
  readonly changedAt: number
  /** What the last attempt came to, when it failed. */
  readonly error?: string
  /** The receiver's name for the message, for updates and threads. */
  readonly reference?: string
}

/** What came of an attempt, and what becomes of its row. `at`: when that was known. */
export type Settlement =
  | { readonly status: 'delivered'; readonly at: number; readonly reference?: string }
  | { readonly status: 'queued'; readonly at: number; readonly dueAt: number; readonly error: string }
  | { readonly status: 'dead'; readonly at: number; readonly outcome: 'retryable' | 'permanent'; readonly error: string }

export interface Outbox {
  /** Queues a notification. An id that is already there is left as it is. */
  enqueue(row: Pick<OutboxRow, 'id' | 'monitor' | 'receiver' | 'key' | 'notification' | 'queuedAt'>): Promise<void>
  /** Receivers for whom something is unfinished, each with the instant at which its first row is due. */
  waiting(monitor: string): Promise<readonly { readonly receiver: string; readonly dueAt: number }[]>
  /**
   * Takes rows of one receiver that are due, at most one of each key: the oldest that is not finished. Each becomes `sending` with
   * its attempt counted and noted in the delivery log.
   */
  claim(options: { readonly monitor: string; readonly receiver: string; readonly now: number; readonly leaseUntil: number; readonly limit: number }): Promise<readonly OutboxRow[]>
  /**
   * Says that an attempt is only now about to begin, and gives it time until `leaseUntil`.
   *
   * @returns false for a row that is not `sending` in that attempt any more: it is somebody else's.
   */
  renew(id: string, attempt: number, leaseUntil: number): Promise<boolean>
  /** Records what came of an attempt. Does nothing unless the row is still `sending` in that attempt. */
  settle(id: string, attempt: number, settlement: Settlement): Promise<void>
  /**
   * Gives back what a process that is no more left `sending`: it is due at once, and the attempt's outcome is `uncertain`. Only the one
   * runner of a monitor may call it, before it sends anything.
   */
  release(monitor: string, now: number): Promise<void>
  /** Makes due at once what was queued or put off later than `now`: the clock was set back, and its times mean nothing any more. */
  reschedule(monitor: string, now: number): Promise<void>
  /**
   * Has a row tried again: a queued one now, a dead or dropped one behind everything of its receiver and key.
   *
   * @returns false for a row that is not there, is delivered, or is being sent.
   */
  retry(id: string, now: number): Promise<boolean>
  /**
   * Gives a queued or dead row up for good.
   *
   * @returns false for a row that is not there, is finished otherwise, or is being sent.
   */
  drop(id: string, now: number): Promise<boolean>
  /** The reference of the newest delivered notification of a receiver and thread. */
  reference(receiver: string, thread: string): Promise<string | undefined>
  get(id: string): Promise<OutboxRow | undefined>
  /** In the order in which they leave. */
  list(monitor: string, status?: OutboxRow['status']): Promise<readonly OutboxRow[]>
  /** Forgets finished rows queued before `before`, except the newest of each (receiver, key). A store may leave some for the next call. */
  prune(monitor: string, before: number): Promise<void>
}
