import { ConfigError, reasonOf, TocsinError } from '../errors.ts'
import { type Delivery, permanent, retryable } from '../plugin/delivery.ts'
import type { Letter } from '../model/letter.ts'
import type { Channel, Notifier, SendContext } from '../plugin/notifier.ts'
import type { Services } from '../plugin/services.ts'
import { redact } from '../secret.ts'
import type { OutboxRow } from '../store/outbox.ts'

export interface AttemptOptions {
  /** Asked when the attempt's turn has come: whether it is still to be made. Default: it is. */
  readonly begins?: () => Promise<boolean>
  /** What an issue of a report came to. */
  readonly letter?: Letter | undefined
}

/** One receiver's notifier, opened on first use. */
export interface Sender {
  /**
   * Makes one attempt. Never throws: what goes wrong is an outcome, and no secret is in its reason.
   */
  send(row: OutboxRow, previous: string | undefined, signal: AbortSignal, attempt?: AttemptOptions): Promise<Delivery>
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

  const attempt = async (row: OutboxRow, previous: string | undefined, signal: AbortSignal, { begins, letter }: AttemptOptions): Promise<Delivery> => {
    opened ??= channel.open()
    const notifier = opened
    const limit = { key: `notify:${receiver}`, ...channel.limit }
    return services.limiter.schedule(limit, async () => {
      // It may have waited behind the limit until after a stop.
      if (signal.aborted) return retryable('stopped before it was sent')
      if (begins !== undefined && !(await begins())) return retryable('taken over before it was sent')
      return withTimeout(services, timeout, signal, async (bounded): Promise<Delivery> => {
        const context: SendContext = { ...services, signal: bounded, idempotencyKey: row.id, attempt: row.attempt, ...(previous === undefined ? {} : { previous }) }
        if (row.notification !== undefined) return notifier.send(row.notification, context)
        if (letter === undefined || notifier.sendReport === undefined) return permanent(`${channel.use} carries no reports`)
        return notifier.sendReport(letter, context)
      })
    })
  }
  const probed = async (signal: AbortSignal): Promise<Delivery | undefined> => {
    opened ??= channel.open()
    const probe = opened.probe?.bind(opened)
    return probe && withTimeout(services, timeout, signal, (bounded) => probe({ ...services, signal: bounded }))
  }
  const redacted = (delivery: Delivery): Delivery => ('reason' in delivery ? { ...delivery, reason: redact(delivery.reason, channel.secrets) } : delivery)
  return {
    send: async (row, previous, signal, options = {}) => redacted(await attempt(row, previous, signal, options).catch(failureOf)),
    async probe(signal) {
      const found = await probed(signal).catch(failureOf)
      return found && redacted(found)
    },
    close: async () => opened?.close?.(),
  }
}

/** What cannot be opened needs a person; any other throw may pass. */
function failureOf(error: unknown): Delivery {
  if (error instanceof ConfigError) return permanent(error.problems.map(String).join('; '))
  if (error instanceof TocsinError) return error.permanent ? permanent(String(error)) : retryable(String(error))
  return retryable(reasonOf(error))
}

/** Composes a letter in bounded time, or says what came of it instead. */
export async function composeLetter(compose: (signal: AbortSignal) => Promise<Letter>, services: Services, signal: AbortSignal): Promise<{ readonly letter: Letter } | { readonly failed: Delivery }> {
  const work = async (bounded: AbortSignal): Promise<{ readonly letter: Letter }> => ({ letter: await compose(bounded) })
  const made = await withTimeout(services, LONGEST_COMPOSING, signal, work).catch(failureOf)
  return 'letter' in made ? made : { failed: made }
}

/** How long a report may take to be composed. It reads in small pieces and holds up nobody. */
export const LONGEST_COMPOSING = 300_000

async function withTimeout<T>(services: Services, ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T | Delivery> {
  const finished = new AbortController()
  const late = new AbortController()
  const outOfTime = services.clock.sleep(ms, AbortSignal.any([signal, finished.signal])).then((): Delivery => {
    // What has ended is not cut off as well: that would make errors which nobody sees.
    if (!finished.signal.aborted) late.abort()
    return retryable(signal.aborted ? 'stopped before the receiver answered' : `no answer within ${ms / 1_000} s`)
  })
  try {
    return await Promise.race([work(AbortSignal.any([signal, late.signal])), outOfTime])
  } finally {
    finished.abort('finished')
  }
}
