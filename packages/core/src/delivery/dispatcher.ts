import { composeTitle } from '../message/compose.ts'
import { type Delivery, permanent } from '../plugin/delivery.ts'
import type { Channel } from '../plugin/notifier.ts'
import type { Services } from '../plugin/services.ts'
import type { OutboxRow, Settlement } from '../store/outbox.ts'
import type { Store, Transaction } from '../store/store.ts'
import { createSender, type Sender } from './attempt.ts'
import { backoff } from './backoff.ts'
import type { DeliveryReport } from './report.ts'

export interface DispatcherOptions {
  readonly monitor: string
  /** Names that the monitor had before: what was queued under them is sent, too. Default: none. */
  readonly formerly?: readonly string[]
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
  /**
   * Sends until nothing is due before `deadline`, and begins nothing after it. When `signal` aborts, attempts under way may end, at the
   * longest `grace` milliseconds.
   *
   * @throws what the store throws, once attempts under way have ended.
   */
  drain(deadline: number, signal: AbortSignal, grace: number): Promise<void>
  /** Says that something new is in the outbox. */
  wake(): void
  /** Tells `listener` of every attempt that ended. */
  subscribe(listener: (report: DeliveryReport) => void): void
  close(): Promise<void>
}

/** A receiver that cannot be reached for a day is given up on: what it was to hear is stale by then. */
const GIVE_UP_AFTER = 24 * 3_600_000
/** Attempts of one receiver that are under way at once, unless its notifier says otherwise. */
const CONCURRENT = 5
/** How often the outbox is looked at when nothing is due: another process may have queued something. */
const IDLE = 60_000
/** How long to wait after the outbox could not be read or written. */
const AFTER_FAILURE = 1_000
/** A lease lasts this many times as long as one attempt may take. */
const LEASE = 4
/** An attempt that begins later than this after it was claimed asks first whether it is still its own: a process that stood still may have lost it. */
const PROMPT = 1_000

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { monitor, formerly = [], channels, store, services, sendTimeout, random } = options
  const names = [monitor, ...formerly]
  const { clock, logger } = services
  const senders = new Map<string, Sender>()
  /** Attempts by receiver. */
  const underWay = new Map<string, Set<Promise<void>>>()
  const listeners: ((report: DeliveryReport) => void)[] = []
  let bell = Promise.withResolvers<void>()
  /** When the outbox was last looked at; before the first look what another process left is taken over. */
  let lookedAt: number | undefined

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

  /** A transaction about an attempt, again and again until it succeeds: what the store never hears of is sent twice. */
  const insist = async <T>(work: (tx: Transaction) => Promise<T>, { until, signal }: Bounds): Promise<T> => {
    for (;;) {
      try {
        return await store.transaction(work)
      } catch (error) {
        if (signal.aborted || clock.now() >= until) throw error
        logger.error({ error: String(error) }, 'the outbox could not be reached; trying again')
        await clock.sleep(AFTER_FAILURE, signal)
      }
    }
  }

  /** Whether a row that was claimed is still to be sent from here. What cannot be asked is not sent: it is due again when its lease has run out. */
  const isOurs = async ({ id, receiver, attempt, changedAt }: OutboxRow): Promise<boolean> => {
    const now = clock.now()
    if (Math.abs(now - changedAt) <= PROMPT) return true
    try {
      if (await store.transaction((tx) => tx.outbox.renew(id, attempt, now + LEASE * sendTimeout))) return true
      logger.warn({ receiver, attempt }, 'not sent: it waited so long that it was taken over')
    } catch (error) {
      logger.warn({ receiver, attempt, error: String(error) }, 'not sent: it waited so long that it may have been taken over')
    }
    return false
  }

  const deliver = async ({ row, previous }: Claimed, bounds: Bounds): Promise<void> => {
    const { signal } = bounds
    const sender = senderFor(row.receiver)
    let ours = true
    const begins = async (): Promise<boolean> => (ours = await isOurs(row))
    const result = sender === undefined ? permanent('the receiver is no longer configured') : await sender.send(row, previous, signal, begins)
    if (!ours) return
    const settlement = settle(row, result, clock.now(), signal.aborted, random())
    await insist((tx) => tx.outbox.settle(row.id, row.attempt, settlement), bounds)
    const { receiver, key, notification, attempt } = row
    const report: DeliveryReport = { receiver, key, reason: notification.reason, title: composeTitle(notification), attempt, result, givenUp: settlement.status === 'dead' }
    logger[result.outcome === 'delivered' ? 'info' : 'warn']({ receiver, key, attempt, outcome: result.outcome, ...('reason' in result ? { said: result.reason } : {}) }, 'sent')
    for (const listener of listeners) listener(report)
  }

  const attemptsOf = (receiver: string): Set<Promise<void>> => {
    const known = underWay.get(receiver) ?? new Set()
    underWay.set(receiver, known)
    return known
  }
  const everyAttempt = (): Promise<void>[] => [...underWay.values()].flatMap((attempts) => [...attempts])

  const begin = (claimed: Claimed, { until, signal }: Bounds): void => {
    const { row } = claimed
    const attempts = attemptsOf(row.receiver)
    const attempt = deliver(claimed, { until: Math.min(until, row.leaseUntil), signal })
      .catch((error: unknown) => logger.error({ receiver: row.receiver, error: String(error) }, 'the outbox could not be updated'))
      .finally(() => {
        attempts.delete(attempt)
        wake()
      })
    attempts.add(attempt)
  }

  /**
   * Begins what is due, no more of one receiver than it takes at once: a row waits in the outbox, not in the rate limiter, where its
   * lease would run out.
   *
   * @returns when there will be more to begin, `Infinity` for nothing; an attempt that ends rings the bell besides.
   */
  const beginDue = async (bounds: Bounds): Promise<number> => {
    const now = clock.now()
    // Longer than any attempt: a row still `sending` after that belongs to a process that is no more.
    const leaseUntil = now + LEASE * sendTimeout
    const { due, later } = await store.transaction(async (tx) => {
      if (lookedAt === undefined) await tx.outbox.release(monitor, now)
      if (lookedAt === undefined || now < lookedAt) await tx.outbox.reschedule(monitor, now)
      const claimed: Claimed[] = []
      const room = new Map<string, number>()
      for (const name of names) {
        for (const { receiver, dueAt } of await tx.outbox.waiting(name)) {
          const limit = room.get(receiver) ?? spare(receiver)
          const rows = dueAt <= now && limit > 0 ? await tx.outbox.claim({ monitor: name, receiver, now, leaseUntil, limit }) : []
          for (const row of rows) claimed.push({ row, previous: await tx.outbox.reference(receiver, row.notification.thread) })
          room.set(receiver, limit - rows.length)
        }
      }
      // Of a receiver that takes no more now, an attempt that ends says when to look again.
      const hasRoom = (receiver: string): boolean => (room.get(receiver) ?? 0) > 0
      const waiting = ![...room.keys()].some(hasRoom) ? [] : (await Promise.all(names.map((name) => tx.outbox.waiting(name)))).flat()
      return { due: claimed, later: waiting.filter(({ receiver }) => hasRoom(receiver)) }
    })
    lookedAt = now
    for (const one of due) begin(one, bounds)
    return Math.min(Infinity, ...later.map(({ dueAt }) => dueAt))
  }
  const spare = (receiver: string): number => (channels[receiver]?.limit.concurrent ?? CONCURRENT) - attemptsOf(receiver).size

  /** Waits for the attempts under way. They are cut off `grace` milliseconds after `signal`. */
  const letEnd = async (hardStop: AbortController, signal: AbortSignal, grace: number): Promise<void> => {
    const ended = new AbortController()
    const outOfPatience = clock
      .sleep(Infinity, AbortSignal.any([signal, ended.signal]))
      .then(() => clock.sleep(grace, ended.signal))
      .then(() => hardStop.abort())
    await Promise.all(everyAttempt())
    ended.abort()
    await outOfPatience
  }

  /** Waits for the bell, at most until `at`. */
  const waitUntil = async (at: number, rung: Promise<void>, signal: AbortSignal): Promise<void> => {
    const pause = new AbortController()
    await Promise.race([rung, clock.sleep(Math.min(IDLE, Math.max(0, at - clock.now())), AbortSignal.any([signal, pause.signal]))])
    pause.abort('over')
  }

  return {
    wake,
    subscribe: (listener) => void listeners.push(listener),
    async run(signal, grace) {
      const hardStop = new AbortController()
      while (!signal.aborted) {
        const rung = bell.promise
        const next = await beginDue({ until: Infinity, signal: hardStop.signal }).catch((error: unknown) => {
          // What could not be claimed stays where it is.
          logger.error({ error: String(error) }, 'the outbox could not be read')
          return clock.now() + AFTER_FAILURE
        })
        await waitUntil(next, rung, signal)
      }
      await letEnd(hardStop, signal, grace)
    },
    async drain(deadline, signal, grace) {
      const hardStop = new AbortController()
      try {
        while (!signal.aborted && clock.now() <= deadline) {
          const rung = bell.promise
          const next = await beginDue({ until: deadline, signal: hardStop.signal })
          if (everyAttempt().length === 0 && next > deadline) return
          await waitUntil(Math.min(next, deadline + 1), rung, signal)
        }
      } finally {
        await letEnd(hardStop, signal, grace)
      }
    },
    async close() {
      for (const sender of senders.values()) await sender.close()
    },
  }
}

/** How long the store is insisted upon for an attempt, and the signal that cuts the attempt off. */
interface Bounds {
  readonly until: number
  readonly signal: AbortSignal
}

/** A row to send, and the reference of the last message of its thread. */
interface Claimed {
  readonly row: OutboxRow
  readonly previous: string | undefined
}

function settle(row: OutboxRow, result: Delivery, at: number, stopped: boolean, random: number): Settlement {
  if (result.outcome === 'delivered') return { status: 'delivered', at, ...(result.reference === undefined ? {} : { reference: result.reference }) }
  const { outcome, reason: error } = result
  if (outcome === 'permanent') return { status: 'dead', at, outcome, error }
  // Cut off by a stop: the next start tries again at once, with the same idempotency key.
  if (stopped) return { status: 'queued', at, dueAt: at, error }
  if (at - row.queuedAt >= GIVE_UP_AFTER) return { status: 'dead', at, outcome, error }
  return { status: 'queued', at, dueAt: at + backoff(row.attempt, random, result.retryAfter), error }
}
