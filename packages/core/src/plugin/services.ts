import type { Clock } from '../clock.ts'
import type { Logger } from '../log/logger.ts'
import type { RateLimiter } from './limit.ts'

/** What the core lends to every plugin. */
export interface Services {
  readonly clock: Clock
  readonly logger: Logger
  readonly limiter: RateLimiter
  /** Shows a line or more to the person at the terminal, if there is one. */
  readonly print: (text: string) => void
  /**
   * The one instance of something that several plugins of a process share, such as a query engine. Made on first use, closed
   * with the runner.
   */
  readonly shared: <T>(key: SharedKey<T>) => T
}

/** Names a shared instance and knows how to make it. Compared by identity, so keep it in a module constant. */
export interface SharedKey<T> {
  readonly name: string
  create(services: Services): T
  close?(instance: T): Promise<void>
}
