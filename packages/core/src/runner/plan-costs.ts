import { type Clock, systemClock } from '../clock.ts'
import type { Monitor } from '../config/monitor.ts'
import { asTocsinError, type TocsinError } from '../errors.ts'
import { type Logger, silentLogger } from '../log/logger.ts'
import type { Collector, Scope } from '../plugin/collector.ts'
import type { PlanContext, PlannedCost, SourceCost } from '../plugin/cost.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import type { Watch } from '../plugin/rule.ts'
import { isUnread } from './collect.ts'
import type { SourceFailure } from './cycle-result.ts'
import { createRateLimiter } from '../services/rate-limit.ts'
import { scheduleOf } from './schedule.ts'
import { createServices } from '../services/create-services.ts'

export interface PlanCostsOptions {
  readonly signal?: AbortSignal
  /** Milliseconds to look ahead. Default: 30 days. */
  readonly over?: number
  /** Default: none. */
  readonly logger?: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: one limiter for each API, see `Limit`. */
  readonly limiter?: RateLimiter
}

/** What a monitor is going to cost. */
export interface CostPlan {
  /** Milliseconds that the figures are for. */
  readonly over: number
  /** In the order of the monitor's `watch`. */
  readonly watches: readonly WatchCost[]
  /** Everything that is paid for, each source once, however many collectors share it. */
  readonly sources: readonly SourceCost[]
  /** What could not be found out, and is missing in the figures. */
  readonly failures: readonly SourceFailure[]
}

/** What one collector of a monitor is going to cost. */
export interface WatchCost {
  readonly watch: Watch
  /** Undefined where nothing is paid for, or where the plan failed as a whole. */
  readonly cost: PlannedCost | undefined
  /** Whether the figures hold everything. False when something could not be read. */
  readonly complete: boolean
}

const MONTH = 30 * 86_400_000

/**
 * Says what a monitor is going to cost when it runs on and on from now, before anything is asked that costs. Collectors look for
 * their resources as in a cycle, then say what they are going to ask. The figures are exact as long as resources stay as they are,
 * every call succeeds at once, and all collectors run side by side.
 *
 * ```ts
 * const { sources } = await planCosts(monitor)
 * console.log(sources.map(({ source, total }) => `${source}: $${total.dollars}`))
 * ```
 */
export async function planCosts(monitor: Pick<Monitor, 'watch' | 'every' | 'schedule' | 'timeZone'>, options: PlanCostsOptions = {}): Promise<CostPlan> {
  const { signal = new AbortController().signal, over = MONTH, logger = silentLogger, clock = systemClock, limiter = createRateLimiter() } = options
  const services = createServices(clock, logger, limiter, () => {})
  const now = clock.now()
  const schedule = scheduleOf(monitor)
  const cycles: number[] = []
  for (let at = now; at < now + over; at = schedule.next(now, at)) cycles.push(at)
  const context = { ...services, signal, now, interval: schedule.interval(now), cycles }

  const opened = monitor.watch.map((watch) => ({ watch, collector: watch.open() }))
  try {
    const planned = await Promise.all(opened.map(({ watch, collector }) => planWatch(watch, collector, context)))
    return {
      over,
      watches: planned.map(({ watch, cost, failures }) => ({ watch, cost, complete: !failures.some(isUnread) })),
      sources: [...new Set(planned.flatMap(({ cost }) => cost?.shared ?? []))],
      failures: planned.flatMap(({ failures }) => failures),
    }
  } finally {
    await Promise.all(opened.map(async ({ collector }) => collector.close?.()))
    await services.close()
  }
}

async function planWatch(watch: Watch, collector: Collector, context: Omit<PlanContext, 'fail'>) {
  const failures: SourceFailure[] = []
  const fail = (error: TocsinError, scope: Scope = {}): void => void failures.push({ collector: watch.collector, scope, error })
  try {
    return { watch, failures, cost: await collector.plan?.(new Set(watch.rules.map(({ metric }) => metric.name)), { ...context, fail }) }
  } catch (error) {
    fail(asTocsinError(error, 'E200', { where: watch.collector, fix: 'see the log; the other collectors are planned' }))
    return { watch, failures, cost: undefined }
  }
}
