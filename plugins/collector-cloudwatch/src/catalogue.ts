import { type AwsMetric, type Discovered, type MetricSource, parseExpression, type PointOf } from '@tocsin/aws'
import { z } from 'zod'
import type { CloudWatchOptions, CustomMetric } from './options.ts'

/** What is known of a resource. */
export const storedFacts = z.object({
  /** The configured metrics that it has. */
  metrics: z.array(z.string()).readonly(),
})
export type CustomFacts = z.output<typeof storedFacts>

type Found = Discovered<CustomFacts>

/** The configured metrics and expressions as the query engine takes them. */
export function catalogue({ metrics, expressions }: CloudWatchOptions): Record<string, AwsMetric<CustomFacts>> {
  const plain = Object.entries(metrics).map(([name, metric]) => [name, entry(name, metric)] as const)
  const computed = Object.entries(expressions).map(([name, one]) => [name, expressionEntry(one, metrics)] as const)
  return Object.fromEntries([...plain, ...computed])
}

function entry(name: string, metric: CustomMetric): AwsMetric<CustomFacts> {
  const { unit, worse, help, stat, namespace } = metric
  return {
    ...sourceOf(metric),
    unit,
    worse,
    help: help ?? `${stat} of ${metric.metric} (${namespace})`,
    when: ({ facts }) => facts.metrics.includes(name),
    value: (value, { period }) => converted(value, metric, period),
  }
}

function expressionEntry({ expression, unit, worse, help }: CloudWatchOptions['expressions'][string], metrics: CloudWatchOptions['metrics']): AwsMetric<CustomFacts> {
  const parsed = parseExpression(expression)
  const { inputs, required } = parsed
  const known = (found: Found): (readonly [name: string, metric: CustomMetric])[] =>
    inputs.flatMap((name) => (metrics[name] && found.facts.metrics.includes(name) ? [[name, metrics[name]] as const] : []))
  return {
    unit,
    worse,
    help: help ?? expression,
    when: ({ facts }) => required.every((name) => facts.metrics.includes(name)) && inputs.some((name) => facts.metrics.includes(name)),
    sources: (found: Found) => Object.fromEntries(known(found).map(([name, metric]) => [name, sourceOf(metric)])),
    combine: (values, of: PointOf<CustomFacts>) =>
      parsed.value(Object.fromEntries(known(of).flatMap(([name, metric]) => (values[name] === undefined ? [] : [[name, converted(values[name], metric, of.period)]])))),
  }
}

function sourceOf({ namespace, metric, stat, period, settle }: CustomMetric): MetricSource<CustomFacts> {
  return { namespace, metric, stat, period: period / 1_000, settle: settle / 1_000 }
}

function converted(value: number, { scale, rate }: CustomMetric, period: number): number {
  return (value * scale) / (rate ? period : 1)
}
