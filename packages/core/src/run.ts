import { type Clock, systemClock } from './clock.ts'
import type { Monitor } from './config/monitor.ts'
import { wire } from './container/container.ts'
import { RUNNER, SERVICES } from './container/tokens.ts'
import type { Logger } from './log/logger.ts'
import { silentLogger } from './log/logger.ts'
import type { AlertRecord } from './model/alert.ts'
import type { RateLimiter } from './plugin/limit.ts'
import { systemRandom } from './random.ts'
import type { CycleResult } from './runner/cycle-result.ts'
import { type MonitorSource, nextMonitor } from './reload.ts'
import { createRateLimiter } from './services/rate-limit.ts'
import type { Runner, RunSettings } from './runner/runner.ts'
import { memoryStore } from './store/memory-store.ts'
import { keepRetention } from './store/retention.ts'
import { takeRunnerLease } from './store/runner-lease.ts'
import type { Records, Store } from './store/store.ts'

export interface RunOptions extends RunSettings {
  /** Stops the run; within five seconds, with nothing half-sent. */
  readonly signal?: AbortSignal
  /** What survives between runs. Default: this process's memory. Closed by whoever opened it. */
  readonly store?: Store
  /**
   * Waits while another process runs this monitor on the same store, and takes over when that one is no more. Default false: fails with
   * E503.
   */
  readonly standby?: boolean
  /** Configurations that are to take over while it runs. Default: none. */
  readonly reloads?: MonitorSource
  /** Told of each that has. */
  readonly onReload?: (monitor: Monitor) => void
  /** Default: none. */
  readonly logger?: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: one limiter for each API, see `Limit`. */
  readonly limiter?: RateLimiter
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** Shows lines to the person at the terminal. Default: stderr. */
  readonly print?: (text: string) => void
}

/**
 * Runs a monitor until `signal` aborts: cycle after cycle, sending as it goes. A configuration that takes over does so between two cycles, with the
 * state of the one before it, and cycles at once.
 *
 * ```ts
 * const stop = new AbortController()
 * await run(monitor, { signal: stop.signal })
 * ```
 */
export async function run(monitor: Monitor, options: RunOptions = {}): Promise<void> {
  const { limiter } = options
  // It outlives each configuration.
  const lent: RunOptions = limiter === undefined ? options : { ...options, limiter: { schedule: (limit, call, weight) => limiter.schedule(limit, call, weight), slowDown: (key) => limiter.slowDown(key), close: () => {} } }
  try {
    await withStore(monitor, options, async (store, signal) => {
      for (let current: Monitor | undefined = monitor; current !== undefined; ) current = await untilReload(current, lent, store, signal)
    })
  } finally {
    limiter?.close()
  }
}

/** Runs one cycle, sends what it queued as far as that goes in half a minute, and gives what it found and did as data. */
export async function runOnce(monitor: Monitor, options: RunOptions = {}): Promise<CycleResult> {
  return withStore(monitor, options, (store, signal) => withWiring(monitor, options, store, (runner) => runner.once(signal)))
}

/** Alerts that are pending, firing or recovering. */
export async function activeAlerts(store: Store, monitor: string): Promise<AlertRecord[]> {
  const stored = await store.transaction((tx) => tx.alerts.list(monitor))
  return stored.map(({ value }) => value).filter(({ state }) => state.phase !== 'inactive')
}

/** Runs one configuration until another is to take over, or `signal` aborts. Gives the other. */
async function untilReload(monitor: Monitor, options: RunOptions, store: Store, signal: AbortSignal): Promise<Monitor | undefined> {
  const { reloads, onReload } = options
  return withWiring(monitor, options, store, async (runner) => {
    if (reloads === undefined) {
      await runner.run(signal)
      return undefined
    }
    const [handOver, ended] = [new AbortController(), new AbortController()]
    const coming = nextMonitor(reloads, monitor, runner, AbortSignal.any([signal, ended.signal])).finally(() => handOver.abort())
    try {
      await runner.run(signal, handOver.signal)
    } finally {
      ended.abort()
    }
    const next = await coming
    if (next !== undefined) onReload?.(next)
    return next
  })
}

/** Takes the lease of the monitor on a store that others may use, too. */
async function withStore<T>(monitor: Monitor, options: RunOptions, use: (store: Store, signal: AbortSignal) => Promise<T>): Promise<T> {
  const { store, standby = false, clock = systemClock, logger = silentLogger, signal = new AbortController().signal } = options
  if (store === undefined) return use(memoryStore(), signal)
  if (options.dryRun) return use(await copyOf(store, monitor.name), signal)
  const lease = await takeRunnerLease({ store, monitor: monitor.name, clock, logger, standby, signal })
  const ended = new AbortController()
  const retention = keepRetention({ store: lease.store, monitor: monitor.name, clock, logger }, ended.signal)
  try {
    const result = await use(lease.store, AbortSignal.any([signal, lease.lost]))
    lease.lost.throwIfAborted()
    return result
  } finally {
    ended.abort()
    await retention
    await lease.release()
  }
}

async function withWiring<T>(monitor: Monitor, options: RunOptions, store: Store, use: (runner: Runner) => Promise<T>): Promise<T> {
  const wiring = wire({
    monitor,
    store,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    limiter: options.limiter ?? createRateLimiter(),
    random: options.random ?? systemRandom,
    print: options.print ?? ((text) => void process.stderr.write(`${text}\n`)),
    settings: options,
  })
  const runner = await wiring.resolve(RUNNER)
  try {
    return await use(runner)
  } finally {
    await runner.close()
    await wiring.resolve(SERVICES).close()
  }
}

/** A dry run starts from what is known and leaves no trace. */
async function copyOf(store: Store, monitor: string): Promise<Store> {
  const copy = memoryStore()
  await store.transaction((from) =>
    copy.transaction(async (to) => {
      const copied = async <T>(source: Records<T>, target: Records<T>): Promise<void> => {
        for (const record of await source.list(monitor)) await target.put(record, 0)
      }
      await copied(from.alerts, to.alerts)
      await copied(from.groups, to.groups)
      await copied(from.standings, to.standings)
      await copied(from.evaluators, to.evaluators)
      await copied(from.silences, to.silences)
      await copied(from.handling, to.handling)
      await copied(from.progress, to.progress)
    }),
  )
  return copy
}
