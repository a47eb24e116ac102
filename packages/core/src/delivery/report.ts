import type { NotificationReason } from '../model/notification.ts'
import type { Delivery } from '../plugin/delivery.ts'

/** One attempt to send, with what came of it. */
export interface DeliveryReport {
  readonly receiver: string
  readonly key: string
  readonly reason: NotificationReason | 'report'
  /** Of an issue of a report: its name, and whether it could be composed. Where it could not, the receiver is not to blame. */
  readonly report?: { readonly name: string; readonly composed: boolean }
  /** The first line of the message. */
  readonly title: string
  readonly attempt: number
  /** Its reason holds no secret. */
  readonly result: Delivery
  /** True when there will be no further attempt, though the message did not arrive. */
  readonly givenUp: boolean
}
