import type { AlertSubject } from '../model/alert.ts'
import type { Labels } from '../model/labels.ts'
import { placeOf } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { fingerprint } from './identity.ts'

/** What tells one alert of a monitor from all others. */
function identityLabels({ resource, labels }: Pick<Series, 'resource' | 'labels'>, rule: string): Labels {
  return {
    ...labels,
    rule,
    resource: resource.id,
    ...placeOf(resource),
  }
}

/** Describes the alert that a series and a rule make. Tags become labels with the prefix `tag_`. */
export function subjectOf(series: Pick<Series, 'resource' | 'labels'>, rule: WatchedRule, monitor: { readonly name: string; readonly labels: Labels }): AlertSubject {
  const { resource, labels: dimensions = {} } = series
  const identity = identityLabels(series, rule.name)
  const { summary, runbook } = rule.options
  return {
    fingerprint: fingerprint(monitor.name, identity),
    monitor: monitor.name,
    rule: rule.name,
    metric: rule.metric.name,
    unit: rule.metric.unit,
    resource,
    dimensions,
    labels: {
      ...Object.fromEntries(Object.entries(resource.tags).map(([key, value]) => [`tag_${key}`, value])),
      type: resource.type,
      name: resource.name,
      ...monitor.labels,
      ...rule.options.labels,
      ...identity,
    },
    annotations: { ...(summary === undefined ? {} : { summary }), ...(runbook === undefined ? {} : { runbook }) },
    for: rule.options.for,
  }
}
