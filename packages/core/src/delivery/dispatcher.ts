import { composeMessage } from '../message/compose.ts'
import { type Delivery } from '../plugin/delivery.ts'
import type { Channel } from '../plugin/notifier.ts'
import type { Services } from '../plugin/services.ts'
import type { OutboxRow, Settlement } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'
import { createSender, type Sender } from './attempt.ts'
import { backoff } from './backoff.ts'
import type { DeliveryReport } from './report.ts'

export interface DispatcherOptions {
  readonly monitor: string
  readonly channels: Readonly<Record<string, Channel>>
  readonly store: Store
  readonly services: Services
  /** The longest one attempt may take, milliseconds. */
  readonly sendTimeout: number
  /** A number in [0, 1): jitter. */
  readonly random: () => number
}

/** Takes what the outbox holds to its receivers. Core alone retries. */
export interface Dispatcher {
  /** Sends until `signal` aborts, then lets attempts under way end, at the longest `grace` milliseconds. */
  run(signal: AbortSignal, grace: number): Promise<void>
  /** Sends until nothing is due before `deadline`. */
  drain(deadline: number, signal: AbortSignal): Promise<void>
  /** Says that something new is in the outbox. */
  wake(): void
  /** Tells `listener` of every attempt that ended. */
  subscribe(listener: (report: DeliveryReport) => void): void
  close(): Promise<void>
}

/** A receiver that cannot be reached for a day is given up on: what it was to hear is stale by then. */
const GIVE_UP_AFTER = 24 * 3_600_000
const MOST_AT_ONCE = 64
/** How often the outbox is looked at when nothing is due: another process may have queued something. */
const IDLE = 60_000

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { monitor, channels, store, services, sendTimeout, random } = options
  const { clock, logger } = services
  const senders = new Map<string, Sender>()
  const underWay = new Set<Promise<void>>()
  const listeners: ((report: DeliveryReport) => void)[] = []
  let bell = Promise.withResolvers<void>()

  const wake = (): void => {
    bell.resolve()
    bell = Promise.withResolvers()
  }

  const senderFor = (receiver: string): Sender | undefined => {
    const channel = channels[receiver]
    const known = senders.get(receiver)
    if (known !== undefined || channel === undefined) return known
    const made = createSender(receiver, channel, services, sendTimeout)
    senders.set(receiver, made)
    return made
  }

  const deliver = async (row: OutboxRow, signal: AbortSignal): Promise<void> => {
    const previous = await store.transaction((tx) => tx.outbox.reference(row.receiver, row.notification.thread))
    const sender = senderFor(row.receiver)
    const result: Delivery = sender === undefined ? { outcome: 'permanent', reason: 'the receiver is no longer configured' } : await sender.send(row, previous, signal)
    const settlement = settle(row, result, clock.now(), signal.aborted, random())
    await store.transaction((tx) => tx.outbox.settle(row.id, row.attempt, settlement))
    const { receiver, key, notification, attempt } = row
    const report: DeliveryReport = { receiver, key, reason: notification.reason, title: composeMessage(notification).title, attempt, result, givenUp: settlement.status === 'dead' }
    logger[result.outcome === 'delivered' ? 'info' : 'warn']({ receiver, key, attempt, outcome: result.outcome, ...('reason' in result ? { said: result.reason } : {}) }, 'sent')
    for (const listener of listeners) listener(report)
  }

  /** Begins every attempt that is due. */
  const begin = async (signal: AbortSignal): Promise<number> => {
    const now = clock.now()
    // Twice the time an attempt may take: a row still `sending` after that belongs to a process that is no more.
    const leaseUntil = now + 2 * sendTimeout
    const rows = await store.transaction((tx) => tx.outbox.claim({ monitor, now, leaseUntil, limit: MOST_AT_ONCE - underWay.size }))
    for (const row of rows) {
      const attempt: Promise<void> = deliver(row, signal)
        .catch((error: unknown) => logger.error({ receiver: row.receiver, error: String(error) }, 'the outbox could not be updated'))
        .finally(() => {
          underWay.delete(attempt)
          wake()
        })
      underWay.add(attempt)
    }
    return rows.length
  }

  const nextDue = (): Promise<number | undefined> => store.transaction((tx) => tx.outbox.nextDue(monitor))

  return {
    wake,
    subscribe: (listener) => void listeners.push(listener),
    async run(signal, grace) {
      const hardStop = new AbortController()
      while (!signal.aborted) {
        const rung = bell.promise
        if ((await begin(hardStop.signal)) > 0) continue
        const due = await nextDue()
        const pause = new AbortController()
        const wait = Math.min(IDLE, Math.max(0, (due ?? Infinity) - clock.now()))
        await Promise.race([rung, clock.sleep(wait, AbortSignal.any([signal, pause.signal]))])
        pause.abort()
      }
      const patience = new AbortController()
      const outOfPatience = clock.sleep(grace, patience.signal).then(() => hardStop.abort())
      while (underWay.size > 0) await Promise.all(underWay)
      patience.abort()
      await outOfPatience
    },
    async drain(deadline, signal) {
      while (!signal.aborted) {
        const rung = bell.promise
        if ((await begin(signal)) > 0) continue
        const due = await nextDue()
        if (underWay.size === 0 && (due === undefined || due > deadline)) return
        const pause = new AbortController()
        const wait = Math.max(0, Math.min(due ?? Infinity, deadline) - clock.now())
        await Promise.race([rung, clock.sleep(underWay.size > 0 ? IDLE : wait, AbortSignal.any([signal, pause.signal]))])
        pause.abort()
      }
      while (underWay.size > 0) await Promise.all(underWay)
    },
    async close() {
      for (const sender of senders.values()) await sender.close()
    },
  }
}

function settle(row: OutboxRow, result: Delivery, now: number, stopped: boolean, random: number): Settlement {
  if (result.outcome === 'delivered') return { status: 'delivered', ...(result.reference === undefined ? {} : { reference: result.reference }) }
  if (result.outcome === 'permanent') return { status: 'dead', error: result.reason }
  // Cut off by a stop: the next start tries again at once, with the same idempotency key.
  if (stopped) return { status: 'queued', dueAt: now, error: result.reason }
  if (now - row.queuedAt >= GIVE_UP_AFTER) return { status: 'dead', error: result.reason }
  return { status: 'queued', dueAt: now + backoff(row.attempt, random, result.retryAfter), error: result.reason }
}
