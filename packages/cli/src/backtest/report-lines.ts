import { relative } from 'node:path'
import { type BacktestSummary, differences, formatDuration, formatQuantity, levelWord, oneLine, type PastAlert } from '@tocsin/core'
import { type Cell, columns } from '../text/columns.ts'
import { levelStyle, type Paint } from '../text/paint.ts'
import { plot } from '../text/plot.ts'
import { ticksOf } from '../text/ticks.ts'
import { wallClock } from '../text/wall-clock.ts'
import { metricOf, placeOf } from '../view/cycle-rows.ts'
import { type Advice, type BacktestReport, bestRung, type Compared, configuredRung, type WorstSeries } from './report.ts'

export interface ReportLayout {
  readonly paint: Paint
  /** Terminal columns. */
  readonly width: number
  /** What the configuration's path is shown relative to. */
  readonly cwd: string
}

const PLOT_HEIGHT = 12
const WIDEST_PLOT = 160
/** So many alerts are listed; the others are counted. */
const MOST_ALERTS = 12
const DAY = 86_400_000

/** What a backtest found, for people. */
export function reportLines(report: BacktestReport, layout: ReportLayout): string[] {
  const { summary, worst, compared, advice } = report
  return [
    ...heading(report, layout),
    ...(worst === undefined ? [] : ['', ...worstPlot(worst, report, layout)]),
    '',
    ...rulesTable(summary, layout),
    '',
    ...receiversTable(summary, report.monitor.timeZone, layout),
    ...(summary.alerts.length === 0 ? [] : ['', ...alertsTable(summary.alerts, MOST_ALERTS, report, layout)]),
    ...(compared === undefined ? [] : ['', ...comparison(compared, report, layout)]),
    ...(advice === undefined ? [] : ['', ...adviceLines(advice, report, layout)]),
  ]
}

const count = (number: number, one: string, many = `${one}s`): string => `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`
const rate = (perWeek: number): string => (perWeek === 0 || perWeek >= 9.95 ? String(Math.round(perWeek)) : perWeek.toFixed(1))
const length = (ms: number): string => (ms === 0 ? '' : formatDuration(ms))

function heading({ file, source, tried, summary, monitor: { timeZone } }: BacktestReport, { cwd }: ReportLayout): string[] {
  const { from, until, series, points } = summary
  return [
    `${oneLine([relative(cwd, file) || file, ...(tried.length === 0 ? [] : [tried.join(', ')])].join(' with '))} over ${oneLine(source)}: ${count(series, 'series', 'series')}, ${count(points, 'point')}`,
    `${formatDuration(until - from)}, ${wallClock(from, timeZone)} to ${wallClock(until, timeZone)} ${timeZone}`,
  ]
}

function worstPlot({ subject, rule, points }: WorstSeries, { summary, monitor: { timeZone } }: BacktestReport, { paint, width }: ReportLayout): string[] {
  const { from, until, alerts } = summary
  const own = alerts.filter((alert) => alert.subject.fingerprint === subject.fingerprint)
  const [first, last] = [Math.max(from, points[0]?.at ?? from), Math.min(until, (points.at(-1)?.at ?? until) + 1)]
  const spec = {
    from: first,
    until: last,
    timestamps: points.map(({ at }) => at),
    values: points.map(({ value }) => value),
    expected: points.map(({ expected }) => expected),
    lines: rule.evaluator.lines?.(rule.metric) ?? {},
    worse: rule.metric.worse,
    alerts: own.map(({ level, firedAt, endedAt = until }) => ({ level, from: firedAt, until: endedAt })),
    ticks: (most: number) => ticksOf(first, last, timeZone, most),
    valueText: (value: number) => formatQuantity(value, rule.metric.unit),
  }
  const title = [`${oneLine(subject.resource.name)} ${metricOf(subject)}`, placeOf(subject.resource), own.length === 0 ? 'no alert' : count(own.length, 'alert')].filter((part) => part !== '').join(' · ')
  return [paint('bold', title), ...plot(spec, { width: Math.min(width, WIDEST_PLOT), height: PLOT_HEIGHT }, paint)]
}

function rulesTable({ rules }: BacktestSummary, { paint, width }: ReportLayout): string[] {
  const spec = [{ title: 'RULE', least: 8 }, { title: 'SERIES', align: 'right' }, { title: 'RED', align: 'right' }, { title: 'AMBER', align: 'right' }, { title: 'TIME RED', align: 'right' }, { title: 'TIME AMBER', align: 'right' }] as const
  const rows = rules.map(({ rule, series, red, amber, timeRed, timeAmber }): Cell[] => [
    { text: oneLine(rule) },
    { text: String(series) },
    { text: String(red), ...(red > 0 ? { style: levelStyle('critical') } : {}) },
    { text: String(amber), ...(amber > 0 ? { style: levelStyle('warning') } : {}) },
    { text: length(timeRed) },
    { text: length(timeAmber) },
  ])
  return columns(spec, rows, { paint, width })
}

function receiversTable(summary: BacktestSummary, timeZone: string, { paint, width }: ReportLayout): string[] {
  const spec = [{ title: 'RECEIVER', least: 8 }, { title: 'MESSAGES', align: 'right' }, { title: 'RED', align: 'right' }, { title: 'AMBER', align: 'right' }, { title: 'ENDED', align: 'right' }, { title: 'AT NIGHT', align: 'right' }] as const
  const rows = summary.receivers.map(({ receiver, messages, red, amber, ended, atNight }): Cell[] => [oneLine(receiver), messages, red, amber, ended, atNight].map((cell) => ({ text: String(cell) })))
  const { pages, pagesAtNight, pagesPerWeek } = summary
  return [...(rows.length === 0 ? ['nobody is told'] : columns(spec, rows, { paint, width })), `${count(pages, 'page')}${summary.until - summary.from < DAY ? '' : ` (${rate(pagesPerWeek)} a week)`}, ${pagesAtNight} at night (22:00-07:00 ${timeZone})`]
}

