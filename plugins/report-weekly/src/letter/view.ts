import { createHash } from 'node:crypto'
import type { Level, Unit } from '@tocsin/core'
import type { CostFigures, Figures, LevelCounts, Period, Row } from '../figures.ts'
import { type Listed, listed } from './listed.ts'
import { type ChartView, chartView, hasPoints, rowView, type RowView, unseen } from './row-view.ts'
import { CSS, type Look, LOOKS } from './style.ts'
import { statusOf, watchedOf } from './subject.ts'
import { missing, topAction } from './top-action.ts'
import { clean, metricName, minutesLong, spanOf } from './words.ts'

/**
 * What a template sees. Every key is always there; what is not known is `undefined`. Text from outside is one line of a bounded
 * length; times are milliseconds since the epoch, for the helpers to format.
 */
export interface LetterView {
  readonly monitor: string
  readonly period: Pick<Period, 'kind' | 'name' | 'from' | 'until'> & {
    /** `17–23 August 2026`. */
    readonly span: string
    /** `the week before`. */
    readonly before: string
  }
  readonly timeZone: string
  readonly at: number
  /** The worst level in the period. */
  readonly level: Level
  readonly look: Look
  /** `2 red, 5 amber (down 3)`. */
  readonly status: string
  /** `14/14 watched`; `undefined` where nothing was expected. */
  readonly watched: string | undefined
  /** What to do first, in one sentence. */
  readonly action: string
  /** Resources by their worst level in the period, and in the one before, where it is known. */
  readonly counts: { readonly now: LevelCounts; readonly before: LevelCounts | undefined }
  readonly charts: readonly ChartView[]
  /** Red and amber rows, worst first. */
  readonly rows: readonly RowView[]
  /** Red and amber rows that were left out. */
  readonly rest: { readonly red: number; readonly amber: number; readonly rows: number }
  /** What stayed green and is not listed. */
  readonly healthy: { readonly rows: number; readonly resources: number }
  readonly noise: Listed<NoiseView>
  readonly response: {
    /** Whether the period before is known. */
    readonly compared: boolean
    /** Whether anything was acknowledged or ended, in this period or the one before. */
    readonly any: boolean
    readonly acknowledge: ResponseView
    readonly resolve: ResponseView
  }
  readonly coverage: CoverageView
  readonly cost: CostFigures | undefined
  /** Names of the user's own sections, in alphabetical order. */
  readonly sections: readonly string[]
  /** Inline styles by name, see `style.ts`. */
  readonly css: typeof CSS
}

/** A median time, in milliseconds; `undefined` where nothing was acknowledged or ended. */
export interface ResponseView {
  readonly count: number
  readonly now: number | undefined
  readonly before: number | undefined
}

export interface NoiseView {
  readonly rule: string
  readonly word: 'amber' | 'red'
  readonly fired: number
  readonly ignored: number
  readonly suggestion: { readonly from: number; readonly to: number; readonly unit: Unit; readonly fires: number } | undefined
}

export interface CoverageView {
  readonly watched: number
  readonly expected: number
  /** Whether there is nothing to say but that all is well. */
  readonly complete: boolean
  readonly silent: Listed<string>
  readonly gaps: Listed<{ readonly name: string; readonly missing: string }>
  readonly failures: Listed<{ readonly source: string; readonly reason: string; readonly lasted: string }>
  readonly channels: Listed<{ readonly receiver: string; readonly failed: number; readonly sent: number; readonly reason: string | undefined }>
}

/** Entries of each list of the coverage and the noise. */
const MOST_LISTED = 10

/** How many rows are drawn large. */
const MOST_CHARTS = 3

