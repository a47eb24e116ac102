import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TocsinError } from '../errors.ts'
import { formatDuration } from '../model/duration.ts'
import { type Claim, dropClaim, forgetTaken, readClaims, takenBy, takenKey } from './claim.ts'
import { entriesOf, listDocuments, pathOf, withFolder } from './document-folder.ts'
import { type DocumentName, isDay } from './document-name.ts'

const DAY = 86_400_000

/**
 * Removes the documents that are past every claim on the folder, and claims of recorders that have not run for as long as they keep anything.
 *
 * @param own of the recorder that tidies up: it counts even where it could not be written.
 * @throws TocsinError E700 when a document was removed that a recorder had not taken: it is never done silently.
 */
export async function removeExpired(folder: string, own: Claim, now: number): Promise<void> {
  const claims = [own, ...(await readClaims(folder)).filter(({ name }) => name !== own.name)]
  const isStale = ({ seenAt, keep, keepPending = 0 }: Claim): boolean => now - seenAt > Math.max(keep, keepPending)
  const live = claims.filter((claim) => !isStale(claim))
  const documents = await listDocuments(folder)
  const takers = await Promise.all(claims.map(async (claim) => ({ claim, taken: claim.keepPending === undefined ? undefined : await takenBy(folder, claim.name) })))
  const waitsFor = (document: DocumentName): Claim[] => takers.filter(({ taken }) => taken !== undefined && !taken.has(takenKey(document))).map(({ claim }) => claim)
  const keep = Math.max(...live.map((claim) => claim.keep))
  const lost = new Map<Claim, number>()
  const remaining = new Set<string>()

  for (const document of documents) {
    const age = now - document.at
    const waiting = waitsFor(document)
    const wanted = age <= keep || waiting.some((claim) => !isStale(claim) && age <= (claim.keepPending ?? 0))
    if (wanted) remaining.add(document.day)
    else await withFolder(folder, () => rm(pathOf(folder, document), { force: true }))
    for (const claim of waiting) if (!wanted || isStale(claim)) lost.set(claim, (lost.get(claim) ?? 0) + 1)
  }
  for (const claim of claims) if (isStale(claim)) await dropClaim(folder, claim)
  await removeEmptyDays(folder, remaining, live, now)
  if (lost.size > 0) throw lostError(folder, lost)
}

/** Only days that are over, with one to spare: a folder must not go while a document is on its way into it. */
async function removeEmptyDays(folder: string, remaining: ReadonlySet<string>, claims: readonly Claim[], now: number): Promise<void> {
  const [last = ''] = new Date(now - 2 * DAY).toISOString().split('T')
  await withFolder(folder, async () => {
    for (const day of (await entriesOf(folder)).filter(isDay)) {
      if (day > last || remaining.has(day)) continue
      // What a crash left half written goes with its day; a folder with anything else in it stays.
      for (const entry of await entriesOf(join(folder, day))) if (entry.endsWith('.draft')) await rm(join(folder, day, entry), { force: true })
      await rmdir(join(folder, day)).catch(() => {})
      for (const { name } of claims) await forgetTaken(folder, name, day)
    }
  })
}

function lostError(folder: string, lost: ReadonlyMap<Claim, number>): TocsinError {
  const parts = [...lost].map(([{ name, keepPending = 0 }, count]) => `${count} that "${name}" had not taken within ${formatDuration(keepPending)}`)
  return new TocsinError('E700', `documents were given up: ${parts.join(', ')}`, { where: folder, fix: 'mend that recorder; one that is not in use any more is forgotten by this, and not told again' })
}
