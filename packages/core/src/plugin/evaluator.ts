import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Severity } from '../model/level.ts'
import type { Metric } from '../model/metric.ts'
import type { Series } from '../model/series.ts'
import type { Unit } from '../model/unit.ts'
import type { EvaluatorPlugin } from './plugin.ts'
import type { Rule, RuleOptions } from './rule.ts'

export interface EvaluateContext<State = unknown> {
  readonly metric: Metric & { readonly name: string }
  /** What the last call returned for this series; `undefined` the first time. */
  readonly state: State | undefined
}

export interface Evaluation<State = unknown> {
  /** One judgement per present point, in order. NaN points are passed over. */
  readonly judgements: Iterable<Judgement>
  /** Plain data, small and bounded: core stores it and hands it back next time. */
  readonly state?: State
}

/** Judges points. Pure: the same series and state always give the same judgements. */
export interface Evaluator<U extends Unit = Unit, State = unknown> {
  /** Only points that were not judged before are given, so state never sees a point twice. */
  evaluate(series: Series, context: EvaluateContext<State>): Evaluation<State>
  /** The levels this evaluator can ever breach. Default: both. */
  readonly levels?: readonly Severity[]
  /** Looks for what cannot work with this metric: a wrong unit, contradicting lines. Called once, before anything runs. */
  check?(metric: Metric): readonly TocsinError[]
  /** The fixed lines that points are compared with, in the metric's own unit, by the options that set them: for plots, and for trying other values. Default: none. */
  lines?(metric: Metric): { readonly [Level in Severity]?: number }
  /**
   * Scores the points of one series, one after the other: 0 is as expected, 1 could not be less so. For evaluators that know more than
   * levels. Times may repeat or go back; NaN is a missing point. Default: 0, 0.5 or 1 by the level that a point breaches.
   */
  scorer?(metric: Metric): (at: number, value: number) => number
  /** Never present; ties the evaluator to the units it accepts. */
  readonly units?: (unit: U) => void
}

export interface EvaluatorSpec<Schema extends z.ZodType, State> {
  /** The name in `use:`. */
  readonly name: string
  /** Schema of the options. Leave it out where there are none. Its keys must not be those of `RuleOptions`. */
  readonly options?: Schema
  create(options: z.output<Schema>): Evaluator<Unit, State>
}

/** What `defineEvaluator` returns: call it, with its own options and those of every rule, to make a rule. */
export type EvaluatorFactory<Input> = EvaluatorPlugin &
  ({} extends Input ? (options?: Input & RuleOptions) => Rule : (options: Input & RuleOptions) => Rule)
