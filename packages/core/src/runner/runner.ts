import type { Monitor } from '../config/monitor.ts'
import { TocsinError } from '../errors.ts'
import type { Dispatcher } from '../delivery/dispatcher.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import type { Collector } from '../plugin/collector.ts'
import type { Watch } from '../plugin/rule.ts'
import type { Services } from '../plugin/services.ts'
import { type Collected, collectFrom } from './collect.ts'
import { concurrently } from './concurrently.ts'
import type { CycleResult } from './cycle-result.ts'
import type { Cycle, Engine } from './engine.ts'
import type { HistoryStore } from '../model/history.ts'
import { createHistoryKeeper } from './history-keeper.ts'
import { createRecordings, type RecordReport } from './recording.ts'
import { scheduleOf } from './schedule.ts'

export interface RunnerOptions {
  readonly monitor: Monitor
  readonly engine: Engine
  /** Makes the engine anew from what is stored: for when somebody else changed it. */
  readonly reopen: () => Promise<Engine>
  readonly services: Services
  /** Absent in a dry run: nothing is sent. */
  readonly dispatcher: Dispatcher | undefined
  /** Absent where the store keeps no history. */
  readonly history?: HistoryStore | undefined
  readonly settings: RunSettings
}

/** How this run differs from another of the same monitor. */
export interface RunSettings {
  /** Nothing is sent. */
  readonly dryRun?: boolean
  /** Collectors to run, by name. Default: all. */
  readonly only?: readonly string[]
  /** Told of every cycle. */
  readonly onCycle?: (result: CycleResult) => void
  /** Told of every attempt to send. */
  readonly onDelivery?: (report: DeliveryReport) => void
}

/** Runs the cycles of one monitor. */
export interface Runner {
  /**
   * Cycles and sends until `signal` aborts. Ends within five seconds of that.
   *
   * @param handOver ends it too, but not before the cycle under way is committed: another configuration takes over. Default: never.
   */
  run(signal: AbortSignal, handOver?: AbortSignal): Promise<void>
  /** Raises the alert that a new configuration could not take over. */
  refused(reason: string): Promise<void>
  /** One cycle; what it queued is sent as far as that goes in half a minute. */
  once(signal: AbortSignal): Promise<CycleResult>
  close(): Promise<void>
}

/** Attempts under way when a stop is asked for may end in this time; the rest of the five seconds is for writing. */
const STOP_GRACE = 4_000
/** Between two looks at groups, however close their times are. */
const SHORTEST_PAUSE = 100
/** How long plugins may take to close. */
const CLOSE_GRACE = 500
/** How long a single pass packs what was measured. */
const TIDY = 2_000
/** How long a single pass waits for receivers. What is not through by then stays in the outbox. */
const DRAIN = 30_000

