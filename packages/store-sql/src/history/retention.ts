import { TocsinError } from '@tocsin/core'
import { DAY } from './rollup-chunk.ts'

/** How long what was measured is kept, milliseconds. */
export interface Retention {
  /** Points as they came. Default 15 days: a week and the week before it, to the point. At least 2 days. */
  readonly raw: number
  /** Rollups by the hour and by the day. Default 396 days, 13 months: the same month a year ago is there to compare with. No less than `raw`. */
  readonly rollups: number
  /**
   * Everything of a resource, after it was marked gone. Default 90 days. At least 2 days. What daily rollups, which many series share, have of it is left without
   * a name and goes with them.
   */
  readonly gone: number
}

const DEFAULT: Retention = { raw: 15 * DAY, rollups: 396 * DAY, gone: 90 * DAY }

/** @throws TocsinError E103 for times that cannot be kept to. */
export function retentionOf(given: Partial<Retention> = {}): Retention {
  const retention = { ...DEFAULT, ...given }
  const { raw, rollups, gone } = retention
  if (raw >= 2 * DAY && rollups >= raw && gone >= 2 * DAY) return retention
  throw new TocsinError('E103', 'history cannot be kept that short', { fix: 'keep raw points and gone resources for two days or longer, and rollups no shorter than raw points', permanent: true })
}
