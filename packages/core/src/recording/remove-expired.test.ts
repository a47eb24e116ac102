import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aRecording } from '../testing/builders.ts'
import { type Claim, markTaken, readClaims, renewClaim } from './claim.ts'
import { listDocuments, storeDocument } from './document-folder.ts'
import { type DocumentName, documentName } from './document-name.ts'
import { removeExpired } from './remove-expired.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const now = Date.parse('2026-03-01T12:00:00Z')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-'))
})
afterEach(() => rm(folder, { recursive: true }))

const claim = (name: string, over: Partial<Claim> = {}): Claim => ({ name, keep: 7 * DAY, seenAt: now, ...over })
const uploads = (name: string, over: Partial<Claim> = {}): Claim => claim(name, { keep: HOUR, keepPending: 30 * DAY, ...over })
const claims = async (...all: Claim[]) => {
  for (const one of all) await renewClaim(folder, one)
}
/** Documents of these ages, in milliseconds. */
const documents = async (...ages: number[]): Promise<DocumentName[]> => {
  const names = ages.map((age) => documentName(aRecording({ at: now - age }), 'web-1', String(age)))
  for (const [index, name] of names.entries()) await storeDocument(folder, name, String(ages[index]))
  return names
}
const ages = async () => (await listDocuments(folder)).map(({ at }) => now - at)

describe('a folder of one', () => {
  it('keeps its documents for as long as it is asked to', async () => {
    await documents(8 * DAY, 7 * DAY + 1, 7 * DAY, HOUR, 0, -DAY)
    await removeExpired(folder, claim('json'), now)
    expect(await ages()).toEqual([7 * DAY, HOUR, 0, -DAY])
  })

  it('keeps those that are not taken, and drops what is too old even so, with an error', async () => {
    const own = uploads('bucket')
    await claims(own)
    const [old, taken] = await documents(31 * DAY, 2 * HOUR, HOUR + 1, 10)
    expect(old).toBeDefined()
    if (taken) await markTaken(folder, own.name, taken)
    await expect(removeExpired(folder, own, now)).rejects.toMatchObject({ code: 'E700', message: 'documents were given up: 1 that "bucket" had not taken within 30d', where: folder })
    expect(await ages()).toEqual([HOUR + 1, 10])
    await removeExpired(folder, own, now)
  })
})

describe('a folder of several', () => {
  it('keeps for the one that wants them longest', async () => {
    await claims(claim('short', { keep: DAY }), claim('long', { keep: 14 * DAY }))
    await documents(15 * DAY, 10 * DAY, 0)
    await removeExpired(folder, claim('short', { keep: DAY }), now)
    expect(await ages()).toEqual([10 * DAY, 0])
  })

  it('keeps until all have taken', async () => {
    const [a, b] = [uploads('a'), uploads('b')]
    await claims(claim('json'), a, b)
    const [both, one] = await documents(9 * DAY, 8 * DAY, 6 * DAY)
    if (both === undefined || one === undefined) throw new Error('no documents')
    await markTaken(folder, 'a', both)
    await markTaken(folder, 'b', both)
    await markTaken(folder, 'a', one)
    await removeExpired(folder, claim('json'), now)
    expect(await ages()).toEqual([8 * DAY, 6 * DAY])
    await markTaken(folder, 'b', one)
    await removeExpired(folder, a, now)
    expect(await ages()).toEqual([6 * DAY])
  })

  it('forgets one that has not run for as long as it wants anything, once, with an error that says what it had not taken', async () => {
    await claims(uploads('gone', { seenAt: now - 30 * DAY - 1 }), claim('old json', { seenAt: now - 7 * DAY - 1 }))
    await documents(10 * DAY, 8 * DAY, DAY)
    await expect(removeExpired(folder, claim('json'), now)).rejects.toMatchObject({ message: 'documents were given up: 3 that "gone" had not taken within 30d' })
    expect(await ages()).toEqual([DAY])
    expect(await readClaims(folder)).toEqual([])
    await removeExpired(folder, claim('json'), now)
  })

  it('keeps everything while it cannot tell what one of them wants', async () => {
    await mkdir(join(folder, '.claims', 'torn'), { recursive: true })
    await writeFile(join(folder, '.claims', 'torn', 'claim.json'), '{"keep":')
    await documents(100 * DAY, DAY)
    await removeExpired(folder, claim('json'), now)
    expect(await ages()).toEqual([100 * DAY, DAY])
    await renewClaim(folder, claim('torn'))
    await removeExpired(folder, claim('json'), now)
    expect(await ages()).toEqual([DAY])
  })

  it('writes a claim again when it has changed, or an hour later', async () => {
    const seen = async () => (await readClaims(folder)).map(({ keep, seenAt }) => [keep / DAY, (seenAt - now) / HOUR])
    await claims(claim('json'), claim('json', { seenAt: now + HOUR - 1 }))
    expect(await seen()).toEqual([[7, 0]])
    await claims(claim('json', { keep: DAY, seenAt: now + 1_800_000 }))
    expect(await seen()).toEqual([[1, 0.5]])
    await claims(claim('json', { keep: DAY, seenAt: now - HOUR }))
    expect(await seen()).toEqual([[1, -1]])
  })
})

describe('a day that is over', () => {
  it('goes with what a crash has left in it, but not with anything else', async () => {
    const own = uploads('bucket')
    await claims(own)
    const names = await documents(9 * DAY, 8 * DAY, 2 * HOUR)
    for (const name of names) await markTaken(folder, 'bucket', name)
    const [first, second] = names
    await writeFile(join(folder, first?.day ?? '', `${first?.file}.0a1b.draft`), 'half')
    await writeFile(join(folder, second?.day ?? '', 'notes.txt'), 'mine')
    await removeExpired(folder, own, now)
    expect((await readdir(folder)).toSorted()).toEqual(['.claims', '2026-02-21', '2026-03-01'])
    expect(await readdir(join(folder, '2026-02-21'))).toEqual(['notes.txt'])
    expect((await readdir(join(folder, '.claims', 'bucket'))).toSorted()).toEqual(['2026-03-01.taken', 'claim.json'])
  })
})
