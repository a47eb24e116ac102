import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asTocsinError, type TocsinError } from '../errors.ts'
import type { Level } from '../model/level.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { formatOf, readRows } from './read-rows.ts'
import type { Rows } from './rows.ts'

/** Scores the points of one series, one after the other, from 0 (as expected) to 1. */
export type Scorer = (at: number, value: number) => number

const SCORES: Readonly<Record<Level, number>> = { none: 0, warning: 0.5, critical: 1 }

/** How a rule scores the points of one series: as its evaluator does, else 0, 0.5 or 1 by the level that a point breaches. */
export function scorerOf({ evaluator, metric }: Pick<WatchedRule, 'evaluator' | 'metric'>): Scorer {
  if (evaluator.scorer !== undefined) return evaluator.scorer(metric)
  let state: unknown
  const timestamps = new Float64Array(1)
  const values = new Float64Array(1)
  const series = { resource: { id: 'scored', type: 'scored', name: 'scored', tags: {} }, metric: metric.name, period: 60_000, timestamps, values, settledUntil: Infinity, status: 'complete' } as const
  return (at, value) => {
    timestamps[0] = at
    values[0] = value
    const evaluation = evaluator.evaluate(series, { metric, state })
    let score = 0
    for (const { breaches } of evaluation.judgements) score = SCORES[breaches]
    state = evaluation.state
    return score
  }
}

export interface ScoreFileOptions {
  /** For this file alone. */
  readonly scorer: Scorer
  /** The file's name in errors. */
  readonly shown: string
  /** Told of lines that cannot be read. They are written as they are, scored 0, and not learned. */
  readonly onProblem: (problem: TocsinError) => void
  readonly onBytes?: (count: number) => void
  readonly signal?: AbortSignal
}

/**
 * Writes a file of points once more, with the score of each: `timestamp,value,anomaly_score`, times and values as they were written, one
 * row for each row and in the same order. JSON is written as JSON.
 *
 * @returns how many rows there are.
 * @throws TocsinError E208 when a file cannot be read or written; whatever `signal` is aborted with.
 */
export async function scoreFile(from: string, to: string, { scorer, shown, onProblem, onBytes, signal }: ScoreFileOptions): Promise<number> {
  const layout = LAYOUTS[formatOf(from) ?? 'csv']
  const unwritable = (error: unknown): TocsinError => asTocsinError(error, 'E208', { where: to, fix: 'check the path, its permissions and the space on the disk' })
  await mkdir(dirname(to), { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(error)))
  const output = await open(to, 'w').catch((error: unknown) => Promise.reject(unwritable(error)))
  const write = (text: string): Promise<unknown> => output.write(text).catch((error: unknown) => Promise.reject(unwritable(error)))
  let count = 0
  try {
    await write(layout.head)
    for await (const rows of readRows(from, { shown, onProblem, ...(onBytes === undefined ? {} : { onBytes }) })) {
      signal?.throwIfAborted()
      await write(scoredText(rows, scorer, layout, count === 0))
      count += rows.timestamps.length
    }
    await write(layout.tail)
  } finally {
    await output.close()
  }
  return count
}

interface Layout {
  readonly head: string
  readonly row: (stamp: string, value: string, score: number) => string
  /** Between two rows. */
  readonly between: string
  readonly tail: string
}

const jsonRow = (stamp: string, value: string, score: number): string => `{"timestamp":${stamp},"value":${value},"anomaly_score":${score}}`

const LAYOUTS: Readonly<Record<NonNullable<ReturnType<typeof formatOf>>, Layout>> = {
  csv: { head: 'timestamp,value,anomaly_score\n', row: (stamp, value, score) => `${stamp},${value},${score}\n`, between: '', tail: '' },
  json: { head: '[\n', row: jsonRow, between: ',\n', tail: '\n]\n' },
  jsonl: { head: '', row: (...row) => `${jsonRow(...row)}\n`, between: '', tail: '' },
}

function scoredText({ timestamps, values, stamps, texts }: Rows, scorer: Scorer, { row, between }: Layout, isFirst: boolean): string {
  let text = ''
  for (const [index, at] of timestamps.entries()) {
    const value = values[index] ?? NaN
    const score = Number.isNaN(at) || Number.isNaN(value) ? 0 : scorer(at, value)
    text += (isFirst && index === 0 ? '' : between) + row(stamps[index] ?? '', texts[index] ?? '', score)
  }
  return text
}
