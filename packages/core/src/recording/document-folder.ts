import { randomUUID } from 'node:crypto'
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ErrorDetails, reasonOf, TocsinError } from '../errors.ts'
import { contentHash, type DocumentName, isDay, parseDocumentName } from './document-name.ts'

/** What only a change by somebody ends. A disk that is full may have room again. */
const LASTING = new Set(['EACCES', 'EISDIR', 'ENAMETOOLONG', 'ENOTDIR', 'EPERM', 'EROFS'])

/** Where a document stands. */
export const pathOf = (folder: string, { day, file }: Pick<DocumentName, 'day' | 'file'>): string => join(folder, day, file)

/**
 * Puts a document into the folder, unless it is there: made beside its place, synced and renamed, so that nobody ever sees half of one and a
 * power cut takes none back.
 *
 * @throws TocsinError E700 when it cannot be written.
 */
export async function storeDocument(folder: string, name: DocumentName, text: string): Promise<void> {
  const path = pathOf(folder, name)
  await withFolder(folder, async () => {
    if (await exists(path)) return
    await makeFolder(dirname(path))
    await replaceFile(path, text)
    await sync(dirname(path))
  })
}

/** Makes a folder, and those above it that are missing, mode 0700. One by one: of a read-only file system Node's own `recursive` says that a folder is missing. */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path)
  const isMade = await make(path).catch(async (error: unknown) => {
    if (!isMissing(error) || parent === path) throw error
    await makeFolder(parent)
    return await make(path)
  })
  if (isMade) await sync(parent)
}

/** False when it is there already. */
async function make(path: string): Promise<boolean> {
  return await mkdir(path, { mode: 0o700 }).then(
    () => true,
    (error: unknown) => (codeOf(error) === 'EEXIST' ? false : Promise.reject(error)),
  )
}

/** Writes a file as a whole, mode 0600. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Every document of the folder, oldest first. */
export async function listDocuments(folder: string): Promise<DocumentName[]> {
  return await withFolder(folder, async () => {
    const days = (await entriesOf(folder)).filter(isDay).sort()
    const found = await Promise.all(days.map(async (day) => (await entriesOf(join(folder, day))).sort().flatMap((file) => parseDocumentName(day, file) ?? [])))
    return found.flat()
  })
}

/**
 * What a document holds; `undefined` when it is gone.
 *
 * @throws TocsinError E700 when it cannot be read, or is not what was written.
 */
export async function loadDocument(folder: string, name: DocumentName): Promise<Buffer | undefined> {
  const path = pathOf(folder, name)
  return await withFolder(folder, async () => {
    const content = await readFile(path).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)))
    if (content !== undefined && contentHash(content) !== name.hash) {
      throw new TocsinError('E700', 'the document is not as it was written', { where: path, fix: 'restore it, or move it away: the others are not held up by it' })
    }
    return content
  })
}

/** The names in a folder; none in one that is missing. */
export async function entriesOf(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => (isMissing(error) ? [] : Promise.reject(error)))
}

/** Runs what touches the folder, and says what is wrong with it when that fails. */
export async function withFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw folderError(error, folder)
  }
}

export function folderError(error: unknown, folder: string): TocsinError {
  if (error instanceof TocsinError) return error
  const details: ErrorDetails = { where: folder, fix: 'check the path, its permissions and the free space', cause: error, permanent: LASTING.has(codeOf(error)) }
  return new TocsinError('E700', reasonOf(error), details)
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'
