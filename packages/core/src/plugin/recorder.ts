import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { Labels } from '../model/labels.ts'
import type { Level } from '../model/level.ts'
import type { Resource } from '../model/resource.ts'
import type { Unit } from '../model/unit.ts'
import type { CallSite } from './call-site.ts'
import type { Permission } from './permission.ts'
import type { RecorderPlugin } from './plugin.ts'
import type { Problem } from './rule.ts'
import type { Services } from './services.ts'

/** The newest value of one series, with the level of its alert. */
export interface Sample {
  readonly resource: Resource
  /** `<collector>.<metric>`. */
  readonly rule: string
  readonly metric: string
  readonly unit: Unit
  readonly dimensions: Labels
  /** Time of the point, milliseconds since the epoch. */
  readonly at: number
  readonly value: number
  readonly level: Level
}

/** What a monitor saw in one cycle. Series without a point are left out: a missing value is never recorded as a number. */
export interface Recording {
  readonly monitor: string
  /** The cycle's time, milliseconds since the epoch. */
  readonly at: number
  readonly samples: readonly Sample[]
}

export interface RecordContext extends Services {
  /** Aborted when the time for it is up or the runner stops. Pass it on. */
  readonly signal: AbortSignal
}

/** Keeps what a monitor sees, outside of its store: files, a bucket, a table. */
export interface Recorder {
  /**
   * Keeps one recording, and whatever of earlier ones could not be kept then. The next begins when this one has ended or was cut off. A thrown error raises
   * an alert and costs nothing else; the next recording is the next try.
   */
  record(recording: Recording, context: RecordContext): Promise<void>
  /** Waits for nothing and frees what `create` opened. */
  close?(): Promise<void>
}

export interface RecorderSpec<Schema extends z.ZodType> {
  /** The name in `use:`. */
  readonly name: string
  /** Schema of the options. Use `secret()` for secrets: what it holds is kept out of every error and log. */
  readonly options?: Schema
  /** What would keep it from working here, offline, as `NotifierSpec.check`. Default: nothing is looked for. */
  check?(options: z.output<Schema>): readonly TocsinError[]
  /** What AWS must allow it with these options, as `CollectorSpec.permissions`. Default: nothing. */
  permissions?(options: z.output<Schema>): readonly Permission[]
  /** Called once per monitor. Opens nothing until `record` is called. */
  create(options: z.output<Schema>): Recorder
}

/** Options of every recorder, whatever its kind. */
export interface RecorderOptions {
  /** The least time between two recordings. Default `1m`: no more often than the monitor's cycles. */
  readonly every?: string
}

/** What a monitor's `record` holds: a recorder, made but not yet opened. */
export interface Sink {
  /** The plugin's name. */
  readonly use: string
  /** Milliseconds between two recordings. */
  readonly every: number
  readonly problems: readonly Problem[]
  /** Where in the configuration it was written, when that is known. */
  readonly site?: CallSite
  /** What would keep it from working on this machine. Empty while `problems` is not. */
  check(): readonly TocsinError[]
  /** What AWS must allow, by `RecorderSpec.permissions`. Empty while `problems` is not. */
  permissions(): readonly Permission[]
  open(): Recorder
}

/** What `defineRecorder` returns: call it to name a place to keep recordings. */
export type RecorderFactory<Input> = RecorderPlugin & ({} extends Input ? (options?: Input & RecorderOptions) => Sink : (options: Input & RecorderOptions) => Sink)
