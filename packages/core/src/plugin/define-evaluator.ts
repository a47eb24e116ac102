import { z } from 'zod'
import type { EvaluatorFactory, EvaluatorSpec } from './evaluator.ts'
import { type NoOptions, parseOptions, strict } from './parse-options.ts'
import { API_VERSION } from './plugin.ts'
import { RULE_KEYS, ruleOptions } from './rule-options.ts'
import type { Rule } from './rule.ts'
import { withChanges } from './with-changes.ts'

/**
 * Makes an evaluator plugin. The function it returns takes the evaluator's own options together with those of every rule
 * (`for`, `keepFiringFor`, `labels`, `summary`, `runbook`).
 */
export function defineEvaluator<Schema extends z.ZodType = NoOptions, State = unknown>(
  spec: EvaluatorSpec<Schema, State>,
): EvaluatorFactory<z.input<Schema>> {
  const schema = strict((spec.options ?? z.object({})) as unknown as Schema)

  const rule = (options: Record<string, unknown> = {}): Rule => {
    const entries = Object.entries(options)
    const own = parseOptions(schema, Object.fromEntries(entries.filter(([key]) => !RULE_KEYS.has(key))), [...RULE_KEYS])
    const common = parseOptions(ruleOptions, Object.fromEntries(entries.filter(([key]) => RULE_KEYS.has(key))))
    return {
      // An evaluator that cannot be made judges nothing: the problems below keep the monitor from starting.
      evaluator: own.ok ? spec.create(own.options) : { evaluate: () => ({ judgements: [] }) },
      options: common.ok ? common.options : ruleOptions.parse({}),
      problems: [...(own.ok ? [] : own.problems), ...(common.ok ? [] : common.problems)],
      change: (changed) => rule(withChanges(options, changed)),
    }
  }
  const plugin = { kind: 'evaluator', name: spec.name, apiVersion: API_VERSION, options: schema } as const
  return Object.assign(rule, { plugin }) as EvaluatorFactory<z.input<Schema>>
}
