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
