import { readFile } from 'node:fs/promises'
import { unmeasurable } from '../unmeasurable.ts'

/** The text of a kernel file. Throws E207. */
export async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unmeasurable('a file of the kernel cannot be read', { where: path, cause })
  }
}

/** The text of a kernel file, or `undefined` where there is none. Throws E207 when it is there and cannot be read. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await read(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** Throws E207 for a kernel file that lacks what is needed. */
export function malformed(path: string): never {
  throw unmeasurable('a file of the kernel does not hold what is needed', { where: path })
}

function isAbsent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
}
