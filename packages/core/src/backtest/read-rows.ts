import { type FileHandle, open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { asTocsinError, TocsinError } from '../errors.ts'
import { csvParser } from './csv-rows.ts'
import { jsonLinesParser, jsonListParser } from './json-rows.ts'
import type { BadLine, Rows } from './rows.ts'

export type FileFormat = 'csv' | 'json' | 'jsonl'

const EXTENSIONS: Readonly<Record<string, FileFormat>> = { '.csv': 'csv', '.json': 'json', '.jsonl': 'jsonl', '.ndjson': 'jsonl' }

/** The format that a file's name says; `undefined` for a file that is no list of points. */
export const formatOf = (path: string): FileFormat | undefined => EXTENSIONS[/\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? '']

export interface ReadRowsOptions {
  /** The file's name in errors. Default: its path. */
  readonly shown?: string
  /** Default: by the file's name, CSV where it says nothing. */
  readonly format?: FileFormat
  /** Told of lines that cannot be read (E209): the first ten, then how many there are besides. The others are read all the same. */
  readonly onProblem: (problem: TocsinError) => void
  /** Told how many bytes were read. */
  readonly onBytes?: (count: number) => void
}

const PIECE = 64 * 1024
const MOST_TOLD = 10

/**
 * Reads a file of points piece by piece: CSV with or without a header, a JSON list, or JSON lines. It is open only while a piece is
 * read, so thousands can be read side by side.
 *
 * @throws TocsinError E208 when the file cannot be read.
 */
export async function* readRows(path: string, { shown = path, format = formatOf(path) ?? 'csv', onProblem, onBytes }: ReadRowsOptions): AsyncGenerator<Rows, void> {
  const told = badLines(shown, onProblem)
  const parser = { csv: csvParser, json: jsonListParser, jsonl: jsonLinesParser }[format](told.bad)
  const decoder = new StringDecoder('utf8')
  const piece = Buffer.allocUnsafe(PIECE)
  for (let position = 0; ; ) {
    const length = await readPiece(path, shown, piece, position)
    position += length
    onBytes?.(length)
    const isLast = length === 0
    const rows = parser.push(isLast ? decoder.end() : decoder.write(piece.subarray(0, length)), isLast)
    if (rows.timestamps.length > 0) yield rows
    if (isLast) break
  }
  told.finish()
}

async function readPiece(path: string, shown: string, piece: Buffer, position: number): Promise<number> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    return (await handle.read(piece, 0, piece.length, position)).bytesRead
  } catch (error) {
    throw asTocsinError(error, 'E208', { where: shown, fix: 'check the path and its permissions' })
  } finally {
    await handle?.close()
  }
}

function badLines(shown: string, onProblem: (problem: TocsinError) => void): { readonly bad: BadLine; finish(): void } {
  let count = 0
  return {
    bad(line, what, fix) {
      count += 1
      if (count <= MOST_TOLD) onProblem(new TocsinError('E209', what, { where: `${shown}:${line}`, fix }))
    },
    finish() {
      if (count > MOST_TOLD) onProblem(new TocsinError('E209', `${(count - MOST_TOLD).toLocaleString('en-US')} more lines cannot be read`, { where: shown, fix: 'correct the first ones, then look again' }))
    },
  }
}
