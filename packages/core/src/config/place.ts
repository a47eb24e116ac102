import { fileURLToPath } from 'node:url'

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

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
}
