import type { RuleOptions } from '@tocsin/core'
import { z } from 'zod'

export const METHODS = ['auto', 'seasonal', 'stddev'] as const
const DIRECTIONS = ['both', 'high', 'low'] as const

/** How much is needed for AMBER and for RED. At least one; a level that is left out is never reached. */
export interface Sensitivity {
  readonly warning?: number
  readonly critical?: number
}

export interface AnomalyOptions extends RuleOptions {
  /**
   * What a point is compared with. `stddev`: the mean and deviation of the points before it. `seasonal`: what is usual at its hour of
   * the day and day of the week. `auto`: how rare it is among all points before it, in three views. Default `auto`.
   */
  readonly method?: (typeof METHODS)[number]
  /**
   * How many sigmas a point must be away to breach, above 0. One number is the line of AMBER, and RED is half as far again. Default 5:
   * AMBER at 5, RED at 7.5.
   */
  readonly sigmas?: number | Sensitivity
  /** Which side counts: above what was expected (`high`), below (`low`), or `both`. Default `both`. */
  readonly direction?: (typeof DIRECTIONS)[number]
  /** Points that are learned before the first one is judged, 10 to 10,000. Default 100. */
  readonly minHistory?: number
  /** Points after a breach within which only a point of 1.2 times as many sigmas breaches again, 0 to 10,000. Default 100. */
  readonly refractory?: number
  /** The IANA zone whose hours and weekdays are meant by `seasonal` and `auto`. Default `UTC`. */
  readonly zone?: string
}

const sigmas = z.number().positive().max(1_000)

export const anomalyOptions = z.object({
  method: z
    .enum(METHODS)
    .default('auto')
    .describe('What a point is compared with. `stddev`: the mean and deviation of the points before it. `seasonal`: what is usual at its hour of the day and day of the week. `auto`: how rare it is among all points before it, in three views. Default `auto`.'),
  sigmas: z
    .union([
      sigmas.transform((warning): Sensitivity => ({ warning, critical: 1.5 * warning })),
      z
        .strictObject({ warning: sigmas.optional().describe('The line of AMBER. Default: never amber.'), critical: sigmas.optional().describe('The line of RED. Default: never red.') })
        .refine(({ warning, critical }) => warning !== undefined || critical !== undefined, 'expected "warning", "critical" or both')
        .transform(({ warning, critical }): Sensitivity => ({ ...(warning !== undefined && { warning }), ...(critical !== undefined && { critical }) })),
    ])
    .default({ warning: 5, critical: 7.5 })
    .describe('How many sigmas a point must be away to breach. One number is the line of AMBER, and RED is half as far again. Default 5: AMBER at 5, RED at 7.5.'),
  direction: z.enum(DIRECTIONS).default('both').describe('Which side counts: above what was expected (`high`), below (`low`), or `both`. Default `both`.'),
  minHistory: z.int().min(10).max(10_000).default(100).describe('Points that are learned before the first one is judged. Default 100.'),
  refractory: z.int().min(0).max(10_000).default(100).describe('Points after a breach within which only a point of 1.2 times as many sigmas breaches again. Default 100.'),
  zone: z.string().refine(isZone, 'expected an IANA zone such as "Europe/Berlin"').default('UTC').describe('The IANA zone whose hours and weekdays are meant by `seasonal` and `auto`. Default `UTC`.'),
})

/** Options with their defaults. */
export type Settings = z.output<typeof anomalyOptions>

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
