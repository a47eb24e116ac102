import { type Clock, systemClock } from '../clock.ts'
import { silentLogger } from '../log/logger.ts'
import type { CollectContext } from '../plugin/collector.ts'
import type { SendContext } from '../plugin/notifier.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import type { RecordContext } from '../plugin/recorder.ts'
import type { Services, SharedKey } from '../plugin/services.ts'
import type { TocsinError } from '../errors.ts'
import type { Scope } from '../plugin/collector.ts'

const NO_LIMITS: RateLimiter = { schedule: (_limit, call) => call(), slowDown: () => {}, close: () => {} }

/** Services for a test: no log, shared instances of its own and, unless a limiter is given, no rate limits. */
export function testServices(clock: Clock = systemClock, limiter: RateLimiter = NO_LIMITS): Services & { close(): Promise<void> } {
  const instances = new Map<SharedKey<unknown>, unknown>()
  const services: Services = {
    clock,
    logger: silentLogger,
    print: () => {},
    limiter,
    shared<T>(key: SharedKey<T>): T {
      if (!instances.has(key)) instances.set(key, key.create(services))
      return instances.get(key) as T
    },
  }
  return {
    ...services,
    async close() {
      for (const [key, instance] of instances) await key.close?.(instance)
      limiter.close()
    },
  }
}

/** A context for `collect`, which keeps the failures it is told. */
export function collectContext(over: Partial<CollectContext> = {}): CollectContext & { readonly failures: { error: TocsinError; scope: Scope }[] } {
  const services = testServices(over.clock)
  const failures: { error: TocsinError; scope: Scope }[] = []
  return {
    ...services,
    signal: AbortSignal.timeout(60_000),
    now: services.clock.now(),
    interval: 60_000,
    fail: (error, scope = {}) => void failures.push({ error, scope }),
    failures,
    ...over,
  }
}

/** A context for `send`. */
export function sendContext(over: Partial<SendContext> = {}): SendContext {
  return { ...testServices(over.clock), signal: AbortSignal.timeout(30_000), idempotencyKey: 'key-1', attempt: 1, ...over }
}

/** A context for `record`. */
export function recordContext(over: Partial<RecordContext> = {}): RecordContext {
  return { ...testServices(over.clock), signal: AbortSignal.timeout(30_000), ...over }
}
