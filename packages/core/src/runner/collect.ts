import { asTocsinError, TocsinError } from '../errors.ts'
import type { AlertSubject } from '../model/alert.ts'
import type { Series } from '../model/series.ts'
import type { Usage } from '../model/usage.ts'
import type { Collector, Scope } from '../plugin/collector.ts'
import type { Watch } from '../plugin/rule.ts'
import type { Services } from '../plugin/services.ts'
import type { SourceFailure } from './cycle-result.ts'

/** What one collector gave in one cycle. */
export interface Collected {
  readonly watch: Watch
  readonly series: readonly Series[]
  readonly failures: readonly SourceFailure[]
  /** What the collector has spent since it was opened, where it is paid for. */
  readonly usage?: Usage
}

export interface CollectOptions {
  readonly now: number
  /** Milliseconds between two cycles. */
  readonly interval: number
  /** The longest one collector may take, milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/**
 * Runs one collector to its end. Never throws: what fails is reported, what was yielded before is kept. A collector that ignores its
 * signal is left behind when its time is up.
 */
export async function collectFrom(watch: Watch, open: () => Collector, services: Services, options: CollectOptions): Promise<Collected> {
  const { now, interval, timeout } = options
  const series: Series[] = []
  const failures: SourceFailure[] = []
  const late = new AbortController()
  const finished = new AbortController()
  const signal = AbortSignal.any([options.signal, late.signal])
  const fail = (error: TocsinError, scope: Scope = {}): void => void failures.push({ collector: watch.collector, scope, error })

  const work = async (): Promise<void> => {
    const wanted = new Set(watch.rules.map(({ metric }) => metric.name))
    for await (const one of open().collect(wanted, { ...services, signal, now, interval, fail })) {
      if (finished.signal.aborted) return
      series.push(one)
    }
  }
  const outOfTime = services.clock.sleep(timeout, AbortSignal.any([options.signal, finished.signal])).then(() => {
    if (finished.signal.aborted) return
    late.abort()
    const what = options.signal.aborted ? `${watch.collector} was stopped` : `${watch.collector} took longer than ${timeout / 1_000} s`
    throw new TocsinError('E205', what, { fix: 'raise "collectTimeout" or watch less per monitor' })
  })
  try {
    await Promise.race([work(), outOfTime])
  } catch (error) {
    fail(asTocsinError(error, 'E200', { where: watch.collector, fix: 'see the log; the other collectors go on' }))
  } finally {
    finished.abort()
    outOfTime.catch(() => {})
  }
  const usage = usageOf(open)
  return { watch, series: [...series], failures: [...failures], ...(usage === undefined ? {} : { usage }) }
}

/** One that cannot be opened has spent nothing; it has said why already. */
function usageOf(open: () => Collector): Usage | undefined {
  try {
    return open().usage?.()
  } catch {
    return undefined
  }
}

/** Whether a failure of `scope` covers an alert. */
export function covers({ account, region, metrics }: Scope, { resource, metric }: Pick<AlertSubject, 'resource' | 'metric'>): boolean {
  return (account === undefined || account === resource.account) && (region === undefined || region === resource.region) && (metrics === undefined || metrics.includes(metric))
}

/** Whether the source itself could not be read. What is wrong with single series says nothing of those that are not there. */
export function isUnread({ error }: SourceFailure): boolean {
  return !['E203', 'E400', 'E401', 'E402', 'E403'].includes(error.code)
}
