import { type AlertRecord, type HistorySeries, type Labels, type Level, type Past, rank, type ReportContext, type Transition, worse } from '@tocsin/core'
import type { Figures, LevelCounts, Period } from '../figures.ts'
import { withBeginnings } from './beginnings.ts'
import { channelFigures } from './channels.ts'
import { costIn } from './cost.ts'
import { coursesOf } from './course.ts'
import { coverageOf } from './coverage.ts'
import { byAlert, levelCourse } from './levels.ts'
import { noiseIn } from './noise.ts'
import { periodBefore } from './period.ts'
import { responseTimes } from './response.ts'
import { type MadeRow, rowsOf } from './rows.ts'
import { totalsOf } from './totals.ts'
import { resourceKey, wasThere, type Watched, watchedIn } from './watched.ts'

export interface ComputeOptions {
  /** Labels that resources and rules must have to be reported. Default: all are. */
  readonly match?: Labels
  /** Rows that get their course and the period before: the worst. */
  readonly top: number
}

const MINUTE = 60_000
/** The rule of the alerts about sources that cannot be read. */
const SOURCE_RULE = 'tocsin.source'

/** Everything that a report says about a period, of what a store kept. */
export async function compute(period: Period, context: ReportContext, { match = {}, top }: ComputeOptions): Promise<Figures> {
  const { monitor, past, timeZone, clock } = context
  const { history } = past
  const before = periodBefore(period.kind, period.from, timeZone)
  const [known, alerts, allEvents, attempts] = [(await history?.series({ monitor: monitor.name })) ?? [], await past.alerts(), await past.events(before.from), await past.attempts(period.from)]
  const spokenOf = await withBeginnings(past, allEvents, before.from)
  const logs = byAlert(allEvents)
  const events = new Map([...logs].map(([fingerprint, log]) => [fingerprint, log.filter(({ at }) => at >= period.from)]))
  const lately = watchedIn(context, known, alerts, { from: before.from, until: period.until, match })
  const watched = lately.filter((one) => wasThere(one, period))
  const isWhole = Object.keys(match).length === 0
  const own = new Set(lately.map(({ fingerprint }) => fingerprint))
  const ownEvents = isWhole ? spokenOf : spokenOf.filter(({ fingerprint }) => own.has(fingerprint))

  const summaries = await totalsOf(history, watched.flatMap(({ series }) => series?.id ?? []), period)
  const made = rowsOf({ watched, summaries, events, period })
  const rows = history === undefined ? made.map(({ row }) => row) : await withCourses(history, made, { period, before, timeZone, top })
  const hadWatched = watchedLongEnough(known, before)
  return {
    monitor: monitor.name,
    period,
    timeZone,
    at: clock.now(),
    rows,
    coverage: coverageOf(rows, history !== undefined),
    counts: { now: countLevels(made.map(({ row }) => ({ key: resourceKey(row.resource), worst: row.worst }))), ...(hadWatched ? { before: countLevels(levelsBefore(lately, logs, before)) } : {}) },
    noise: await noiseIn(history, watched, events, period, timeZone),
    response: { now: responseTimes(ownEvents, period), ...(hadWatched ? { before: responseTimes(ownEvents, before) } : {}) },
    channels: channelFigures(attempts, monitor.receivers, period),
    ...(await costOf(history, known, period)),
    failures: failuresIn(alerts, events, period),
  }
}

async function costOf(history: Past['history'], known: readonly HistorySeries[], period: Period): Promise<Pick<Figures, 'cost'>> {
  const cost = history && (await costIn(history, known, period))
  return cost === undefined ? {} : { cost }
}

/** The worst rows with their course, and with what they were in the period before. */
async function withCourses(history: NonNullable<Past['history']>, made: readonly MadeRow[], { period, before, timeZone, top }: { readonly period: Period; readonly before: Period; readonly timeZone: string; readonly top: number }): Promise<Figures['rows']> {
  const worst = made.slice(0, top).flatMap(({ series }) => series ?? [])
  const courses = await coursesOf(history, worst, period, timeZone)
  const earlier = await totalsOf(history, worst, before)
  return made.map(({ row, series }, index) => {
    if (index >= top || series === undefined) return row
    const values = earlier.get(series)?.values
    return { ...row, course: courses.get(series) ?? [], ...(values === undefined ? {} : { before: { low: values.low, average: values.average, high: values.high, p95: values.p95 } }) }
  })
}

/** Whether the period before can be compared with: at least half of it was watched. */
function watchedLongEnough(known: readonly HistorySeries[], { from, until }: Period): boolean {
  return known.some(({ firstAt }) => firstAt <= (from + until) / 2)
}

/** Levels of the period before, of resources that were there then. */
function levelsBefore(lately: readonly Watched[], logs: ReadonlyMap<string, readonly Transition[]>, before: Period): { readonly key: string; readonly worst: Level }[] {
  return lately.map(({ fingerprint, resource, alert }) => ({ key: resourceKey(resource), worst: levelCourse(logs.get(fingerprint) ?? [], before, alert?.state.level ?? 'none').worst }))
}

function countLevels(found: readonly { readonly key: string; readonly worst: Level }[]): LevelCounts {
  const levels = new Map<string, Level>()
  for (const { key, worst } of found) levels.set(key, worse(levels.get(key) ?? 'none', worst))
  const all = [...levels.values()]
  return { red: all.filter((level) => level === 'critical').length, amber: all.filter((level) => level === 'warning').length }
}

/** Sources that could not be read, the longest first. */
function failuresIn(alerts: readonly AlertRecord[], events: ReadonlyMap<string, readonly Transition[]>, period: Period): Figures['failures'] {
  return alerts
    .filter(({ subject }) => subject.rule === SOURCE_RULE)
    .flatMap(({ subject, state }) => {
      const log = events.get(subject.fingerprint) ?? []
      const { worst, amber, red } = levelCourse(log, period, state.level)
      if (rank(worst) === 0) return []
      const { account, region, name } = subject.resource
      const said = log.findLast(({ at, kind }) => at < period.until && (kind === 'fired' || kind === 'refired' || kind === 'escalated'))?.reason
      return [{ source: [name, account, region].filter(Boolean).join(' '), reason: said ?? state.reason, minutes: (amber + red) / MINUTE }]
    })
    .toSorted((a, b) => b.minutes - a.minutes)
}
