import type { Monitor } from '../config/monitor.ts'
import { ConfigError, TocsinError } from '../errors.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'

/**
 * A monitor with some options of one rule changed, to see what the past would have made of it.
 *
 * @param rule `<collector>.<metric>`. Where several collectors of one name have it, all of them change.
 * @param options those of the evaluator or of every rule; `undefined` takes one away.
 * @throws TocsinError E101 for a rule that the monitor does not have; ConfigError with everything that is wrong with the options.
 */
export function tryOptions(monitor: Monitor, rule: string, options: Readonly<Record<string, unknown>>): Monitor {
  const names = monitor.watch.flatMap((watch) => watch.rules.map(({ name }) => name))
  if (!names.includes(rule)) throw new TocsinError('E101', `unknown rule "${rule}"`, { fix: suggest(rule, names) })
  return { ...monitor, watch: monitor.watch.map((watch) => ({ ...watch, rules: watch.rules.map((one) => (one.name === rule ? changed(one, options) : one)) })) }
}

function changed(rule: WatchedRule, options: Readonly<Record<string, unknown>>): WatchedRule {
  const next = rule.change?.(options)
  if (next === undefined) throw new TocsinError('E108', `the evaluator of ${rule.name} cannot change its options`, { where: rule.name, fix: 'make it with "defineEvaluator"' })
  const wrong = [...next.problems.map(({ error }) => error), ...(next.problems.length > 0 ? [] : (next.evaluator.check?.(rule.metric) ?? []))]
  if (wrong.length > 0) throw new ConfigError(wrong.map((error) => error.at(rule.name)))
  return { name: rule.name, metric: rule.metric, evaluator: next.evaluator, options: next.options, ...(next.change === undefined ? {} : { change: next.change }) }
}
