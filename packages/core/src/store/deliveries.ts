/** One attempt to send a row of the outbox. Times are milliseconds since the epoch. */
export interface DeliveryAttempt {
  /** The row of the outbox: its idempotency key. */
  readonly id: string
  readonly monitor: string
  readonly receiver: string
  /** From 1. */
  readonly attempt: number
  readonly begunAt: number
  /** Absent while it is under way. */
  readonly endedAt?: number
  /** `uncertain`: its process ended before the answer was recorded, so nobody knows whether the message arrived. Absent while it is under way. */
  readonly outcome?: 'delivered' | 'retryable' | 'permanent' | 'uncertain'
  /** Why it failed. Holds no secret. */
  readonly reason?: string
}

/** Every attempt that was ever begun. The outbox writes it. */
export interface DeliveryLog {
  /** The newest `limit` attempts of a monitor or of one row of its outbox, oldest first. */
  list(filter: { readonly monitor: string; readonly id?: string; readonly limit: number }): Promise<readonly DeliveryAttempt[]>
  /** Forgets attempts begun before `before`, the oldest first, at most `limit`. Gives how many. */
  prune(monitor: string, before: number, limit: number): Promise<number>
}
