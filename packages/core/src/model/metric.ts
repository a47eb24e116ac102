import type { Unit } from './unit.ts'

/** The one declaration of a metric: it drives the type of its thresholds, the wording of messages and the tables in the docs. */
export interface Metric<U extends Unit = Unit> {
  readonly unit: U
  /** Which way is bad. A threshold without an operator means `>` for `high` and `<` for `low`. */
  readonly worse: 'high' | 'low'
  /** One line for docs and editors: what is measured. */
  readonly help: string
}

/** The metrics of a collector by name. */
export type Metrics = Readonly<Record<string, Metric>>
