import 'reflect-metadata'
import { container, type DependencyContainer, instanceCachingFactory } from 'tsyringe'
import type { Clock } from '../clock.ts'
import type { Monitor } from '../config/monitor.ts'
import { createDispatcher } from '../delivery/dispatcher.ts'
import type { Logger } from '../log/logger.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import { createEngine } from '../runner/engine.ts'
import { createLetters } from '../runner/letters.ts'
import { createRunner, type RunSettings } from '../runner/runner.ts'
import { createServices } from '../services/create-services.ts'
import type { Store } from '../store/store.ts'
import { CLOCK, DISPATCHER, ENGINE, LIMITER, LOGGER, MONITOR, PRINT, RANDOM, RUNNER, SERVICES, SETTINGS, STORE } from './tokens.ts'

/** Everything a run needs from outside. */
export interface Ports {
  readonly monitor: Monitor
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly limiter: RateLimiter
  /** A number in [0, 1). */
  readonly random: () => number
  readonly print: (text: string) => void
  readonly settings: RunSettings
}

/** Wires one run. The only place that knows which parts there are; every part gets what it needs as an argument. */
export function wire(ports: Ports): DependencyContainer {
  const wiring = container.createChildContainer()
  wiring.registerInstance(MONITOR, ports.monitor)
  wiring.registerInstance(STORE, ports.store)
  wiring.registerInstance(CLOCK, ports.clock)
  wiring.registerInstance(LOGGER, ports.logger)
  wiring.registerInstance(LIMITER, ports.limiter)
  wiring.registerInstance(RANDOM, ports.random)
  wiring.registerInstance(PRINT, ports.print)
  wiring.registerInstance(SETTINGS, ports.settings)

  wiring.register(SERVICES, {
    useFactory: instanceCachingFactory((c) => createServices(c.resolve(CLOCK), c.resolve(LOGGER), c.resolve(LIMITER), c.resolve(PRINT))),
  })
  wiring.register(ENGINE, { useFactory: instanceCachingFactory((c) => createEngine(c.resolve(MONITOR), c.resolve(STORE), c.resolve(LOGGER))) })
  wiring.register(DISPATCHER, {
    useFactory: instanceCachingFactory((c) => {
      if (c.resolve(SETTINGS).dryRun) return undefined
      const [monitor, store, services] = [c.resolve(MONITOR), c.resolve(STORE), c.resolve(SERVICES)]
      const { name, formerly, notify, sendTimeout } = monitor
      return createDispatcher({ monitor: name, formerly, channels: notify, store, services, letters: createLetters(monitor, store, services), sendTimeout, random: c.resolve(RANDOM) })
    }),
  })
  wiring.register(RUNNER, {
    useFactory: instanceCachingFactory(async (c) => {
      return createRunner({
        monitor: c.resolve(MONITOR),
        engine: await c.resolve(ENGINE),
        reopen: () => createEngine(c.resolve(MONITOR), c.resolve(STORE), c.resolve(LOGGER)),
        services: c.resolve(SERVICES),
        dispatcher: c.resolve(DISPATCHER),
        history: c.resolve(STORE).history,
        settings: c.resolve(SETTINGS),
      })
    }),
  })
  return wiring
}
