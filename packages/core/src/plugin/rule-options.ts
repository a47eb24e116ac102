import { z } from 'zod'
import { type Duration, milliseconds, parseDuration } from '../model/duration.ts'

/** Schema of a duration: takes `5m`, gives milliseconds. The assertion narrows the input, which zod knows only as a text. */
export const duration = z
  .string()
  .refine((text): text is Duration => parseDuration(text) !== undefined, { error: 'not a duration', params: { code: 'E104' } })
  .transform((text) => milliseconds(text)) as unknown as z.ZodType<number, Duration>

const perLevel = z.union([
  duration.transform((both) => ({ warning: both, critical: both })),
  z.strictObject({ warning: duration.default(0), critical: duration.default(0) }),
])

const words = z.record(z.string(), z.string())

/** Schema of the options that every rule takes beside its evaluator's own. */
export const ruleOptions = z.strictObject({
  /** How long a breach must last before it fires. Default `0s`: at once. One duration for both levels, or one for each. */
  for: perLevel.default({ warning: 0, critical: 0 }),
  /** How long it must stay well before it is resolved. Default `0s`. One duration for both levels, or one for each. */
  keepFiringFor: perLevel.default({ warning: 0, critical: 0 }),
  /** Added to the labels of the rule's alerts: notifications carry them, so that receivers can sort by them. */
  labels: words.default({}),
  /** One sentence for the message. */
  summary: z.string().optional(),
  /** Link to what to do about it; shown in the message. */
  runbook: z.url().optional(),
})

/** The keys that belong to the rule; all others belong to its evaluator. */
export const RULE_KEYS: ReadonlySet<string> = new Set(Object.keys(ruleOptions.shape))
