import type { Labels, Level, Resource, Unit } from '@tocsin/core'

/** Everything that a report says, as numbers. Times are milliseconds since the epoch; what is not known is `undefined`, never zero. */
export interface Figures {
  readonly monitor: string
  readonly period: Period
  /** IANA zone of every time and day. */
  readonly timeZone: string
  /** When the figures were computed. */
  readonly at: number
  /** Rows of watched series, worst first; healthy ones included. */
  readonly rows: readonly Row[]
  readonly coverage: Coverage
  readonly counts: { readonly now: LevelCounts; readonly before?: LevelCounts }
  readonly noise: readonly NoisyRule[]
  readonly response: { readonly now: ResponseTimes; readonly before?: ResponseTimes }
  readonly channels: readonly ChannelFigures[]
  /** What the monitor itself cost in API calls; `undefined` where nothing it does is billed or nothing was kept. */
  readonly cost?: CostFigures
  /** Sources that could not be read in the period. */
  readonly failures: readonly { readonly source: string; readonly reason: string; readonly minutes: number }[]
}

export interface Period {
  readonly kind: 'hour' | 'day' | 'week' | 'month'
  readonly from: number
  readonly until: number
  /** `Week 34`, `2026-08-20`, `August 2026`, `2026-08-20 14:00`. */
  readonly name: string
}

/** Resources (not series) by their worst level in the period. */
export interface LevelCounts {
  readonly red: number
  readonly amber: number
}

/** One metric of one resource. */
export interface Row {
  readonly resource: Resource
  readonly rule: string
  readonly metric: string
  readonly dimensions: Labels
  readonly unit: Unit
  readonly worse: 'high' | 'low'
  /** The worst level it had in the period. */
  readonly worst: Level
  /** The level it has now. */
  readonly level: Level
  /** `undefined` without a single point in the period. */
  readonly values?: RowValues
  readonly before?: { readonly low: number; readonly average: number; readonly high: number; readonly p95: number }
  /** Minutes of the period at each level; a level that lasted when the period began counts from there. */
  readonly minutes: { readonly amber: number; readonly red: number }
  /** Times it turned amber or red in the period. */
  readonly fired: number
  /** Points present of points expected, 0 to 1; `undefined` where none were expected. */
  readonly coverage?: number
  /** One for each step of the period, oldest first; `undefined` where there is no point. */
  readonly course: readonly (CoursePoint | undefined)[]
  /** Lines of its rule where they are fixed numbers. */
  readonly lines: { readonly warning?: number; readonly critical?: number }
  /** Since when its resource is there, when it came in the period. */
  readonly cameAt?: number
  /** Since when its resource is gone, when it went in the period. */
  readonly wentAt?: number
}

export interface RowValues {
  readonly low: number
  readonly lowAt: number
  readonly average: number
  readonly high: number
  readonly highAt: number
  readonly p95: number
}

export interface CoursePoint {
  readonly from: number
  readonly until: number
  readonly low: number
  readonly average: number
  readonly high: number
}

export interface Coverage {
  /** Resources with at least one point in the period, of those that were expected. */
  readonly watched: number
  readonly expected: number
  /** Resources without a single point. */
  readonly silent: readonly Resource[]
  /** Rows that lack more than a twentieth of their points, and metrics without any of resources that gave others, worst first. */
  readonly gaps: readonly { readonly resource: Resource; readonly metric: string; readonly coverage: number }[]
}

/** A rule that spoke often and was seldom acted upon. */
export interface NoisyRule {
  readonly rule: string
  readonly level: 'warning' | 'critical'
  /** Times it fired in the period. */
  readonly fired: number
  /** Of those, how many nobody acknowledged. */
  readonly ignored: number
  /** The line that would have fired about once in the period; `undefined` where no number would. */
  readonly suggestion?: { readonly from: number; readonly to: number; readonly unit: Unit; readonly fires: number }
}

/** Medians, milliseconds; `undefined` where nothing was acknowledged or ended. An alert that began more than a quarter before the period is not counted. */
export interface ResponseTimes {
  readonly acknowledged: number
  readonly resolved: number
  readonly toAcknowledge?: number
  readonly toResolve?: number
}

export interface ChannelFigures {
  readonly receiver: string
  /** Messages that got through, however often they were tried. */
  readonly delivered: number
  /** Messages that were tried and have not got through. */
  readonly failed: number
  /** What the newest failure said. */
  readonly reason?: string
}

export interface CostFigures {
  readonly calls: number
  readonly billedMetrics: number
  readonly usd: number
  /** At this rate, a 30-day month. */
  readonly usdPerMonth: number
}
