import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordingDocument } from '@tocsin/core'
import { aRecording, FakeClock, recorderContract, recordContext } from '@tocsin/core/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { json } from './json.ts'

let home: string
let folder: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tocsin-'))
  folder = join(home, 'records')
})
/** What the documents of a folder hold, oldest first. */
async function documents(path: string): Promise<string[]> {
  const files = (await readdir(path, { recursive: true }).catch(() => [])).filter((file) => /^\d{4}-\d\d-\d\d\/.*\.json$/.test(file))
  return await Promise.all(files.sort().map((file) => readFile(join(path, file), 'utf8')))
}
afterAll(() => rm(home, { recursive: true }))

recorderContract('json', {
  sink: () => json({ folder, host: 'web-1' }),
  recorded: () => documents(join(home, 'records')),
  failures: [
    {
      failure: 'a file in the place of the folder',
      async arrange() {
        folder = join(home, 'file', 'records')
        await writeFile(join(home, 'file'), '')
        return async () => {
          folder = join(home, 'records')
          await rm(join(home, 'file'))
        }
      },
      code: 'E700',
      permanent: true,
      says: 'check the path, its permissions and the free space',
    },
  ],
  secrets: [],
})

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const DAY = 86_400_000

it('gives the document that the README shows', async () => {
  const path = join(home, 'example')
  const recording = aRecording()
  await json({ folder: path, host: 'web-1' }).open().record(recording, recordContext({ clock: new FakeClock(recording.at) }))
  const [file] = (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  const [, name, example = ''] = /`(2026-01-05\/.*?\.json)`, with line breaks added:\n\n```json\n(.*?)```/s.exec(readme) ?? []
  expect(file).toBe(name)
  expect(JSON.parse((await documents(path))[0] ?? '')).toEqual(JSON.parse(example))
})

it('has the fields that the README lists, and no other', () => {
  const listed = [...readme.matchAll(/^\| `((?:samples\[\]\.)?[\w.]+)` \|/gm)].map(([, field]) => field ?? '')
  const fields = fieldsOf(z.toJSONSchema(recordingDocument))
  expect(listed.slice(listed.indexOf('format'))).toEqual(fields)
})

it('removes a document after a week, or as long as it is asked to keep it', async () => {
  const path = join(home, 'week')
  const recording = aRecording()
  const at = async (days: number, keep?: '2d') => {
    const clock = new FakeClock(recording.at + days * DAY)
    await json({ folder: path, ...(keep === undefined ? {} : { keep }) }).open().record({ ...recording, at: clock.now() }, recordContext({ clock }))
    return (await documents(path)).map((text) => recordingDocument.parse(JSON.parse(text)).at.slice(8, 10)).join(' ')
  }
  expect(await at(0)).toBe('05')
  expect(await at(7)).toBe('05 12')
  expect(await at(7.5)).toBe('12 13')
  expect(await at(9.5, '2d')).toBe('13 15')
})

it('says what is wrong with its options', () => {
  expect(json({ folder: '', host: 'a b', keep: '0s' }).problems.map(({ path }) => path.join('.')).toSorted()).toEqual(['folder', 'host', 'keep'])
})

it('finds offline that its folder cannot be', () => {
  expect(json({ folder: '/dev/null/records' }).check()).toMatchObject([{ code: 'E700', where: '/dev/null/records', permanent: true }])
  expect(json({ folder: join(home, 'not', 'yet', 'there') }).check()).toEqual([])
})

/** The paths of all fields, objects and lists left out, in the order of the schema. */
function fieldsOf(schema: z.core.JSONSchema.BaseSchema, path = ''): string[] {
  const { properties, items } = schema
  if (typeof items === 'object' && !Array.isArray(items)) return fieldsOf(items, `${path}[]`)
  if (properties === undefined) return [path]
  return Object.entries(properties).flatMap(([name, inner]) => (typeof inner === 'object' ? fieldsOf(inner, path === '' ? name : `${path}.${name}`) : []))
}
