import { z } from 'zod'
import { parseCondition } from '../alerting/parse-condition.ts'
import type { Condition } from '../alerting/condition.ts'
import { SEVERITIES } from '../model/level.ts'
import { ruleOptions } from '../plugin/rule-options.ts'

const condition = z.string().transform((text, context): Condition => {
  const parsed = parseCondition(text)
  if (parsed.ok) return parsed.condition
  context.addIssue({ code: 'custom', input: text, message: [parsed.error.message, parsed.error.fix].filter(Boolean).join(': ') })
  return z.NEVER
})

/**
 * Schema of an alert made of others: `{ when: 'ALARM("main/api.errors") AND NOT ALARM("main/deploy")', level: critical }`. It is routed like
 * any alert, under the rule `composite.<name>`; an inhibition can keep its parts back.
 */
export const composite = ruleOptions.pick({ for: true, keepFiringFor: true, labels: true, summary: true, runbook: true, flapping: true, paused: true }).extend({
  when: condition
    .describe('The condition: `ALARM`, `CRITICAL`, `OK` and `INSUFFICIENT_DATA` of `<monitor>/<rule>`, joined by AND, OR, NOT and `AT_LEAST(n, ...)`. Monitors of the same store may be named. What cannot be judged neither fires nor ends it.'),
  each: z.string().min(1).optional()
    .describe('Makes one alert for each `resource`, or for each value of a label such as `tag_cluster`, and reads references to rules as those of it alone: `AT_LEAST(2, ALARM("main/ec2.cpu"), ALARM("main/ec2.networkIn"))`. Default: one alert in all.'),
  level: z.enum(SEVERITIES).default('critical').describe('The level while the condition holds. Default `critical`.'),
})

export type Composite = z.output<typeof composite>
