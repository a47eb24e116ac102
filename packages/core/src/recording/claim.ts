import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { entriesOf, isMissing, makeFolder, replaceFile, withFolder } from './document-folder.ts'
import { contentHash, type DocumentName, pathPart } from './document-name.ts'

/**
 * What one recorder still wants of a folder. Recorders that share a folder know each other only by these: a document is removed when it is
 * past every claim.
 */
export interface Claim {
  /** As `claimName` makes it. */
  readonly name: string
  /** Milliseconds for which every document is kept. */
  readonly keep: number
  /** Milliseconds for which a document is kept that this recorder has not taken yet; absent where it takes none. */
  readonly keepPending?: number | undefined
  /** When the recorder last ran, milliseconds since the epoch. */
  readonly seenAt: number
}

const FOLDER = '.claims'
const FILE = 'claim.json'
/** A claim is written again when it is this old: it is read in terms of days. */
const RENEW_AFTER = 3_600_000
const stored = z.object({ keep: z.number(), keepPending: z.number().optional(), seenAt: z.iso.datetime() })

/** The name of a claim's folder: the text as far as a path can hold it, and its hash. */
export const claimName = (text: string): string => `${pathPart(text.trim())}-${contentHash(text)}`

const folderOf = (folder: string, name: string): string => join(folder, FOLDER, name)

/** Says that a recorder uses the folder. */
export async function renewClaim(folder: string, claim: Claim): Promise<void> {
  await withFolder(folder, async () => {
    const { name, keep, keepPending, seenAt } = claim
    const known = await readClaim(folder, name)
    if (known !== undefined && known.keep === keep && known.keepPending === keepPending && Math.abs(seenAt - known.seenAt) < RENEW_AFTER) return
    await makeFolder(folderOf(folder, name))
    await replaceFile(join(folderOf(folder, name), FILE), JSON.stringify({ keep, keepPending, seenAt: new Date(seenAt).toISOString() }))
  })
}

/** The claims on a folder. */
export async function readClaims(folder: string): Promise<Claim[]> {
  return await withFolder(folder, async () => {
    const names = await entriesOf(join(folder, FOLDER))
    return (await Promise.all(names.map((name) => readClaim(folder, name)))).filter((claim) => claim !== undefined)
  })
}

export async function dropClaim(folder: string, { name }: Claim): Promise<void> {
  await withFolder(folder, () => rm(folderOf(folder, name), { recursive: true, force: true }))
}

/** The documents that a recorder has taken, of those that are in the folder or were lately. */
export async function takenBy(folder: string, name: string): Promise<Set<string>> {
  return await withFolder(folder, async () => {
    const logs = (await entriesOf(folderOf(folder, name))).filter((entry) => entry.endsWith('.taken'))
    const texts = await Promise.all(logs.map((log) => readFile(join(folderOf(folder, name), log), 'utf8')))
    return new Set(logs.flatMap((log, index) => (texts[index] ?? '').split('\n').map((file) => `${log.slice(0, -'.taken'.length)}/${file}`)))
  })
}

/** How a document stands in the set of those taken. */
export const takenKey = ({ day, file }: DocumentName): string => `${day}/${file}`

/**
 * Remembers that a document was taken. Not synced: what a power cut takes back is taken once more, which does no harm. Each line begins with
 * the line break, so that one that was cut short spoils no other.
 */
export async function markTaken(folder: string, name: string, { day, file }: DocumentName): Promise<void> {
  await withFolder(folder, () => appendFile(join(folderOf(folder, name), `${day}.taken`), `\n${file}`, { mode: 0o600 }))
}

/** Forgets what was taken on a day whose documents are gone. */
export async function forgetTaken(folder: string, name: string, day: string): Promise<void> {
  await withFolder(folder, () => rm(join(folderOf(folder, name), `${day}.taken`), { force: true }))
}

/** `undefined` where there is none. One that cannot be understood keeps everything until its recorder writes it anew. */
async function readClaim(folder: string, name: string): Promise<Claim | undefined> {
  const text = await readFile(join(folderOf(folder, name), FILE), 'utf8').catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)))
  if (text === undefined) return undefined
  try {
    const { keep, keepPending, seenAt } = stored.parse(JSON.parse(text))
    return { name, keep, keepPending, seenAt: Date.parse(seenAt) }
  } catch {
    return { name, keep: Infinity, seenAt: Infinity }
  }
}
