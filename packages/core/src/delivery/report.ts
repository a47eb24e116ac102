import type { NotificationReason } from '../model/notification.ts'
import type { Delivery } from '../plugin/delivery.ts'

/** One attempt to send, with what came of it. */
export interface DeliveryReport {
  readonly receiver: string
  readonly key: string
  readonly reason: NotificationReason
  /** The first line of the message. */
  readonly title: string
  readonly attempt: number
  /** Its reason holds no secret. */
  readonly result: Delivery
  /** True when there will be no further attempt, though the message did not arrive. */
  readonly givenUp: boolean
}
