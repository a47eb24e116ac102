import { fileURLToPath } from 'node:url'
import type { TocsinError } from '../errors.ts'

/** A place in a file. Lines and columns start at 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The `file:line:col` at the end of a text, where the file is an absolute path or a URL. */
export function placeIn(text: string): Place | undefined {
  const match = /((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/.exec(text)
  return match?.[1] === undefined ? undefined : { file: pathOf(match[1]), line: Number(match[2]), column: Number(match[3]) }
}

/** The innermost frame of an error in `file`; else the innermost in code that is not of a package. */
export function framePlace(error: unknown, file: string): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frames = stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? (placeIn(line) ?? []) : []))
  return frames.find((frame) => frame.file === file) ?? frames.find((frame) => !frame.file.includes('/node_modules/'))
}

/** Node writes `file:line`, the line, and a caret under the column before the message of a syntax error. */
export function syntaxPlace(text: string): Place | undefined {
  const match = /^((?:file:\/\/)?\/.*):(\d+)\n(?:.*\n){1,2}?( *)\^/.exec(text)
  return match?.[1] === undefined ? undefined : { file: pathOf(match[1]), line: Number(match[2]), column: (match[3]?.length ?? 0) + 1 }
}

/** Errors by file, in the order in which the files first appear, then by line and column. */
export function inOrder(errors: readonly TocsinError[]): TocsinError[] {
  const placed = errors.map((error) => {
    const [, file = error.where, line, column] = /^(.*):(\d+):(\d+)$/.exec(error.where ?? '') ?? []
    return { error, file, line: Number(line ?? 0), column: Number(column ?? 0) }
  })
  const files = placed.map(({ file }) => file)
  return placed.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column).map(({ error }) => error)
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
}
