import type { Quantity, RuleOptions, Unit } from '@tocsin/core'
import { z } from 'zod'

export const OPERATORS = ['>', '>=', '<', '<='] as const

/** How a value is compared with a breach line. */
export type Operator = (typeof OPERATORS)[number]

/** Fixed lines, in the unit of the metric: `80` or `'80%'`, `'20GB'`, `'250ms'`. At least one of `warning` and `critical`. */
export interface ThresholdOptions<U extends Unit = Unit> extends RuleOptions {
  /** Past this line it is AMBER. Default: never amber. */
  readonly warning?: NoInfer<Quantity<U>>
  /** Past this line it is RED; farther out than `warning`. Default: never red. */
  readonly critical?: NoInfer<Quantity<U>>
  /**
   * Hysteresis: a level that was reached ends only when the value is strictly on the good side of its clear line. One quantity is
   * the clear line of the lowest level that has a breach line. Default: a level ends as soon as its breach line is not crossed.
   */
  readonly clear?: NoInfer<Quantity<U>> | { readonly warning?: NoInfer<Quantity<U>>; readonly critical?: NoInfer<Quantity<U>> }
  /** Which side of a line is bad, and whether the line itself is. Default: `>` for a metric that is bad when high, `<` for one that is bad when low. */
  readonly operator?: Operator
}

const quantity = z.union([z.number(), z.string()])
const ofLevel = (level: string) => quantity.optional().describe(`The clear line of ${level}. Default: none.`)

export const thresholdOptions = z.object({
  warning: quantity.optional().describe('Past this line it is AMBER: a number in the unit of the metric, or a text such as `80%`, `20GB`, `250ms`. Default: never amber.'),
  critical: quantity.optional().describe('Past this line it is RED; farther out than `warning`. Default: never red.'),
  clear: z
    .union([quantity, z.strictObject({ warning: ofLevel('AMBER'), critical: ofLevel('RED') })])
    .optional()
    .describe('Hysteresis: a level that was reached ends only when the value is strictly on the good side of its clear line. One quantity is the clear line of the lowest level that has a breach line. Default: a level ends as soon as its breach line is not crossed.'),
  operator: z.enum(OPERATORS).optional().describe('Which side of a line is bad, and whether the line itself is. Default: `>` for a metric that is bad when high, `<` for one that is bad when low.'),
})

/** Options as the schema gives them: of any unit, because the metric is not known yet. */
export type AnyLines = z.output<typeof thresholdOptions>
