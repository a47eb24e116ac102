import type { AwsMetric, PointOf } from '@tocsin/aws'
import type { CloudWatchOptions, CustomMetric } from './options.ts'

/** What is known of a resource: which of the configured metrics it has. */
export interface CustomFacts {
  readonly metrics: ReadonlySet<string>
}

/** The configured metrics as the query engine takes them. */
export function catalogue({ metrics }: CloudWatchOptions): Record<string, AwsMetric<CustomFacts>> {
  return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, entry(name, metric)]))
}

function entry(name: string, { namespace, metric, stat, period, settle, unit, worse, scale, rate, help }: CustomMetric): AwsMetric<CustomFacts> {
  return {
    namespace,
    metric,
    stat,
    period: period / 1_000,
    settle: settle / 1_000,
    unit,
    worse,
    help: help ?? `${stat} of ${metric} (${namespace})`,
    when: ({ facts }) => facts.metrics.has(name),
    value: (value: number, of: PointOf<CustomFacts>) => (value * scale) / (rate ? of.period : 1),
  }
}
