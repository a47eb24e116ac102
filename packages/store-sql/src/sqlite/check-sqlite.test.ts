import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkSqliteFile, openSqliteStore } from '../index.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-check-'))
  path = join(folder, 'main.sqlite')
})
afterEach(() => rm(folder, { recursive: true }))

it('finds damage in pages that nobody has read, and nothing in a sound file that is open', async () => {
  const store = await openSqliteStore(path)
  for (let index = 0; index < 50; index++) await store.transaction((tx) => tx.evaluators.put({ id: `e${index}`, monitor: 'main', value: 'x'.repeat(4_000) }, 0))
  expect(() => checkSqliteFile(path)).not.toThrow()
  await store.close()
  expect(() => checkSqliteFile(path)).not.toThrow()

  const whole = await readFile(path)
  whole.fill(0xa5, Math.floor((await stat(path)).size / 2))
  await writeFile(path, whole)
  expect(() => checkSqliteFile(path)).toThrow(expect.objectContaining({ code: 'E505', where: path, message: expect.stringContaining('the file is damaged') }))
})

it('names what is no database, and what is not there', async () => {
  await writeFile(path, 'no database at all '.repeat(100))
  expect(() => checkSqliteFile(path)).toThrow(expect.objectContaining({ code: 'E505', where: path }))
  expect(() => checkSqliteFile(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'E501' }))
})
