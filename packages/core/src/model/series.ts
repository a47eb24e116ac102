import type { Resource } from './resource.ts'

/** Points of one metric of one resource, oldest first. Times are milliseconds since the epoch. */
export interface Series<Name extends string = string> {
  readonly resource: Resource
  readonly metric: Name
  /**
   * Tells apart several series of one metric of one resource: `{ mount: '/' }`, `{ interface: 'eth0' }`.
   * Part of the alert's identity, so only what is stable belongs here.
   */
  readonly labels?: Readonly<Record<string, string>>
  /** Milliseconds between two points of a regular series: the width of one evaluation slot. */
  readonly period: number
  /** Ascending, without repeats, as long as `values`. */
  readonly timestamps: Float64Array
  /** NaN is a missing point and is never read as zero. Infinity compares as usual. */
  readonly values: Float64Array
  /**
   * Points before this instant are final. A later point is provisional: it may start a pending alert but never fires or
   * resolves one, because its source may still change it.
   */
  readonly settledUntil: number
  /** `partial`: some points may be absent and will come later. `error`: the source could not be read, nothing follows from absence. */
  readonly status: 'complete' | 'partial' | 'error'
}
