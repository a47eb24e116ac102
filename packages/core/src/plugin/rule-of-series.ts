import type { Series } from '../model/series.ts'
import type { WatchedRule } from './rule.ts'

/** The rule of a metric; where collectors have metrics of one name, that of the collector whose resources are of this type. */
export function ruleOfSeries({ metric, resource }: Pick<Series, 'metric' | 'resource'>, rules: readonly WatchedRule[]): WatchedRule | undefined {
  const named = rules.filter((rule) => rule.metric.name === metric)
  return named.find(({ name }) => name === `${resource.type}.${metric}`) ?? (named.length === 1 ? named[0] : undefined)
}
