import { anomaly as rule, anomalyScorer, scoreOf } from '@tocsin/evaluator-anomaly'
import { type CorpusFile, readCorpus } from './anomaly-corpus.ts'
import { bestThreshold, LOW_FALSE_POSITIVES, type Profile, score, type ScoredFile, STANDARD } from './anomaly-score.ts'

type Scorer = (at: number, value: number) => number

const ROUNDS = 5
const DRAWS = 20
const LINES = [3, 4, 5, 6, 7.5]
const METHODS = ['stddev', 'seasonal', 'auto'] as const
/** Units do not matter, nor weekdays: each file is scored in eight copies, scaled and moved by as many days. */
const COPIES = [1, 0.001, 0.37, 1.19, 2.4, 13, 100, 1024].map((scale, days) => ({ scale, shift: days * 86_400_000 }))
/** On this half of the benchmark, from the results that its authors publish. */
const PUBLISHED = [
  ['rolling z', 48, 29],
  ['windowed Gaussian', 52, 35],
  ['HTM', 64, 58],
  ['ARTime', 69, 60],
  ['CAD OSE', 70, 67],
] as const

/**
 * The Numenta Anomaly Benchmark, on the half of its files that lies beside this one. `standard` and `low FP` are its two profiles, the
 * threshold fitted to all files as they are and the score the mean of the eight copies. `unseen`: the low-FP score of one half of the
 * files with the threshold that was fitted to the other half, the mean of forty random halves.
 */
export function anomaly(): void {
  const corpus = readCorpus()
  const points = corpus.reduce((sum, { values }) => sum + values.length, 0)
  process.stdout.write(`anomaly: ${corpus.length} files, ${points} points\n${row('', 'standard', 'low FP', 'unseen', 'ns a point', 'bytes')}`)
  const blind = corpus.map((file) => ({ labels: file.labels, scores: file.values.map((_, index) => (index % 500 === 0 ? 1 : 0)) }))
  process.stdout.write(row('blind, every 500 rows', best(blind, STANDARD).toFixed(1), best(blind, LOW_FALSE_POSITIVES).toFixed(1)))
  for (const [name, standard, low] of PUBLISHED) process.stdout.write(row(`${name} (published)`, String(standard), String(low)))
  const scored = METHODS.map((method) => ({ method, copies: COPIES.map((copy) => corpus.map((file) => scoredFile(file, anomalyScorer({ method }), copy))) }))
  for (const { method, copies } of scored) {
    const [original = []] = copies
    const mean = (profile: Profile): string => {
      const threshold = bestThreshold(original, profile)
      return (copies.reduce((sum, files) => sum + score(files, profile, threshold), 0) / copies.length).toFixed(1)
    }
    process.stdout.write(row(`Tocsin ${method}`, mean(STANDARD), mean(LOW_FALSE_POSITIVES), unseen(original).toFixed(1), ...cost(corpus, method)))
  }
  const windows = corpus.reduce((sum, { labels }) => sum + labels.windows, 0)
  process.stdout.write(`\n  windows found of ${windows} / breaches outside of them per series and week\n${row('', ...LINES.map((line) => `${line} sigmas`))}`)
  for (const { method, copies: [original = []] } of scored) process.stdout.write(row(`Tocsin ${method}`, ...LINES.map((line) => breaches(corpus, original, line))))
}

const row = (name: string, ...cells: readonly string[]): string => `  ${name.padEnd(30)}${cells.map((cell) => cell.padStart(12)).join('')}\n`

const best = (files: readonly ScoredFile[], profile: Profile): number => score(files, profile, bestThreshold(files, profile))

function scoredFile({ labels, timestamps, values }: CorpusFile, scorer: Scorer, { scale, shift }: (typeof COPIES)[number]): ScoredFile {
  return { labels, scores: values.map((value, index) => scorer((timestamps[index] ?? NaN) + shift, value * scale)) }
}

function unseen(files: readonly ScoredFile[]): number {
  const random = numbers()
  const halves = Array.from({ length: DRAWS }, () => {
    const drawn = files.map((file) => ({ file, order: random() })).toSorted((a, b) => a.order - b.order).map(({ file }) => file)
    return [drawn.slice(files.length / 2), drawn.slice(0, files.length / 2)] as const
  })
  const scores = halves.flatMap(([one, other]) => [score(other, LOW_FALSE_POSITIVES, bestThreshold(one, LOW_FALSE_POSITIVES)), score(one, LOW_FALSE_POSITIVES, bestThreshold(other, LOW_FALSE_POSITIVES))])
  return scores.reduce((sum, one) => sum + one, 0) / scores.length
}

/** Numbers in [0, 1), the same ones in every run. */
function numbers(): () => number {
  let state = 1
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

function breaches(corpus: readonly CorpusFile[], files: readonly ScoredFile[], sigmas: number): string {
  let found = 0
  let outside = 0
  for (const { labels, scores } of files) {
    const hits = Array.from(scores).flatMap((one, row) => (row >= labels.from && one >= scoreOf(sigmas) ? [labels.window[row] ?? -1] : []))
    outside += hits.filter((window) => window === -1).length
    found += new Set(hits.filter((window) => window !== -1)).size
  }
  const weeks = corpus.reduce((sum, { timestamps, labels }) => sum + ((timestamps.at(-1) ?? NaN) - (timestamps[labels.from] ?? NaN)) / 7 / 86_400_000, 0)
  return `${found} / ${(outside / weeks).toFixed(2)}`
}

/** Nanoseconds of processor time in which a point is judged, and the bytes of the largest state of a series as it is stored. */
function cost(corpus: readonly CorpusFile[], method: (typeof METHODS)[number]): string[] {
  const { evaluator } = rule({ method })
  const judge = ({ name, timestamps, values }: CorpusFile): { points: number; bytes: number } => {
    const series = { resource: { id: name, type: 'file', name, tags: {} }, metric: 'value', period: 300_000, timestamps, values, settledUntil: Infinity, status: 'complete' } as const
    const evaluation = evaluator.evaluate(series, { metric: { name: 'value', unit: 'count', worse: 'high', help: '' }, state: undefined })
    let points = 0
    for (const _ of evaluation.judgements) points++
    return { points, bytes: JSON.stringify(evaluation.state).length }
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.threadCpuUsage().user
    const judged = corpus.map(judge)
    const nanoseconds = (process.threadCpuUsage().user - start) * 1_000
    return { nanoseconds: nanoseconds / judged.reduce((sum, { points }) => sum + points, 0), bytes: Math.max(...judged.map(({ bytes }) => bytes)) }
  }).toSorted((a, b) => a.nanoseconds - b.nanoseconds)
  const { nanoseconds = NaN, bytes = NaN } = rounds[Math.floor(ROUNDS / 2)] ?? {}
  return [nanoseconds.toFixed(0), String(bytes)]
}
