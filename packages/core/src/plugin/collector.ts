import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { Metrics } from '../model/metric.ts'
import type { Usage } from '../model/usage.ts'
import type { Series } from '../model/series.ts'
import type { PlanContext, PlannedCost } from './cost.ts'
import type { Permission } from './permission.ts'
import type { CollectorPlugin } from './plugin.ts'
import type { Rules, Watch } from './rule.ts'
import type { Services } from './services.ts'

/** The part of the world that a failure covers. Empty: everything the collector watches. */
export interface Scope {
  readonly account?: string
  readonly region?: string
  /** The metrics that could not be read. Default: all. */
  readonly metrics?: readonly string[]
}

export interface CollectContext extends Services {
  /** Aborted when the collector's time is up or the runner stops. Pass it on to every call. */
  readonly signal: AbortSignal
  /** The cycle's time, milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds between two cycles. */
  readonly interval: number
  /**
   * Says that one scope could not be read while others go on. Its alerts are held as they are, and the error reaches the
   * configured receivers. Throwing from `collect` says the same of everything not yet yielded.
   */
  readonly fail: (error: TocsinError, scope?: Scope) => void
}

/** A stretch of the past, half-open. Milliseconds since the epoch. */
export interface PastRange {
  readonly from: number
  readonly until: number
}

/** A past that a collector can read. */
export interface CollectorPast<Name extends string = string> {
  /** Resources by metric. */
  readonly series: number
  /** Calls that reading takes. */
  readonly calls: number
  /** US dollars that reading costs, by the price list. */
  readonly dollars: number
  /**
   * Reads all of it, once. A series may come in parts that follow each other, where the source keeps an older part at a longer period:
   * the oldest comes first.
   *
   * @param onProgress told how far it is, from 0 to 1.
   */
  read(onProgress: (share: number) => void): AsyncIterable<CollectorPastPart<Name>>
}

/** Final points of one series, and the stretch of the range that they are all of. */
export interface CollectorPastPart<Name extends string = string> extends PastRange {
  readonly series: Series<Name>
}

/** Turns the world into series. */
export interface Collector<Name extends string = string> {
  /**
   * Yields the newest points of the wanted metrics: a window that overlaps the last one is welcome, points already judged are
   * passed over. A resource that exists but has no points gets an empty series; one that is no longer yielded, from a scope
   * that did not fail, is gone.
   */
  collect(wanted: ReadonlySet<Name>, context: CollectContext): AsyncIterable<Series<Name>>
  /**
   * Says what a cycle does not show: as whom it asks, where there is something when there is nothing where it looks. `tocsin doctor` asks it,
   * before it collects. It changes nothing, and asks for no more than it may. Where there is no such thing, leave it out.
   */
  diagnose?(wanted: ReadonlySet<Name>, context: CollectContext): Promise<readonly Diagnosis[]>
  /**
   * Says what collecting is going to cost, before anything is asked that costs. It may look for resources where that is free; what it
   * cannot find out it tells to `fail`. All collectors of a monitor are asked before any of them has answered, so those that share a
   * source can plan together. Leave it out where collecting costs nothing.
   */
  plan?(wanted: ReadonlySet<Name>, context: PlanContext): Promise<PlannedCost>
  /**
   * What its source still has of the past, for backtests: finds out what there is to read, and what that costs, without paying for
   * anything yet. `context.fail` tells of what is left out. Leave it out where the source keeps no past.
   */
  history?(wanted: ReadonlySet<Name>, range: PastRange, context: CollectContext): Promise<CollectorPast<Name>>
  /** What its calls have cost since it was opened, for sources that are paid for by the call. Read after each cycle, and kept for reports. */
  usage?(): Usage
  /** Frees what `create` opened. */
  close?(): Promise<void>
}

/** One thing that a collector says of itself. */
export interface Diagnosis {
  /** What it is about, in a word: `credentials`, `regions`. */
  readonly about: string
  /** What was found, in a few words: `role/monitoring in 123456789012`; or what is wrong. */
  readonly found: string | TocsinError
  /** How far the clock of the source is ahead of this machine's, milliseconds. Absent where it was not told. */
  readonly clockAhead?: number
}

export interface CollectorSpec<M extends Metrics, Schema extends z.ZodType> {
  /** The name in `use:`, and the first half of every rule name. */
  readonly name: string
  /** Schema of the options. Leave it out where there are none. */
  readonly options?: Schema
  /** The metrics; or, where the options name them, a function of the options. */
  readonly metrics: M | ((options: z.output<Schema>) => M)
  /** Refuses a metric that these options leave without anything to measure. Asked for each metric that has a rule, when the monitor is composed. */
  check?(metric: keyof M & string, options: z.output<Schema>): readonly TocsinError[]
  /** What AWS must allow it with these options, for the metrics that have rules: `tocsin iam` makes the policy of it. Offline. Default: nothing. */
  permissions?(options: z.output<Schema>, wanted: ReadonlySet<keyof M & string>): readonly Permission[]
  /** Called once per monitor. Opens nothing until `collect` is called. */
  create(options: z.output<Schema>): Collector<keyof M & string>
}

/** What `defineCollector` returns: call it to watch something. Options may be left out where none is required. */
export type CollectorFactory<M extends Metrics, Input> = CollectorPlugin &
  ({} extends Input
    ? { (rules: Rules<M>): Watch; (options: Input, rules: Rules<M>): Watch }
    : { (options: Input, rules: Rules<M>): Watch })
