/** What a detector made of the point it was given last. Read it before the next one. */
export interface Finding {
  /** How unusual the point is. Never negative. */
  readonly sigmas: number
  /** How far the point lies from what was expected, in deviations; below it where negative. */
  readonly departure: number
  readonly expected: number
  /** One deviation on the point's side of it. */
  readonly deviation: number
  /** The usual range: three deviations to each side of what was expected. */
  readonly low: number
  readonly high: number
  /** Which of the views that a detector takes found the point the most unusual, for the words. */
  readonly view: View
  /** Points known to that view, and how many of them were like this one. */
  readonly known: number
  readonly alike: number
}

/** `range`: the departure itself. The others are those of `auto`. */
export type View = 'range' | 'value' | 'departure' | 'drift'

/** Learns one series. Each point is compared with those before it, and then learned. */
export interface Detector {
  /** Judges and learns one point. The finding is the same object each time. */
  observe(at: number, value: number): Finding
}

/** What a detector writes its findings to. */
export type FindingBuffer = { -readonly [Key in keyof Finding]: Finding[Key] }

export const newFinding = (): FindingBuffer => ({ sigmas: 0, departure: 0, expected: 0, deviation: 0, low: 0, high: 0, view: 'range', known: 0, alike: 0 })

/** Half the width of the usual range, in deviations. */
export const USUAL = 3

/** A value this large is compared and never learned: its square would be infinite. */
export const LARGEST = 1e100

/**
 * The least deviation, in proportion to the size of the values. Without it a series that never moved would make its first movement
 * infinitely unusual.
 */
const FLOOR = 0.001

/** The floor of a deviation, of values of about this size. Never zero. */
export const floorOf = (size: number): number => FLOOR * Math.min(size, LARGEST) + Number.MIN_VALUE

/** A point is learned as if it were at most this many deviations off: outliers are learned slowly, a lasting change in the end. */
export const LEARNED = 10
