import { type Clock, systemClock } from '../clock.ts'
import type { Monitor } from '../config/monitor.ts'
import { asTocsinError, type TocsinError } from '../errors.ts'
import { type Logger, silentLogger } from '../log/logger.ts'
import type { Collector, CollectContext, CollectorPast, PastRange } from '../plugin/collector.ts'
import type { Watch } from '../plugin/rule.ts'
import type { RateLimiter } from '../plugin/limit.ts'
import { createRateLimiter } from '../services/rate-limit.ts'
import { scheduleOf } from '../runner/schedule.ts'
import { createServices } from '../services/create-services.ts'
import { type PastPart, type SpooledPast, spooledPast } from './spooled-past.ts'

export interface OfferPastOptions extends PastRange {
  /** Told of what cannot be read; the rest is read all the same. Default: nobody. */
  readonly onProblem?: (problem: TocsinError) => void
  readonly signal: AbortSignal
  /** Default: none. */
  readonly logger?: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: one limiter for each API, see `Limit`. */
  readonly limiter?: RateLimiter
}

/** What the sources of a monitor still have of the past, before it is read. */
export interface PastOffer {
  /** Resources by metric. */
  readonly series: number
  /** Calls that reading takes. */
  readonly calls: number
  /** US dollars that reading costs. */
  readonly dollars: number
  /** Collectors whose sources keep no past. */
  readonly without: readonly string[]
  /**
   * Reads it, once: what was paid for is kept in a file, and looked at from there. Close it before the file is removed.
   *
   * @param path a file that is not there yet; it takes 16 bytes for each point.
   * @param onProgress told how far it is, from 0 to 1.
   */
  read(path: string, onProgress?: (share: number) => void): Promise<SpooledPast>
  close(): Promise<void>
}

interface Offered {
  readonly watch: Watch
  readonly past: CollectorPast
}

/** Asks the sources of a monitor for their past: how much there is, and what it costs. Nothing is paid for until it is read. */
export async function offerPast(monitor: Pick<Monitor, 'watch' | 'every' | 'schedule' | 'timeZone'>, options: OfferPastOptions): Promise<PastOffer> {
  const { from, until, onProblem = () => {}, signal, logger = silentLogger, clock = systemClock, limiter = createRateLimiter() } = options
  const services = createServices(clock, logger, limiter, () => {})
  const collectors: Collector[] = []
  const close = async (): Promise<void> => {
    for (const collector of collectors) await collector.close?.()
    await services.close()
  }
  const now = clock.now()
  const context: CollectContext = { ...services, signal, now, interval: scheduleOf(monitor).interval(now), fail: (error) => onProblem(error) }
  const without: string[] = []

  const ask = async (watch: Watch): Promise<Offered[]> => {
    const collector = watch.open()
    collectors.push(collector)
    if (collector.history === undefined) {
      without.push(watch.collector)
      return []
    }
    try {
      return [{ watch, past: await collector.history(new Set(watch.rules.map(({ metric }) => metric.name)), { from, until }, context) }]
    } catch (error) {
      signal.throwIfAborted()
      onProblem(asTocsinError(error, 'E200', { where: watch.collector, fix: 'see the log; the other collectors go on' }))
      return []
    }
  }

  try {
    const offered = (await Promise.all(monitor.watch.filter(({ rules }) => rules.length > 0).map(ask))).flat()
    const sum = (of: (past: CollectorPast) => number): number => offered.reduce((total, { past }) => total + of(past), 0)
    return {
      series: sum(({ series }) => series),
      calls: sum(({ calls }) => calls),
      dollars: sum(({ dollars }) => dollars),
      without: [...new Set(without)],
      read: (path, onProgress = () => {}) => spooledPast(partsOf(offered, onProgress), { from, until, path }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** One source after the other: each keeps its own limits as it is. */
async function* partsOf(offered: readonly Offered[], onProgress: (share: number) => void): AsyncGenerator<PastPart> {
  const calls = Math.max(1, offered.reduce((sum, { past }) => sum + past.calls, 0))
  let done = 0
  for (const { watch, past } of offered) {
    const rules = new Map(watch.rules.map(({ metric, name }) => [metric.name, name]))
    for await (const { series, from, until } of past.read((share) => onProgress((done + share * past.calls) / calls))) {
      const rule = rules.get(series.metric)
      if (rule !== undefined) yield { rule, series, from, until }
    }
    done += past.calls
  }
}
