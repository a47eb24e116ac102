import type { AlertRecord, HistorySeries, Labels, ReportContext, Resource, WatchedRule } from '@tocsin/core'
import { USAGE_TYPE } from '@tocsin/core'

/** A series that a rule of the monitor judges, known from its points, its alert, or both. */
export interface Watched {
  /** The identity of its alert. */
  readonly fingerprint: string
  readonly resource: Resource
  readonly dimensions: Labels
  readonly rule: WatchedRule
  /** Absent where there never was a point, or the store keeps none. */
  readonly series?: HistorySeries
  readonly alert?: AlertRecord
}

/** Everything that was there in a period, as far as it matches. */
export interface Scope {
  readonly from: number
  readonly until: number
  /** Labels that alerts must have. */
  readonly match: Labels
}

/** What the monitor watched in a period. Series without a rule are nobody's concern. */
export function watchedIn({ monitor }: Pick<ReportContext, 'monitor'>, known: readonly HistorySeries[], alerts: readonly AlertRecord[], { from, until, match }: Scope): Watched[] {
  const rules = monitor.watch.flatMap((watch) => watch.rules)
  const byName = new Map(rules.map((rule) => [rule.name, rule]))
  const open = new Map(alerts.map((alert) => [alert.subject.fingerprint, alert]))
  const measured = known.flatMap((series): Watched[] => {
    const rule = ruleOf(series, rules)
    if (rule === undefined) return []
    const { resource, labels } = series
    const fingerprint = monitor.fingerprint({ resource, labels }, rule)
    const alert = open.get(fingerprint)
    open.delete(fingerprint)
    const one: Watched = { fingerprint, resource, dimensions: labels, rule, series, ...(alert === undefined ? {} : { alert }) }
    return wasThere(one, { from, until }) ? [one] : []
  })
  const pointless = [...open.values()].flatMap((alert): Watched[] => {
    const { fingerprint, resource, dimensions, rule: name } = alert.subject
    const rule = byName.get(name)
    return rule === undefined ? [] : [{ fingerprint, resource, dimensions, rule, alert }]
  })
  return [...measured, ...pointless].filter((one) => hasLabels(one, match))
}

/** Whether something was there in a period. Of what has no points it is not known when it came. */
export function wasThere({ series }: Watched, { from, until }: Pick<Scope, 'from' | 'until'>): boolean {
  return series === undefined || (series.firstAt < until && (series.goneAt ?? Infinity) > from)
}

/** The rule of a metric; where collectors have metrics of one name, that of the collector whose resources are of this type. */
function ruleOf({ metric, resource }: HistorySeries, rules: readonly WatchedRule[]): WatchedRule | undefined {
  if (resource.type === USAGE_TYPE) return undefined
  const named = rules.filter((rule) => rule.metric.name === metric)
  return named.find(({ name }) => name === `${resource.type}.${metric}`) ?? (named.length === 1 ? named[0] : undefined)
}

function hasLabels({ resource, dimensions, rule }: Watched, match: Labels): boolean {
  const { id, type, name, account, region, tags } = resource
  const own: Readonly<Record<string, string | undefined>> = { ...rule.options.labels, ...dimensions, rule: rule.name, resource: id, type, name, account, region }
  return Object.entries(match).every(([label, value]) => (own[label] ?? (label.startsWith('tag_') ? tags[label.slice('tag_'.length)] : undefined)) === value)
}

/** What tells one resource from all others. */
export const resourceKey = ({ id, account, region }: Resource): string => JSON.stringify([id, account, region])
