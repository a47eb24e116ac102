import type { Clock } from '../clock.ts'
import type { Logger } from '../log/logger.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import type { Services, SharedKey } from '../plugin/services.ts'

/** The services of one runner, and how to free what plugins shared. */
export interface OwnedServices extends Services {
  close(): Promise<void>
}

export function createServices(clock: Clock, logger: Logger, limiter: RateLimiter, print: (text: string) => void): OwnedServices {
  const instances = new Map<SharedKey<unknown>, unknown>()
  const services: OwnedServices = {
    clock,
    logger,
    limiter,
    print,
    shared<T>(key: SharedKey<T>): T {
      if (!instances.has(key)) instances.set(key, key.create(services))
      return instances.get(key) as T
    },
    async close() {
      for (const [key, instance] of instances) await key.close?.(instance)
      limiter.close()
    },
  }
  return services
}