/** @param most how many red and amber rows are listed; the rest is counted. */
export function letterView(figures: Figures, most: number, sections: readonly string[]): LetterView {
  const { period, counts, coverage } = figures
  const bad = troubled(figures)
  const omitted = bad.slice(most)
  const key = letterKey(figures)
  const level: Level = counts.now.red > 0 ? 'critical' : counts.now.amber > 0 ? 'warning' : 'none'
  return {
    monitor: clean(figures.monitor),
    period: { kind: period.kind, name: clean(period.name), from: period.from, until: period.until, span: spanOf(figures), before: `the ${period.kind} before` },
    timeZone: figures.timeZone,
    at: figures.at,
    level,
    look: LOOKS[level],
    status: statusOf(figures),
    watched: watchedOf(coverage),
    action: topAction(figures),
    counts: { now: counts.now, before: counts.before },
    charts: charted(figures).map((row, index) => chartView(row, `chart-${index + 1}.${key}`, figures)),
    rows: bad.slice(0, most).map((row, index) => rowView(row, `sparkline-${index + 1}.${key}`, figures)),
    rest: { red: omitted.filter(({ worst }) => worst === 'critical').length, amber: omitted.filter(({ worst }) => worst === 'warning').length, rows: omitted.length },
    healthy: healthyOf(figures),
    noise: listed(figures.noise, MOST_LISTED, ({ rule, level, fired, ignored, suggestion }) => ({ rule: clean(rule), word: level === 'critical' ? 'red' : 'amber', fired, ignored, suggestion })),
    response: responseView(figures.response),
    coverage: coverageView(figures),
    cost: figures.cost,
    sections,
    css: CSS,
  }
}

/** Red and amber rows, worst first. */
export const troubled = ({ rows }: Pick<Figures, 'rows'>): Figures['rows'] => rows.filter(({ worst }) => worst !== 'none')

/** The rows that are drawn large: the worst that have points. */
export const charted = (figures: Pick<Figures, 'rows'>): Figures['rows'] => troubled(figures).filter(hasPoints).slice(0, MOST_CHARTS)

/** RFC 2392 wants names of pictures that no other letter has: a client that keeps them by name would show last week's. */
function letterKey({ monitor, period, at }: Figures): string {
  return `${createHash('sha256').update(JSON.stringify([monitor, period.kind, period.from, at])).digest('hex').slice(0, 16)}@tocsin`
}

/** Resources of which every row stayed green, and rows that did. A row without a single point is not green but unknown. */
function healthyOf({ rows }: Figures): LetterView['healthy'] {
  const isGreen = (row: Row): boolean => row.worst === 'none' && unseen(row) !== 'no data'
  const green = rows.filter(isGreen)
  const resources = new Set(green.map(({ resource }) => resource.id))
  for (const row of rows) if (!isGreen(row)) resources.delete(row.resource.id)
  return { rows: green.length, resources: resources.size }
}

function responseView({ now, before }: Figures['response']): LetterView['response'] {
  return {
    compared: before !== undefined,
    any: now.acknowledged + now.resolved + (before?.acknowledged ?? 0) + (before?.resolved ?? 0) > 0,
    acknowledge: { count: now.acknowledged, now: now.toAcknowledge, before: before?.toAcknowledge },
    resolve: { count: now.resolved, now: now.toResolve, before: before?.toResolve },
  }
}

function coverageView({ coverage, failures, channels }: Figures): CoverageView {
  const failing = channels.filter(({ failed }) => failed > 0).toSorted((a, b) => b.failed - a.failed)
  return {
    watched: coverage.watched,
    expected: coverage.expected,
    complete: coverage.silent.length === 0 && coverage.gaps.length === 0 && failures.length === 0 && failing.length === 0 && coverage.watched === coverage.expected,
    silent: listed(coverage.silent, MOST_LISTED, ({ name }) => clean(name)),
    gaps: listed(coverage.gaps, MOST_LISTED, (gap) => ({ name: `${clean(gap.resource.name)} ${metricName({ metric: gap.metric, dimensions: {} })}`, missing: missing(gap.coverage) })),
    failures: listed(failures.toSorted((a, b) => b.minutes - a.minutes), MOST_LISTED, ({ source, reason, minutes }) => ({ source: clean(source), reason: clean(reason, 200), lasted: minutesLong(minutes) })),
    channels: listed(failing, MOST_LISTED, ({ receiver, delivered, failed, reason }) => ({ receiver: clean(receiver), failed, sent: delivered + failed, reason: reason === undefined ? undefined : clean(reason, 200) })),
  }
}