function alertsTable(alerts: readonly PastAlert[], most: number, { monitor: { timeZone } }: BacktestReport, { paint, width }: ReportLayout): string[] {
  const spec = [{ title: 'FIRED' }, { title: 'LEVEL' }, { title: 'RESOURCE', least: 8 }, { title: 'METRIC', least: 4 }, { title: 'VALUE', align: 'right' }, { title: 'LASTED', align: 'right' }, { title: 'TOLD', least: 4 }, { title: 'WHY', least: 8, optional: true }] as const
  const rows = alerts.slice(0, most).map(({ subject, firedAt, endedAt, level, value, reason, receivers, flapping }): Cell[] => [
    { text: wallClock(firedAt, timeZone) },
    { text: levelWord(level), style: levelStyle(level) },
    { text: oneLine(subject.resource.name) },
    { text: metricOf(subject) },
    { text: formatQuantity(value, subject.unit) },
    { text: endedAt === undefined ? 'goes on' : formatDuration(endedAt - firedAt) },
    { text: receivers.map(oneLine).join(', ') || (flapping ? 'nobody: flapping' : 'nobody') },
    { text: oneLine(reason) },
  ])
  return [...columns(spec, rows, { paint, width }), ...(alerts.length > most ? [`and ${count(alerts.length - most, 'more alert')}: --json has them all`] : [])]
}

function comparison({ file: otherFile, summary: other }: Compared, report: BacktestReport, layout: ReportLayout): string[] {
  const shown = { name: report.tried.length > 0 ? report.tried.join(', ') : relative(layout.cwd, report.file) || report.file, summary: report.summary }
  const pair = otherFile === undefined ? ([{ name: 'as configured', summary: other }, shown] as const) : ([shown, { name: otherFile, summary: other }] as const)
  const [left, right] = pair
  const row = (what: string, of: (one: BacktestSummary) => string | number): Cell[] => [{ text: what }, ...pair.map(({ summary }) => ({ text: String(of(summary)) }))]
  const alerts = (level: PastAlert['level']) => (one: BacktestSummary): number => one.alerts.filter((alert) => alert.level === level).length
  const receivers = [...new Set(pair.flatMap(({ summary }) => summary.receivers.map(({ receiver }) => receiver)))]
  const rows = [
    row('alerts RED', alerts('critical')),
    row('alerts AMBER', alerts('warning')),
    ...receivers.map((receiver) => row(`messages to ${oneLine(receiver)}`, (one) => one.receivers.find((load) => load.receiver === receiver)?.messages ?? 0)),
    row('pages', ({ pages }) => pages),
    row('pages a week', ({ pagesPerWeek }) => rate(pagesPerWeek)),
    row('pages at night', ({ pagesAtNight }) => pagesAtNight),
  ]
  const { onlyFirst, onlySecond, otherLevel } = differences(left.summary.alerts, right.summary.alerts)
  const listed = (title: string, found: readonly PastAlert[]): string[] => (found.length === 0 ? [] : ['', `${title}:`, ...alertsTable(found, MOST_ALERTS / 2, report, layout)])
  const only = (name: string): string => (otherFile === undefined && name === left.name ? `an alert only ${name}` : `an alert only with ${oneLine(name)}`)
  return [
    ...columns([{ title: 'COMPARED', least: 8 }, ...pair.map(({ name }) => ({ title: oneLine(name), align: 'right', least: 8 }) as const)], rows, layout),
    ...listed(only(left.name), onlyFirst),
    ...listed(only(right.name), onlySecond),
    ...listed(`of another level with ${oneLine(right.name)}`, otherLevel.map(({ second }) => second)),
  ]
}

function adviceLines(advice: Advice, { monitor }: BacktestReport, { paint, width }: ReportLayout): string[] {
  const unit = monitor.watch.flatMap(({ rules }) => rules).find(({ name }) => name === advice.rule)?.metric.unit ?? 'count'
  const best = bestRung(advice)
  const spec = [{ title: 'CRITICAL', align: 'right' }, { title: 'PAGES', align: 'right' }, { title: 'A WEEK', align: 'right' }, { title: 'AT NIGHT', align: 'right' }, { title: 'ALERTS', align: 'right' }, { title: '' }] as const
  const rows = advice.rungs.map(({ value, configured, summary }): Cell[] => [
    { text: formatQuantity(value, unit) },
    { text: String(summary.pages) },
    { text: rate(summary.pagesPerWeek) },
    { text: String(summary.pagesAtNight) },
    { text: String(summary.alerts.length) },
    { text: configured ? 'now' : '' },
  ])
  const now = configuredRung(advice)
  const said = (value: number): string => `${oneLine(advice.rule)}.critical=${value}`
  const pages = (perWeek: number): string => `${rate(perWeek)} ${rate(perWeek) === '1.0' || rate(perWeek) === '1' ? 'page' : 'pages'} a week`
  const verdict =
    best === undefined
      ? 'no value gives one page a week or less: a longer "for" or "occurrences" may'
      : best === now
        ? `${said(best.value)}, as it is, gives ${pages(best.summary.pagesPerWeek)}`
        : `${said(best.value)} gives ${pages(best.summary.pagesPerWeek)}${now === undefined ? '' : `; ${now.value}, as it is, gives ${rate(now.summary.pagesPerWeek)}`}`
  return [...columns(spec, rows, { paint, width }), verdict]
}
