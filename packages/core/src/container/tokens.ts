import type { InjectionToken } from 'tsyringe'
import type { Clock } from '../clock.ts'
import type { Monitor } from '../config/monitor.ts'
import type { Dispatcher } from '../delivery/dispatcher.ts'
import type { Logger } from '../log/logger.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import type { Engine } from '../runner/engine.ts'
import type { Runner, RunSettings } from '../runner/runner.ts'
import type { OwnedServices } from '../services/create-services.ts'
import type { Store } from '../store/store.ts'

const token = <T>(name: string): InjectionToken<T> => Symbol(name)

/** What the program gives. */
export const MONITOR = token<Monitor>('monitor')
export const CLOCK = token<Clock>('clock')
export const LOGGER = token<Logger>('logger')
export const LIMITER = token<RateLimiter>('limiter')
export const STORE = token<Store>('store')
export const RANDOM = token<() => number>('random')
export const PRINT = token<(text: string) => void>('print')
export const SETTINGS = token<RunSettings>('settings')

/** What is made of it. */
export const SERVICES = token<OwnedServices>('services')
export const ENGINE = token<Promise<Engine>>('engine')
export const DISPATCHER = token<Dispatcher | undefined>('dispatcher')
export const RUNNER = token<Promise<Runner>>('runner')