export function createRunner({ monitor, engine: first, reopen, services, dispatcher, history, settings }: RunnerOptions): Runner {
  const { clock, logger } = services
  const { only, onCycle, onDelivery } = settings
  const schedule = scheduleOf(monitor)
  const watches = monitor.watch.filter(({ collector }) => only === undefined || only.includes(collector))
  const collectors = new Map<Watch, Collector>()
  const recordings = settings.dryRun ? undefined : createRecordings(monitor.record, services, (report) => {
    recorded.push(report)
    engine.recorded(report)
  })
  const keeper = history && createHistoryKeeper(monitor, history, services)
  let engine = first
  let reports: DeliveryReport[] = []
  let recorded: RecordReport[] = []
  let reviewing: Promise<void> = Promise.resolve()
  /** When the next group is due. */
  let flushAt = Infinity
  const awake = Promise.withResolvers<void>()
  /** A single pass tells everything at its end. */
  let single = false

  const open = (watch: Watch): Collector => {
    const collector = collectors.get(watch) ?? watch.open()
    collectors.set(watch, collector)
    return collector
  }
  const takeReports = (): Pick<CycleResult, 'deliveries' | 'recordings'> => {
    const taken = { deliveries: reports, recordings: recorded }
    reports = []
    recorded = []
    return taken
  }

  /** Nothing for a cycle that was cut off: what follows from half a view would be wrong. */
  const cycle = async (signal: AbortSignal, final: boolean): Promise<Cycle | undefined> => {
    const now = clock.now()
    const options = { now, interval: schedule.interval(now), timeout: monitor.collectTimeout, signal }
    const tasks = watches.map((watch) => (): Promise<Collected> => collectFrom(watch, () => open(watch), services, options))
    const collected = await concurrently(monitor.concurrency, tasks)
    if (signal.aborted) return undefined
    const done = await engine.cycle(collected, now, final)
    keeper?.keep(collected, now)
    return done
  }

  const cycles = async (signal: AbortSignal, handOver: AbortSignal): Promise<void> => {
    const started = clock.now()
    const ended = AbortSignal.any([signal, handOver])
    while (!ended.aborted) {
      try {
        const done = await cycle(signal, false)
        if (done === undefined) return
        flushAt = done.nextAt
        if (done.tells) awake.resolve()
        dispatcher?.wake()
        recordings?.offer(done.result, signal)
        onCycle?.({ ...done.result, ...takeReports() })
      } catch (error) {
        logger.error({ error: String(error) }, 'the cycle could not be committed')
        // The state in memory is ahead of the store, and the next cycle writes both; but where the store is not as it was left, it is right.
        if (error instanceof TocsinError && error.code === 'E500') engine = await reopen().catch(() => engine)
      }
      await flushUntil(schedule.next(started, clock.now()), ended)
    }
  }

  /** Tells groups whose time comes before the next cycle. */
  const flushUntil = async (next: number, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const asleep = clock.now()
      await clock.sleep(Math.min(next, Math.max(flushAt, asleep + SHORTEST_PAUSE)) - asleep, signal)
      // A clock that was set back may take hours to come to that time again.
      if (signal.aborted || clock.now() >= next || clock.now() < asleep) return
      try {
        flushAt = await engine.flush(clock.now())
        dispatcher?.wake()
      } catch (error) {
        logger.error({ error: String(error) }, 'a notification could not be queued')
      }
    }
  }

  /** What an earlier process left unsent waits, too, until it is known how things are now. */
  const sending = async (signal: AbortSignal): Promise<void> => {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    if (!signal.aborted) await Promise.race([awake.promise, stopped])
    await dispatcher?.run(signal, STOP_GRACE)
  }

  dispatcher?.subscribe((report) => {
    reports.push(report)
    onDelivery?.(report)
    if (!engine.delivered(report)) return
    reviewing = reviewing
      .then(() => engine.reviewChannels(clock.now(), single))
      .then((next) => {
        flushAt = Math.min(flushAt, next)
        dispatcher.wake()
        return undefined
      })
      .catch((error: unknown) => logger.error({ error: String(error) }, 'the state of a channel could not be written'))
  })

  /** A single pass packs a little of what was measured, and leaves the rest to the next. */
  const tidy = async (signal: AbortSignal): Promise<void> => {
    if (keeper === undefined) return
    const enough = new AbortController()
    const done = new AbortController()
    void clock.sleep(TIDY, AbortSignal.any([signal, done.signal])).then(() => enough.abort())
    await keeper.tidy(AbortSignal.any([signal, enough.signal]))
    done.abort()
  }

  return {
    async run(signal, handOver = new AbortController().signal) {
      const ended = new AbortController()
      const both = AbortSignal.any([signal, ended.signal])
      // When one fails, or hands over, the others must not go on alone.
      const parts = [cycles(both, handOver).finally(() => ended.abort()), sending(both), keeper?.maintain(both)].map((part) => Promise.resolve(part).catch((error: unknown) => {
        ended.abort(error)
        throw error
      }))
      const ends = await Promise.allSettled(parts)
      await Promise.all([reviewing, recordings?.idle(), keeper?.idle()])
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
    async refused(reason) {
      try {
        flushAt = Math.min(flushAt, await engine.refused(reason, clock.now()))
        dispatcher?.wake()
      } catch (error) {
        logger.error({ error: String(error) }, 'that a configuration could not take over could not be written')
      }
    },
    async once(signal) {
      single = true
      const done = await cycle(signal, true)
      if (done === undefined) throw signal.reason
      recordings?.offer(done.result, signal)
      await Promise.all([recordings?.idle(), keeper?.idle()])
      await tidy(signal)
      // There is no next cycle that would count what could not be kept.
      if (Object.keys(monitor.record).length > 0 && !settings.dryRun) await engine.reviewChannels(clock.now(), true)
      const deadline = clock.now() + DRAIN
      if (!done.tells) return { ...done.result, ...takeReports() }
      try {
        await dispatcher?.drain(deadline, signal, STOP_GRACE)
        await reviewing
        // A channel that failed raised an alert, which the others are told of now.
        await dispatcher?.drain(deadline, signal, STOP_GRACE)
      } finally {
        // The caller closes the store.
        await reviewing
      }
      return { ...done.result, ...takeReports() }
    },
    async close() {
      // A plugin that hangs on its way out must not hold the process.
      const closed = Promise.all([...[...collectors.values()].map((collector) => collector.close?.()), dispatcher?.close(), recordings?.close()])
      const done = new AbortController()
      await Promise.race([closed.catch((error: unknown) => logger.warn({ error: String(error) }, 'a plugin could not be closed')), clock.sleep(CLOSE_GRACE, done.signal)])
      done.abort()
    },
  }
}
