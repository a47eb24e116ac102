import { readFileSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TocsinError } from '@tocsin/core'
import { aRecording, aSample, FakeClock, recordContext } from '@tocsin/core/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { s3 } from './s3.ts'
import { type Bucket, s3Error, startBucket } from './testing/bucket.ts'

const MINUTE = 60_000

let bucket: Bucket
let clock: FakeClock
beforeAll(async () => {
  bucket = await startBucket('a-secret-access-key-of-nobody')
}, 120_000)
beforeEach(async () => {
  clock = new FakeClock('2026-01-05T23:58:00Z')
  await bucket.reset()
  bucket.front.fail(() => undefined)
})
afterAll(() => bucket.stop())

type Options = Parameters<typeof s3>[0]
const sink = (over: Partial<Options> = {}) => s3({ folder: bucket.folder, host: 'web-1', bucket: 'records', endpoint: bucket.front.url, ...over })
/** By a recorder of its own, as after a restart. */
const record = (over: Partial<Options> = {}, monitor = 'main') => sink(over).open().record(aRecording({ monitor, at: clock.now() }), recordContext({ clock }))
const minutes = async (count: number, each: () => Promise<void>) => {
  for (let minute = 0; minute < count; minute++) {
    await each()
    clock.set(clock.now() + MINUTE)
  }
}
const keys = async () => (await bucket.objects()).map(({ key }) => key)
const uploads = () => bucket.front.requests.filter(({ method }) => method === 'PUT')

it('has the document of the folder under its date and machine, by the keys that the README shows', async () => {
  await minutes(3, () => record({ prefix: '/tocsin/' }))
  const objects = await bucket.objects()
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(objects.map(({ key }) => key)).toEqual(/```\n(tocsin\/date.*?)\n```/s.exec(readme)?.[1]?.split('\n'))
  expect(new Set(objects.map(({ type }) => type))).toEqual(new Set(['application/json']))
  const stored = await Promise.all((await readdir(bucket.folder, { recursive: true })).filter((file) => /^\d{4}.*\.json$/.test(file)).sort().map((file) => readFile(join(bucket.folder, file), 'utf8')))
  expect(objects.map(({ text }) => text)).toEqual(stored)
})

it('has one version of a document whose upload was not answered', async () => {
  bucket.front.fail(({ method }) => (method === 'PUT' ? 'lostAnswer' : undefined))
  await expect(record()).rejects.toMatchObject({ code: 'E205', permanent: false })
  expect(await keys()).toHaveLength(1)
  bucket.front.fail(() => undefined)
  clock.set(clock.now() + MINUTE)
  await record()
  expect(await keys()).toHaveLength(2)
})

it('has one version of a document that nobody remembers to have uploaded', async () => {
  await minutes(5, () => record())
  await rm(join(bucket.folder, '.claims'), { recursive: true })
  const before = uploads().length
  await record()
  expect(uploads().length - before).toBeGreaterThanOrEqual(6)
  expect(await keys()).toHaveLength(6)
})

it('has everything after an outage, from two monitors in one folder', async () => {
  const end = await bucket.front.outage()
  await minutes(40, async () => {
    await Promise.all(['main', 'other'].map((monitor) => expect(record({}, monitor)).rejects.toMatchObject({ code: 'E205' })))
  })
  await end()
  await Promise.all([record(), record({}, 'other')])
  const found = await keys()
  expect(found).toHaveLength(82)
  for (const monitor of ['main', 'other']) expect(found.filter((key) => key.includes(`_${monitor}_`))).toHaveLength(41)
}, 60_000)

it('takes what another bucket has got, too', async () => {
  await minutes(2, () => record({ prefix: 'a' }))
  await record({ prefix: 'b' })
  expect((await keys()).map((key) => key.slice(0, 2)).join('')).toBe('a/a/b/b/b/')
})

it('is found in another region', async () => {
  bucket.front.fail(() => (uploads().length === before + 1 ? s3Error(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' }) : undefined))
  const before = uploads().length
  await record({ region: 'us-west-2' })
  expect(await keys()).toHaveLength(1)
})

it('may fail once', async () => {
  let failed = false
  bucket.front.fail(({ method }) => {
    if (method !== 'PUT' || failed) return undefined
    failed = true
    return s3Error(500, 'InternalError')
  })
  await record()
  expect(await keys()).toHaveLength(1)
})

it('that refuses is named with what to allow', async () => {
  bucket.front.fail(({ method }) => (method === 'PUT' ? s3Error(403, 'AccessDenied') : undefined))
  const denied = await record().catch((error: unknown) => error)
  expect(denied).toBeInstanceOf(TocsinError)
  expect(String(denied)).toBe('E201 access denied: s3:PutObject · user/moto, us-east-1 · allow s3:PutObject for user/moto on arn:aws:s3:::records/*, and the use of its key where it is encrypted with one')
  expect(uploads().length).toBeGreaterThan(0)
})

it('that does not exist is named, by S3 itself', async () => {
  await expect(record({ bucket: 'no-such-bucket' })).rejects.toMatchObject({ code: 'E206', message: 'there is no bucket no-such-bucket', permanent: true })
})

it('does not wait for an answer when its time is up', async () => {
  const stop = new AbortController()
  bucket.front.fail(() => {
    stop.abort()
    return 'cut'
  })
  const began = performance.now()
  await expect(sink().open().record(aRecording({ at: clock.now() }), recordContext({ clock, signal: stop.signal }))).rejects.toMatchObject({ code: 'E205' })
  expect(performance.now() - began).toBeLessThan(2_000)
})

it('goes up as one object, however large', async () => {
  const samples = Array.from({ length: 20_000 }, (_, value) => aSample({ value }))
  await sink().open().record(aRecording({ at: clock.now(), samples }), recordContext({ clock }))
  const [object] = await bucket.objects()
  expect(Buffer.byteLength(object?.text ?? '')).toBeGreaterThan(5_000_000)
}, 30_000)

it('says what is wrong with its options', () => {
  const problems = s3({ folder: '', bucket: 'No Bucket', host: 'a/b', region: 'west', keepPending: '0s' }).problems.map(({ path }) => path.join('.'))
  expect(problems.toSorted()).toEqual(['bucket', 'folder', 'host', 'keepPending', 'region'])
})

it('finds offline that its folder cannot be', () => {
  expect(sink({ folder: '/dev/null/records' }).check().map(({ code, where }) => [code, where])).toEqual([['E700', '/dev/null/records']])
  expect(sink().check()).toEqual([])
})
