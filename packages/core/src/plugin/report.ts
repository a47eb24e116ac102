import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { DeliveryAttempt } from '../model/delivery-attempt.ts'
import type { HistoryStore } from '../model/history.ts'
import type { Labels } from '../model/labels.ts'
import type { Letter } from '../model/letter.ts'
import type { Resource } from '../model/resource.ts'
import type { Transition } from '../model/transition.ts'
import type { CallSite } from './call-site.ts'
import type { ReportPlugin } from './plugin.ts'
import type { Problem, Watch, WatchedRule } from './rule.ts'
import type { Services } from './services.ts'

/** What one issue of a report is about. Milliseconds since the epoch, half-open. */
export interface ReportPeriod {
  readonly from: number
  readonly until: number
  /** Names it to people: `Week 34`, `2026-08-20`. */
  readonly name: string
}

/** What the store kept of a monitor. Reads only; every call is a look of its own. */
export interface Past {
  /** What was measured. Absent where the store keeps none: in memory. */
  readonly history?: Pick<HistoryStore, 'series' | 'points' | 'rollups'>
  /** Alerts as they are now. */
  alerts(): Promise<readonly AlertRecord[]>
  /** What happened to alerts at or after `since`, oldest first. */
  events(since: number): Promise<readonly Transition[]>
  /** Attempts to send that began at or after `since`, oldest first. */
  attempts(since: number): Promise<readonly DeliveryAttempt[]>
}

/** What a report must know of the monitor that it is about. */
export interface ReportedMonitor {
  readonly name: string
  readonly watch: readonly Watch[]
  /** Names of the receivers. */
  readonly receivers: readonly string[]
  /** The identity of the alert that a series and a rule make: events and alerts go by it. */
  fingerprint(series: { readonly resource: Resource; readonly labels?: Labels }, rule: WatchedRule): string
}

export interface ReportContext extends Services {
  /** Aborted when the time for it is up or the runner stops. */
  readonly signal: AbortSignal
  /** IANA zone of every day and time in the report. */
  readonly timeZone: string
  readonly monitor: ReportedMonitor
  readonly past: Past
}

/** Makes letters of what the store kept. */
export interface Report {
  /**
   * Composes one issue. Called at every attempt to send it, so it must give the same for the same past. A thrown TocsinError that is permanent gives
   * the issue up; any other error is tried again.
   */
  compose(period: ReportPeriod, context: ReportContext): Promise<Letter>
  /** The numbers behind the letter, as plain data for programs. */
  figures?(period: ReportPeriod, context: ReportContext): Promise<unknown>
  /** Waits for nothing and frees what `create` opened. */
  close?(): Promise<void>
}

export interface ReportSpec<Schema extends z.ZodType> {
  /** The name in `use:`. */
  readonly name: string
  /** Schema of the options. Default: none. */
  readonly options?: Schema
  /** When it falls due unless `schedule` says otherwise: a cron pattern. */
  schedule(options: z.output<Schema>): string
  /** The period that an issue is about that falls due at `at`: the last one that was over by then. */
  period(options: z.output<Schema>, at: number, timeZone: string): ReportPeriod
  /** The period that holds `at`, as far as it has come: for people who do not want to wait. Default: there is none. */
  soFar?(options: z.output<Schema>, at: number, timeZone: string): ReportPeriod
  /** What would keep it from working here, offline, as `NotifierSpec.check`. Default: nothing is looked for. */
  check?(options: z.output<Schema>): readonly TocsinError[]
  /** Called once per monitor. Opens nothing until `compose` is called. */
  create(options: z.output<Schema>): Report
}

/** Options of every report, whatever its kind. */
export interface ReportOptions<Receiver extends string = string> {
  /** Who gets it: names of the monitor's `notify`, each with a notifier that carries reports. */
  readonly to: readonly Receiver[]
  /** When it falls due: a cron pattern, read in `timeZone`. Default: the plugin's own. */
  readonly schedule?: string
  /** IANA zone of the schedule and of every day in the report. Default: the monitor's. */
  readonly timeZone?: string
}

/** What a monitor's `reports` holds: a report, made but not yet opened. */
export interface ScheduledReport<Receiver extends string = string> {
  /** The plugin's name. */
  readonly use: string
  readonly to: readonly Receiver[]
  /** A cron pattern. */
  readonly schedule: string
  /** Absent: the monitor's. */
  readonly timeZone?: string
  readonly problems: readonly Problem[]
  /** Where in the configuration it was written, when that is known. */
  readonly site?: CallSite
  /** What would keep it from working on this machine. Empty while `problems` is not. */
  check(): readonly TocsinError[]
  /** The period of the issue that falls due at `at`. */
  period(at: number, timeZone: string): ReportPeriod
  /** The period that holds `at`, as far as it has come; `undefined` for a report that knows none. */
  soFar(at: number, timeZone: string): ReportPeriod | undefined
  open(): Report
}

/** What `defineReport` returns: call it to have a report made and sent. */
export type ReportFactory<Input> = ReportPlugin & (<const Receiver extends string>(options: Input & ReportOptions<Receiver>) => ScheduledReport<Receiver>)
