import { type BacktestSummary, differences, type PastAlert, type Rung } from '@tocsin/core'
import { type Advice, type BacktestReport, bestRung, type Compared } from './report.ts'

const instant = (at: number): string => new Date(at).toISOString()
const seconds = (ms: number): number => ms / 1_000
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** What a backtest found, for programs: times ISO 8601, lengths in seconds. */
export function reportJson({ file, source, tried, summary, compared, advice, worst }: BacktestReport) {
  return {
    configuration: file,
    source,
    tried,
    from: instant(summary.from),
    until: instant(summary.until),
    series: summary.series,
    points: summary.points,
    ...totals(summary),
    rules: summary.rules.map(({ rule, series, red, amber, timeRed, timeAmber }) => ({ rule, series, red, amber, redSeconds: seconds(timeRed), amberSeconds: seconds(timeAmber) })),
    receivers: summary.receivers,
    alerts: summary.alerts.map(alertJson),
    worst: worst === undefined ? null : { resource: worst.subject.resource.id, rule: worst.subject.rule, dimensions: worst.subject.dimensions },
    comparison: compared === undefined ? null : comparisonJson(compared, summary),
    advice: advice === undefined ? null : adviceJson(advice),
  }
}

const totals = ({ pages, pagesAtNight, pagesPerWeek, receivers }: BacktestSummary) => ({ messages: receivers.reduce((sum, { messages }) => sum + messages, 0), pages, pagesAtNight, pagesPerWeek })

function alertJson({ subject, level, firedAt, endedAt, red, amber, value, reason, receivers, flapping }: PastAlert) {
  return {
    rule: subject.rule,
    resource: subject.resource.id,
    name: subject.resource.name,
    dimensions: subject.dimensions,
    level,
    firedAt: instant(firedAt),
    endedAt: endedAt === undefined ? null : instant(endedAt),
    redSeconds: seconds(red),
    amberSeconds: seconds(amber),
    value: finite(value),
    reason,
    told: receivers,
    flapping,
  }
}

function comparisonJson({ file, summary: other }: Compared, shown: BacktestSummary) {
  const { onlyFirst, onlySecond, otherLevel } = differences(shown.alerts, other.alerts)
  return {
    with: file ?? 'as configured',
    ...totals(other),
    alerts: other.alerts.length,
    receivers: other.receivers,
    onlyHere: onlyFirst.map(alertJson),
    onlyThere: onlySecond.map(alertJson),
    otherLevel: otherLevel.map(({ first, second }) => ({ here: alertJson(first), there: alertJson(second) })),
  }
}

function adviceJson(advice: Advice) {
  const rung = ({ value, configured, summary }: Rung) => ({ value, configured, alerts: summary.alerts.length, pages: summary.pages, pagesAtNight: summary.pagesAtNight, pagesPerWeek: summary.pagesPerWeek })
  return { rule: advice.rule, level: 'critical', values: advice.rungs.map(rung), best: bestRung(advice)?.value ?? null }
}
