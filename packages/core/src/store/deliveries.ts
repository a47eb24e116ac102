import type { DeliveryAttempt } from '../model/delivery-attempt.ts'

/** Every attempt that was ever begun. The outbox writes it. */
export interface DeliveryLog {
  /** The newest `limit` attempts of a monitor or of one row of its outbox, oldest first; with `since` only those begun at or after that instant. */
  list(filter: { readonly monitor: string; readonly id?: string; readonly since?: number; readonly limit: number }): Promise<readonly DeliveryAttempt[]>
  /** Forgets attempts begun before `before`, the oldest first, at most `limit`. Gives how many. */
  prune(monitor: string, before: number, limit: number): Promise<number>
}
