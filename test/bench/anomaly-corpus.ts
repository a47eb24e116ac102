import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { labelFile, type LabelledFile } from './anomaly-score.ts'

/** One file of the Numenta Anomaly Benchmark. */
export interface CorpusFile {
  readonly name: string
  /** Milliseconds since the epoch. The files name no zone; they are read as UTC. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly labels: LabelledFile
}

const FOLDER = new URL('nab/', import.meta.url)
const windowsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))
/** The labels write `2014-04-10 11:50:00.000000` where the rows write `2014-04-10 11:50:00`. */
const stampOf = (text: string): string => text.trim().replace(/\.0+$/, '')

/** Reads the half of the benchmark that lies beside this file. */
export function readCorpus(): CorpusFile[] {
  const windows = windowsSchema.parse(JSON.parse(readFileSync(new URL('windows.json', FOLDER), 'utf8')))
  return Object.entries(windows).map(([name, spans]) => {
    const [, ...rows] = readFileSync(new URL(`data/${name}`, FOLDER), 'utf8').trimEnd().split('\n')
    const stamps = rows.map((row) => stampOf(row.slice(0, row.indexOf(','))))
    return {
      name,
      timestamps: Float64Array.from(stamps, (stamp) => Date.parse(`${stamp.replace(' ', 'T')}Z`)),
      values: Float64Array.from(rows, (row) => Number(row.slice(row.indexOf(',') + 1))),
      labels: labelFile(stamps, spans.map(([first, last]) => [stampOf(first), stampOf(last)])),
    }
  })
}
