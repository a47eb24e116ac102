import type { Series } from '../model/series.ts'

/** Points of one series in one window of the past. */
export interface PastSeries {
  /** The rule that judges them: `<collector>.<metric>`. */
  readonly rule: string
  /** Times ascend. Slots without a point are missing points. */
  readonly series: Series
  /** Nothing is known of it before, so no point is missing. Default: the beginning of the window. */
  readonly knownFrom?: number
  /** Nothing is known of it from here on, so no point is missing. Default: the end of the window. */
  readonly knownUntil?: number
  /** Its resource is gone from here on: its alert ends as it would live. Default: it is there. */
  readonly goneAt?: number
}

/** A stretch of the past, half-open, with everything that was seen in it. Milliseconds since the epoch. */
export interface PastWindow {
  readonly from: number
  readonly until: number
  readonly series: Iterable<PastSeries>
}

/** A past that can be read again and again: files, or what a store kept. */
export interface PastSource {
  /**
   * Windows that follow each other, from the beginning. Memory is that of one window.
   *
   * @param only the ids of resources, where not all of them are wanted.
   */
  windows(only?: ReadonlySet<string>): AsyncIterable<PastWindow>
  /** How far the newest reading is, from 0 to 1. */
  progress(): number
}
