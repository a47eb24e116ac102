import { z } from 'zod'
import { ConfigError, TocsinError } from '../errors.ts'
import type { Metrics } from '../model/metric.ts'
import { callSite } from './call-site.ts'
import type { CollectorFactory, CollectorSpec } from './collector.ts'
import { type NoOptions, parseOptions, strict } from './parse-options.ts'
import { API_VERSION } from './plugin.ts'
import type { Problem, Rule, Watch, WatchedRule } from './rule.ts'
import { suggest } from './suggest.ts'

/**
 * Makes a collector plugin.
 *
 * ```ts
 * export const queue = defineCollector({
 *   name: 'queue',
 *   metrics: { depth: { unit: 'count', worse: 'high', help: 'Messages waiting' } },
 *   create: () => ({ async *collect(wanted, { now }) { ... yield series } }),
 * })
 * queue({ depth: threshold({ critical: 1000 }) })
 * ```
 */
export function defineCollector<const M extends Metrics, Schema extends z.ZodType = NoOptions>(
  spec: CollectorSpec<M, Schema>,
): CollectorFactory<M, z.input<Schema>> {
  const schema = strict((spec.options ?? z.object({})) as unknown as Schema)
  const metricsOf = (options: z.output<Schema>): M => (typeof spec.metrics === 'function' ? spec.metrics(options) : spec.metrics)

  const watch = (...args: [rules: Record<string, Rule>] | [options: unknown, rules: Record<string, Rule>]): Watch => {
    const [options, rules] = args.length === 1 ? [{}, args[0]] : args
    const parsed = parseOptions(schema, options)
    const site = callSite(watch)
    // Metrics that depend on the options are unknown while those are broken.
    const metrics = parsed.ok ? metricsOf(parsed.options) : typeof spec.metrics === 'function' ? undefined : spec.metrics
    const { watched, problems: wrong } = readRules(spec.name, metrics, rules, (name) => (parsed.ok ? (spec.check?.(name, parsed.options) ?? []) : []))
    const problems = parsed.ok ? wrong : [...parsed.problems, ...wrong]
    return {
      collector: spec.name,
      metrics: metrics ?? {},
      rules: watched,
      problems,
      ...(site === undefined ? {} : { site }),
      permissions: () => (parsed.ok && problems.length === 0 ? (spec.permissions?.(parsed.options, new Set(watched.map(({ metric }) => metric.name))) ?? []) : []),
      open: () => (parsed.ok && problems.length === 0 ? spec.create(parsed.options) : refuse(problems)),
    }
  }
  const plugin = { kind: 'collector', name: spec.name, apiVersion: API_VERSION, options: schema, metrics: metricsOf } as const
  return Object.assign(watch, { plugin }) as unknown as CollectorFactory<M, z.input<Schema>>
}

function readRules(
  collector: string,
  metrics: Metrics | undefined,
  rules: Record<string, Rule>,
  check: (metric: string) => readonly TocsinError[],
): { watched: WatchedRule[]; problems: Problem[] } {
  const watched: WatchedRule[] = []
  const problems: Problem[] = []
  for (const [name, rule] of Object.entries(rules)) {
    const wrong = (found: readonly Problem[]): void => void problems.push(...found.map(({ path, error }) => ({ path: ['rules', name, ...path], error })))
    const metric = metrics && Object.hasOwn(metrics, name) ? metrics[name] : undefined
    if (metrics && !metric) {
      wrong([{ path: [], error: new TocsinError('E101', `unknown metric "${name}" of ${collector}`, { fix: suggest(name, Object.keys(metrics)) }) }])
      continue
    }
    wrong(rule.problems)
    if (!metric) continue
    wrong([...check(name), ...(rule.evaluator.check?.(metric) ?? [])].map((error) => ({ path: [], error })))
    watched.push({ name: `${collector}.${name}`, metric: { name, ...metric }, evaluator: rule.evaluator, options: rule.options, ...(rule.change === undefined ? {} : { change: rule.change }) })
  }
  return { watched, problems }
}

function refuse(problems: readonly Problem[]): never {
  throw new ConfigError(problems.map(({ error }) => error))
}
