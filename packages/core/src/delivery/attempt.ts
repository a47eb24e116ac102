import { ConfigError, reasonOf, TocsinError } from '../errors.ts'
import { type Delivery, permanent, retryable } from '../plugin/delivery.ts'
import type { Channel, Notifier } from '../plugin/notifier.ts'
import type { Services } from '../plugin/services.ts'
import { redact } from '../secret.ts'
import type { OutboxRow } from '../store/outbox.ts'

/** One receiver's notifier, opened on first use. */
export interface Sender {
  /**
   * Makes one attempt. Never throws: what goes wrong is an outcome, and no secret is in its reason.
   *
   * @param begins asked when the attempt's turn has come: whether it is still to be made. Default: it is.
   */
  send(row: OutboxRow, previous: string | undefined, signal: AbortSignal, begins?: () => Promise<boolean>): Promise<Delivery>
  /** Looks at the receiver by `Notifier.probe`, as `send` does; `undefined` where the notifier cannot. */
  probe(signal: AbortSignal): Promise<Delivery | undefined>
  close(): Promise<void>
}

/**
 * Makes attempts through one channel, each under the channel's rate limit and bounded in time even when the notifier ignores its
 * signal.
 */
export function createSender(receiver: string, channel: Channel, services: Services, timeout: number): Sender {
  let opened: Notifier | undefined

  const attempt = async (row: OutboxRow, previous: string | undefined, signal: AbortSignal, begins: () => Promise<boolean>): Promise<Delivery> => {
    opened ??= channel.open()
    const notifier = opened
    const limit = { key: `notify:${receiver}`, ...channel.limit }
    return services.limiter.schedule(limit, async () => {
      // It may have waited behind the limit until after a stop.
      if (signal.aborted) return retryable('stopped before it was sent')
      if (!(await begins())) return retryable('taken over before it was sent')
      return withTimeout(services, timeout, signal, (bounded) =>
        notifier.send(row.notification, {
          ...services,
          signal: bounded,
          idempotencyKey: row.id,
          attempt: row.attempt,
          ...(previous === undefined ? {} : { previous }),
        }),
      )
    })
  }
  const probed = async (signal: AbortSignal): Promise<Delivery | undefined> => {
    opened ??= channel.open()
    const probe = opened.probe?.bind(opened)
    return probe && withTimeout(services, timeout, signal, (bounded) => probe({ ...services, signal: bounded }))
  }
  const redacted = (delivery: Delivery): Delivery => ('reason' in delivery ? { ...delivery, reason: redact(delivery.reason, channel.secrets) } : delivery)
  return {
    send: async (row, previous, signal, begins = async () => true) => redacted(await attempt(row, previous, signal, begins).catch(failure)),
    async probe(signal) {
      const found = await probed(signal).catch(failure)
      return found && redacted(found)
    },
    close: async () => opened?.close?.(),
  }
}

/** A notifier that cannot be opened needs a person; any other throw may pass. */
function failure(error: unknown): Delivery {
  if (error instanceof ConfigError) return permanent(error.problems.map(String).join('; '))
  if (error instanceof TocsinError) return error.permanent ? permanent(String(error)) : retryable(String(error))
  return retryable(reasonOf(error))
}

async function withTimeout(services: Services, ms: number, signal: AbortSignal, send: (signal: AbortSignal) => Promise<Delivery>): Promise<Delivery> {
  const finished = new AbortController()
  const late = new AbortController()
  const outOfTime = services.clock.sleep(ms, AbortSignal.any([signal, finished.signal])).then((): Delivery => {
    // What has ended is not cut off as well: that would make errors which nobody sees.
    if (!finished.signal.aborted) late.abort()
    return retryable(signal.aborted ? 'stopped before the receiver answered' : `no answer within ${ms / 1_000} s`)
  })
  try {
    return await Promise.race([send(AbortSignal.any([signal, late.signal])), outOfTime])
  } finally {
    finished.abort('finished')
  }
}
