import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { Metric, Metrics } from '../model/metric.ts'
import type { Unit } from '../model/unit.ts'
import type { CallSite } from './call-site.ts'
import type { Collector } from './collector.ts'
import type { Evaluator } from './evaluator.ts'
import type { Permission } from './permission.ts'
import type { ruleOptions } from './rule-options.ts'

/** What every rule takes, whatever its evaluator: how long a breach must last, labels, words for people. */
export type RuleOptions = z.input<typeof ruleOptions>

/** One metric with its evaluator. `U` holds it to metrics of a unit the evaluator accepts. */
export interface Rule<U extends Unit = Unit> {
  readonly evaluator: Evaluator<U>
  readonly options: z.output<typeof ruleOptions>
  /** What is wrong with the options; empty when nothing is. */
  readonly problems: readonly Problem[]
  /** The same rule with some of its options changed, those of its evaluator included: for trying values on the past. See `withChanges`. */
  readonly change?: (options: Readonly<Record<string, unknown>>) => Rule<U>
}

/** Rules by metric. */
export type Rules<M extends Metrics> = { readonly [Name in keyof M]?: Rule<M[Name]['unit']> }

/** Something wrong, and the path to it inside the options it was found in. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly error: TocsinError
}

/** One collector with its rules: what a monitor's `watch` is made of. */
export interface Watch {
  /** The collector's name. */
  readonly collector: string
  readonly metrics: Metrics
  readonly rules: readonly WatchedRule[]
  /** Paths of problems with a rule begin with `rules`, all others are inside the collector's options. */
  readonly problems: readonly Problem[]
  /** Where in the configuration it was written, when that is known. */
  readonly site?: CallSite
  /** What AWS must allow, by `CollectorSpec.permissions`. Empty while `problems` is not. */
  permissions(): readonly Permission[]
  open(): Collector
}

export interface WatchedRule {
  /** `<collector>.<metric>`. */
  readonly name: string
  readonly metric: Metric & { readonly name: string }
  readonly evaluator: Evaluator
  readonly options: z.output<typeof ruleOptions>
  readonly change?: Rule['change']
}

