import type { AlertSubject, BacktestSummary, Judgement, Monitor, Rung, WatchedRule } from '@tocsin/core'

/** What the shown configuration is compared with. */
export interface Compared {
  /** The file of another configuration; absent where it is the shown one without the values that are tried. */
  readonly file?: string
  readonly summary: BacktestSummary
}

/** The series that fared worst, with its points as its rule judges them. */
export interface WorstSeries {
  readonly subject: AlertSubject
  readonly rule: WatchedRule
  readonly points: readonly Judgement[]
}

/** What values of a rule's critical line would have come to. */
export interface Advice {
  readonly rule: string
  /** From the most sensitive value to the least. */
  readonly rungs: readonly Rung[]
}

/** What a backtest found, before it is printed. */
export interface BacktestReport {
  /** The configuration, absolute. */
  readonly file: string
  /** What was read, in words. */
  readonly source: string
  readonly monitor: Monitor
  /** The options that were tried: `ec2.cpu.critical=85`. */
  readonly tried: readonly string[]
  readonly summary: BacktestSummary
  readonly compared: Compared | undefined
  readonly advice: Advice | undefined
  readonly worst: WorstSeries | undefined
}

/** The most sensitive value that gives at most one page a week. */
export const bestRung = ({ rungs }: Advice): Rung | undefined => rungs.find(({ summary }) => summary.pagesPerWeek <= 1)

/** The rung of the configuration as it was run. */
export const configuredRung = ({ rungs }: Advice): Rung | undefined => rungs.find(({ configured }) => configured)
