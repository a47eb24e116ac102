/**
 * The scoring of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", 2015): a
 * detection inside a labelled window earns the more the earlier it is, one outside costs the more the farther it lies behind a
 * window, a window without a detection costs one. Only the first rows of a file, the probation, are never scored.
 */

/** What a false positive and a missed window cost; a window that is hit at its first row earns 1. */
export interface Profile {
  readonly falsePositive: number
  readonly missed: number
}

export const STANDARD: Profile = { falsePositive: 0.11, missed: 1 }
export const LOW_FALSE_POSITIVES: Profile = { falsePositive: 0.22, missed: 1 }

/** What a detection at each row of one file is worth. */
export interface LabelledFile {
  /** Index of the row's window, or -1 outside of all. */
  readonly window: Int32Array
  /** Inside a window what it earns, 0 to 1; outside what it costs per unit of `falsePositive`, -1 to 0. */
  readonly worth: Float64Array
  readonly windows: number
  /** Rows before this one are not scored. */
  readonly from: number
}

/** A file and the anomaly score of each of its rows. */
export interface ScoredFile {
  readonly labels: LabelledFile
  readonly scores: ArrayLike<number>
}

const scaledSigmoid = (x: number): number => (x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1)

/** @param windows pairs of the timestamps of the first and last row. Where a timestamp repeats, its first row counts. */
export function labelFile(timestamps: readonly string[], windows: readonly (readonly [string, string])[]): LabelledFile {
  const rows = timestamps.length
  const edge = (at: string): number => {
    const index = timestamps.indexOf(at)
    if (index === -1) throw new Error(`no row at ${at}, the edge of a window`)
    return index
  }
  const spans = windows.map(([first, last]) => [edge(first), edge(last)] as const).toSorted(([a], [b]) => a - b)
  const window = new Int32Array(rows).fill(-1)
  const worth = new Float64Array(rows).fill(-1)
  for (const [index, [first, last]] of spans.entries()) {
    const width = last - first + 1
    for (let row = first; row <= last; row++) {
      window[row] = index
      worth[row] = scaledSigmoid((row - last - 1) / width) / scaledSigmoid(-1)
    }
    const next = spans[index + 1]?.[0] ?? rows
    for (let row = last + 1; row < next; row++) worth[row] = scaledSigmoid((row - last) / (width - 1))
  }
  return { window, worth, windows: spans.length, from: Math.min(Math.floor(0.15 * rows), 750) }
}

/** The raw score of one file: every row whose score reaches the threshold is a detection. */
function rawScore({ labels, scores }: ScoredFile, { falsePositive, missed }: Profile, threshold: number): number {
  const best = new Map<number, number>()
  let cost = 0
  for (let row = labels.from; row < scores.length; row++) {
    const index = labels.window[row] ?? -1
    const worth = labels.worth[row] ?? 0
    const detected = (scores[row] ?? 0) >= threshold
    if (index === -1) cost += detected ? falsePositive * worth : 0
    // A window that lies wholly in the probation is not in the map: it can neither be hit nor missed.
    else best.set(index, Math.max(best.get(index) ?? -missed, detected ? worth : -missed))
  }
  return [...best.values()].reduce((sum, one) => sum + one, cost)
}

/** The score at a threshold: 0 for a detector that says nothing, 100 for one that hits each window at its first row and nothing else. */
export function score(files: readonly ScoredFile[], profile: Profile, threshold: number): number {
  const windows = files.reduce((sum, { labels }) => sum + labels.windows, 0)
  const raw = files.reduce((sum, file) => sum + rawScore(file, profile, threshold), 0)
  return (100 * (raw + profile.missed * windows)) / ((1 + profile.missed) * windows)
}

/** The threshold with the best score, the highest of equals; infinite where saying nothing is best. */
export function bestThreshold(files: readonly ScoredFile[], { falsePositive, missed }: Profile): number {
  const rows = files.flatMap(({ labels, scores }, file) =>
    Array.from({ length: scores.length - labels.from }, (_, index) => ({ file, row: labels.from + index, score: scores[labels.from + index] ?? 0 })),
  )
  const best = files.map(({ labels }) => new Float64Array(labels.windows).fill(-missed))
  let gained = 0
  let record = 0
  let threshold = Infinity
  for (const [position, { file, row, score }] of rows.sort((a, b) => b.score - a.score).entries()) {
    const labels = files[file]?.labels
    const hits = best[file]
    if (!labels || !hits) continue
    const index = labels.window[row] ?? -1
    const worth = labels.worth[row] ?? 0
    if (index === -1) gained += falsePositive * worth
    else {
      const before = hits[index] ?? 0
      gained += Math.max(0, worth - before)
      hits[index] = Math.max(before, worth)
    }
    const lastOfEquals = rows[position + 1]?.score !== score
    if (lastOfEquals && gained > record) {
      record = gained
      threshold = score
    }
  }
  return threshold
}
