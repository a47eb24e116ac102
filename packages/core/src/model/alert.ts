import type { Labels } from './labels.ts'
import type { Level } from './level.ts'
import type { Resource } from './resource.ts'
import type { Unit } from './unit.ts'

/**
 * Where an alert is in its life. `pending`: hot, not yet for long enough. `recovering`: fired and cold, not yet for long enough.
 */
export type Phase = 'inactive' | 'pending' | 'firing' | 'recovering'

/** Whether the alert can be judged at all. Missing data and errors change this, never the phase. */
export type Health = 'ok' | 'warmingUp' | 'noData' | 'error' | 'paused'

/** What an alert is about: everything that does not change while it lives. */
export interface AlertSubject {
  /** The alert's identity: see `fingerprint`. */
  readonly fingerprint: string
  readonly monitor: string
  /** `<collector>.<metric>`, or the rule's own name. */
  readonly rule: string
  readonly metric: string
  readonly unit: Unit
  readonly resource: Resource
  /** Labels of the series: mount, interface, URL. */
  readonly dimensions: Labels
  /** Labels that notifications carry: identity labels, tags, and those of the monitor and rule. */
  readonly labels: Labels
  /** Free text for people: `summary`, `runbook`. */
  readonly annotations: Labels
  /** Milliseconds a breach must last before it fires, per level. */
  readonly for: { readonly warning: number; readonly critical: number }
}

/** The clocks and the latch of one level of one alert. Times are milliseconds since the epoch. */
export interface LevelState {
  readonly phase: Phase
  /** The newest point was hot: the memory that hysteresis needs. One point sets and clears it, whatever M of N says. */
  readonly latched: boolean
  /** When `phase` began, moved on by the time in which nothing could be evaluated. */
  readonly since: number
}

/** The part of an alert that the reducer owns. Plain data of bounded size: it is stored. Times are milliseconds since the epoch. */
export interface AlertState {
  readonly phase: Phase
  readonly level: Level
  readonly health: Health
  readonly warning: LevelState
  readonly critical: LevelState
  /** The level that M of N points reach: what the clocks and flap detection see. */
  readonly reached: Level
  /**
   * The points of the evaluation range, oldest first, up to the newest point: `-` missing, `0` not hot, `w` hot at warning, `c` hot
   * at critical and so at warning. One character where one point decides.
   */
  readonly slots: string
  /** Time of the newest point: a point that is not later changes nothing. `-Infinity` before the first. */
  readonly lastAt: number
  /** Time of the newest evaluation that found no point, while that is later than the newest point. */
  readonly missedAt?: number
  /** Time of the first evaluation, moved on by `frozen` time. Absent once a point was seen and warm-up is over. */
  readonly begunAt?: number
  /** Nothing was evaluated since its source failed or somebody paused it: the next evaluation cuts this time out of the clocks. */
  readonly held?: true
  /** Milliseconds since the newest point in which nothing could be evaluated: they hold no missing points. */
  readonly frozen: number
  /** The newest value; NaN while missing points count as a breach. */
  readonly value: number
  /** Why the newest value is judged as it is. */
  readonly reason: string
  readonly expected?: readonly [low: number, high: number]
  /** Cycles in a row in which the resource was not there, though its source answered. */
  readonly absences: number
  /** Whether `reached` changed at each of the last 20 evaluations, as bits, the newest lowest. */
  readonly changed: number
  /** It changes its level so often that only its first critical is worth a message. */
  readonly flapping: boolean
  /** The running episode, or the last one until it is forgotten. */
  readonly episode?: Episode
}

/** One stretch away from `inactive`. */
export interface Episode {
  readonly id: string
  /** When it left `inactive`. */
  readonly startedAt: number
  /** When it first fired. Absent while it is only pending. */
  readonly firedAt?: number
  readonly firedValue?: number
  readonly endedAt?: number
  /** The first value that was judged well again. */
  readonly recoveredValue?: number
  /** Why it ended. */
  readonly endReason?: ResolveReason
  /** The worst value so far, by the direction of the metric; NaN for one that only missing points made. */
  readonly peak: number
  /** The worst level so far. */
  readonly worstLevel: Level
  /** The newest values, oldest first, at most eight: the trend shown in messages. */
  readonly recent: readonly number[]
  /**
   * How many episodes of this alert fired since it is remembered, this one included. The difference to the number that a receiver was
   * told is how often it fired again without a word.
   */
  readonly fires: number
  /** When the last episode before this one that fired ended. */
  readonly quietSince?: number
}

/** Why an alert ended; `monitorRenamed`: its identity changed with the name; `rerouted`: it goes on, but at its new level it is told to others. */
export type ResolveReason = 'recovered' | 'resourceGone' | 'ruleRemoved' | 'monitorRenamed' | 'rerouted'

/** One alert as it is stored. */
export interface AlertRecord {
  readonly subject: AlertSubject
  readonly state: AlertState
  /** An ended alert is kept until then, milliseconds since the epoch: points of its past must not start it again. */
  readonly keepUntil?: number
}
