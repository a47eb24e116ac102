import { type Clock, systemClock } from './clock.ts'
import type { Monitor } from './config/monitor.ts'
import { createSender } from './delivery/attempt.ts'
import { TocsinError } from './errors.ts'
import { silentLogger } from './log/logger.ts'
import type { Letter } from './model/letter.ts'
import type { Delivery } from './plugin/delivery.ts'
import type { ReportContext, ReportPeriod, ScheduledReport } from './plugin/report.ts'
import { suggest } from './plugin/suggest.ts'
import type { RunOptions } from './run.ts'
import { reportContext } from './runner/letters.ts'
import { createRateLimiter } from './services/rate-limit.ts'
import { createServices, type OwnedServices } from './services/create-services.ts'
import type { Store } from './store/store.ts'

export interface ReportNowOptions extends Pick<RunOptions, 'signal' | 'logger' | 'clock' | 'print'> {
  readonly store: Store
  readonly period: ReportPeriod
}

/** What a report came to. */
export interface ComposedReport {
  readonly letter: Letter
  /** The numbers behind it, where the report gives them. */
  readonly figures: unknown
}

/** Composes one issue of a report now, whether it is configured or not, and sends it to nobody. */
export async function composeReport(monitor: Monitor, scheduled: ScheduledReport, { store, period, ...options }: ReportNowOptions): Promise<ComposedReport> {
  return withServices(options, async (services) => {
    const report = scheduled.open()
    try {
      const context: ReportContext = reportContext(monitor, store, services, { signal: options.signal ?? new AbortController().signal, timeZone: scheduled.timeZone ?? monitor.timeZone })
      const letter = await report.compose(period, context)
      return { letter, figures: await report.figures?.(period, context) }
    } finally {
      await report.close?.()
    }
  })
}

/** What became of a letter at one receiver. */
export interface LetterDelivery {
  readonly receiver: string
  readonly result: Delivery
}

/**
 * Sends a letter to receivers, once and without retries, and says what came of it. Beside the schedule: an issue that falls due is sent all the same.
 *
 * @throws TocsinError E106 for a receiver that the monitor does not have.
 */
export async function sendLetter(monitor: Monitor, letter: Letter, receivers: readonly string[], options: Pick<ReportNowOptions, 'signal' | 'logger' | 'clock' | 'print'> = {}): Promise<LetterDelivery[]> {
  const names = Object.keys(monitor.notify)
  const channels = receivers.map((receiver) => {
    const channel = monitor.notify[receiver]
    if (channel === undefined) throw new TocsinError('E106', `unknown notifier "${receiver}"`, { fix: suggest(receiver, names) })
    return { receiver, channel }
  })
  return withServices(options, (services) =>
    Promise.all(
      channels.map(async ({ receiver, channel }): Promise<LetterDelivery> => {
        const sender = createSender(receiver, channel, services, monitor.sendTimeout)
        const now = services.clock.now()
        const report = { name: 'now', dueAt: now, period: { from: now, until: now, name: letter.subject } }
        const row = { id: `report-${now}-${receiver}`, monitor: monitor.name, receiver, key: 'report', report, queuedAt: now, status: 'sending', attempt: 1, dueAt: now, leaseUntil: 0, changedAt: now } as const
        const result = await sender.send(row, undefined, options.signal ?? new AbortController().signal, { letter })
        await sender.close()
        return { receiver, result }
      }),
    ),
  )
}

async function withServices<T>({ clock = systemClock, logger = silentLogger, print = (text) => void process.stderr.write(`${text}\n`) }: Pick<ReportNowOptions, 'logger' | 'print'> & { readonly clock?: Clock }, use: (services: OwnedServices) => Promise<T>): Promise<T> {
  const services = createServices(clock, logger, createRateLimiter(), print)
  try {
    return await use(services)
  } finally {
    await services.close()
  }
}
