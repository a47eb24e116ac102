import { type Level, rank, type Transition } from '@tocsin/core'
import type { Period, Row } from '../figures.ts'
import { levelCourse } from './levels.ts'
import type { Totals } from './totals.ts'
import { resourceKey, type Watched } from './watched.ts'

const MINUTE = 60_000
/** Points of one monitor's first cycle may be this far apart: resources that were there from the beginning did not come. */
const BEGINNING = 3_600_000

/** A row with the series that it is of, if it has one. */
export interface MadeRow {
  readonly row: Row
  readonly series: number | undefined
}

export interface RowParts {
  readonly watched: readonly Watched[]
  /** Of the whole period, by series. */
  readonly summaries: ReadonlyMap<number, Totals>
  readonly events: ReadonlyMap<string, readonly Transition[]>
  readonly period: Period
}

/** A row for each series, the worst first. What is dear to compute is left out: courses, and the period before. */
export function rowsOf({ watched, summaries, events, period }: RowParts): MadeRow[] {
  const { from, until } = period
  const comings = comingsOf(watched)
  const made = watched.map((one): MadeRow => {
    const { fingerprint, resource, dimensions, rule, series, alert } = one
    const now: Level = alert?.state.level ?? 'none'
    const { worst, amber, red, fired } = levelCourse(events.get(fingerprint) ?? [], period, now)
    const summary = series && summaries.get(series.id)
    const values = summary?.values
    const cameAt = comings.get(resourceKey(resource)) ?? -Infinity
    const wentAt = series?.goneAt ?? Infinity
    const row: Row = {
      resource,
      rule: rule.name,
      metric: rule.metric.name,
      dimensions,
      unit: rule.metric.unit,
      worse: rule.metric.worse,
      worst,
      level: now,
      ...(values === undefined ? {} : { values }),
      minutes: { amber: amber / MINUTE, red: red / MINUTE },
      fired,
      ...(summary?.coverage === undefined ? {} : { coverage: summary.coverage }),
      course: [],
      lines: rule.evaluator.lines?.(rule.metric) ?? {},
      ...(cameAt > from && cameAt < until ? { cameAt } : {}),
      ...(wentAt > from && wentAt < until ? { wentAt } : {}),
    }
    return { row, series: series?.id }
  })
  return made.sort((a, b) => compare(a.row, b.row))
}

/** The worst first: by its worst level, how long it was red and amber, how often; among those that are well by name. */
function compare(a: Row, b: Row): number {
  return (
    rank(b.worst) - rank(a.worst) ||
    b.minutes.red - a.minutes.red ||
    b.minutes.amber - a.minutes.amber ||
    b.fired - a.fired ||
    order(a.resource.name, b.resource.name) ||
    order(a.metric, b.metric) ||
    order(JSON.stringify(a.dimensions), JSON.stringify(b.dimensions))
  )
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** When resources came that were not there from the monitor's beginning. */
function comingsOf(watched: readonly Watched[]): ReadonlyMap<string, number> {
  const firsts = new Map<string, number>()
  for (const { resource, series } of watched) {
    if (series === undefined) continue
    const key = resourceKey(resource)
    firsts.set(key, Math.min(firsts.get(key) ?? Infinity, series.firstAt))
  }
  const beginning = [...firsts.values()].reduce((least, at) => Math.min(least, at), Infinity)
  return new Map([...firsts].filter(([, at]) => at > beginning + BEGINNING))
}
