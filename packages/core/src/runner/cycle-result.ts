import type { DeliveryReport } from '../delivery/report.ts'
import type { TocsinError } from '../errors.ts'
import type { AlertRecord, Health, Phase } from '../model/alert.ts'
import type { Labels } from '../model/labels.ts'
import type { Level } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import type { Resource } from '../model/resource.ts'
import type { Transition } from '../model/transition.ts'
import type { Unit } from '../model/unit.ts'
import type { Scope } from '../plugin/collector.ts'
import type { GroupDecision } from '../routing/plan.ts'
import type { RecordReport } from './recording.ts'

/** What one cycle found and did, as data. */
export interface CycleResult {
  readonly monitor: string
  /** The cycle's time, milliseconds since the epoch. */
  readonly at: number
  /** One for each watched series, in the order of the monitor's `watch`. */
  readonly observations: readonly Observation[]
  /** Alerts that are pending, firing or recovering after this cycle. */
  readonly alerts: readonly AlertRecord[]
  /** What changed. */
  readonly transitions: readonly Transition[]
  /** Sources that could not be read, and evaluators that failed. */
  readonly failures: readonly SourceFailure[]
  /** What was queued for the receivers; in a dry run, what would have been. */
  readonly notifications: readonly Notification[]
  /** What was decided of every group that was looked at, with the named reason. */
  readonly decisions: readonly GroupDecision[]
  /** Attempts to send that ended since the last result. */
  readonly deliveries: readonly DeliveryReport[]
  /** What came of the recordings that ended since the last result. */
  readonly recordings: readonly RecordReport[]
}

/** One series as this cycle saw it. */
export interface Observation {
  readonly resource: Resource
  /** `<collector>.<metric>`. */
  readonly rule: string
  readonly metric: string
  readonly unit: Unit
  readonly dimensions: Labels
  /** Time of the newest point; NaN when there is none. */
  readonly at: number
  /** The newest value; NaN when there is none. */
  readonly value: number
  readonly level: Level
  readonly phase: Phase
  readonly health: Health
}

export interface SourceFailure {
  readonly collector: string
  readonly scope: Scope
  readonly error: TocsinError
}
