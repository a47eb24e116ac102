import type { Channel, Delivery, Notification, Notifier, SendContext } from '@tocsin/core'
import { aNotification, sendContext } from '@tocsin/core/testing'

/** Opens a channel, uses it and closes it, whatever happens. */
export async function using<T>(channel: Channel, use: (notifier: Notifier) => Promise<T>): Promise<T> {
  const notifier = channel.open()
  try {
    return await use(notifier)
  } finally {
    await notifier.close?.()
  }
}

/** One attempt over a channel of its own. */
export function sendOnce(channel: Channel, notification: Notification = aNotification(), context: Partial<SendContext> = {}): Promise<Delivery> {
  return using(channel, (notifier) => notifier.send(notification, sendContext(context)))
}

/** The reference of a delivery that must have succeeded. */
export function referenceOf(delivery: Delivery): string {
  if (delivery.outcome !== 'delivered' || delivery.reference === undefined) throw new Error(`no reference: ${JSON.stringify(delivery)}`)
  return delivery.reference
}

/** The reason of a delivery that must have failed. */
export function reasonFor(delivery: Delivery): string {
  if (delivery.outcome === 'delivered') throw new Error('it was delivered')
  return delivery.reason
}
