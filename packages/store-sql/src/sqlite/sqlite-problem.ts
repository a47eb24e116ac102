import { TocsinError } from '@tocsin/core'

// Primary result codes, from https://www.sqlite.org/rescode.html
const [PERM, BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB] = [3, 5, 6, 8, 10, 11, 13, 14, 26]

/** The primary result code of an error of SQLite. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

/** Whether another connection holds what was wanted: trying again helps. */
export const isBusy = (error: unknown): boolean => resultCode(error) === BUSY || resultCode(error) === LOCKED

/** An error of SQLite about the file at `path` as a coded error. Anything else stays what it is. */
export function sqliteProblem(error: unknown, path: string): unknown {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  const problem = (what: string, fix: string, code: 'E501' | 'E505' = 'E501'): TocsinError => new TocsinError(code, what, { where: path, fix, cause: error })
  const startAfresh = `move it away to start afresh, or bring a copy back: mv ${path} ${path}.broken`
  switch (code) {
    case BUSY:
    case LOCKED:
      return problem('another process holds the file for too long', 'look for a process that stands still with this file open')
    case READONLY:
      return problem('the file can only be read', 'give the right to write the file and its folder')
    case PERM:
    case CANTOPEN:
      return problem('the file cannot be opened', 'check the path and its permissions')
    case FULL:
      return problem('there is no room to write: database or disk is full', 'make room: what could not be written is written by a later pass')
    case NOTADB:
      return problem('the file is no SQLite database', startAfresh, 'E505')
    case CORRUPT:
      return problem(`the file is damaged: ${error.message}`, startAfresh, 'E505')
    case IOERR:
      return problem(`the file cannot be read or written: ${error.message}`, 'check the disk, its free space and the limits of this process')
    default:
      return problem(error.message, 'this is a mistake in the program')
  }
}
