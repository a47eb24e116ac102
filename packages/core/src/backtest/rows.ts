/** Some rows of a file, in its order: as many in each list. What cannot be read is there too, as NaN. */
export interface Rows {
  /** Milliseconds since the epoch; NaN where a row has no time. They may repeat or go back. */
  readonly timestamps: readonly number[]
  /** NaN where a point is missing or the row cannot be read. */
  readonly values: readonly number[]
  /** The times as they are written. */
  readonly stamps: readonly string[]
  /** The values as they are written. */
  readonly texts: readonly string[]
}

/** Takes a file's text piece by piece. */
export interface RowParser {
  /** The rows that are complete now. */
  push(text: string, isLast: boolean): Rows
}

/** Rows under way. */
export interface RowBuffer extends Rows {
  readonly timestamps: number[]
  readonly values: number[]
  readonly stamps: string[]
  readonly texts: string[]
}

export const newRows = (): RowBuffer => ({ timestamps: [], values: [], stamps: [], texts: [] })

/** Told of a line that is no row. */
export type BadLine = (line: number, what: string, fix: string) => void

/** What one row is read with. */
export interface RowContext {
  readonly rows: RowBuffer
  readonly readTime: (text: string) => number
  readonly bad: BadLine
}
