import type { Labels } from '@tocsin/core'
import type { HostMetric } from './metrics.ts'

/** One value of this cycle. */
export interface Point {
  readonly metric: HostMetric
  readonly value: number
  readonly labels?: Labels
}
