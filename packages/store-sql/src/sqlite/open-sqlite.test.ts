import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FakeClock } from '@tocsin/core/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from '../index.ts'

let folder: string
let path: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-sqlite-'))
  path = join(folder, 'state', 'deep', 'main.sqlite')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})
const count = (store: Awaited<ReturnType<typeof openSqliteStore>>) => store.transaction(async (tx) => (await tx.evaluators.list('main')).length)
const put = (store: Awaited<ReturnType<typeof openSqliteStore>>, id: string) => store.transaction((tx) => tx.evaluators.put({ id, monitor: 'main', value: 1 }, 0))

it('makes the file and its folders for their owner only, what SQLite puts beside it included', async () => {
  const store = await openSqliteStore(path)
  await put(store, 'a')
  for (const name of await readdir(join(path, '..'))) expect([name, (await stat(join(path, '..', name))).mode & 0o777]).toEqual([name, 0o600])
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
  expect((await readdir(join(path, '..'))).sort()).toEqual(['main.sqlite', 'main.sqlite-shm', 'main.sqlite-wal'])
  await store.close()
  expect(await readdir(join(path, '..'))).toEqual(['main.sqlite'])
})

it('survives a power loss: it writes ahead, and waits for the disk', async () => {
  const store = await openSqliteStore(path)
  const look = new DatabaseSync(path)
  expect(look.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
  look.close()
  await store.close()
  // The other setting belongs to a connection, so it is seen by its effect: each commit is synced.
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)})
    const store = await openSqliteStore(process.argv[1])
    process.stdout.write('ready')
    for (let index = 0; index < 5; index++) await store.transaction((tx) => tx.evaluators.put({ id: String(index), monitor: 'main', value: 1 }, 0))
    process.kill(process.pid, 'SIGKILL')`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script, path], { stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'exit')
  const after = await openSqliteStore(path)
  expect(await count(after)).toBe(5)
  await after.close()
})

it('gives back what was written, after a restart', async () => {
  const first = await openSqliteStore(path)
  await put(first, 'a')
  await first.close()
  const second = await openSqliteStore(path)
  expect(await count(second)).toBe(1)
  await second.close()
})

it('is read while another process writes, and changes nothing then', async () => {
  const store = await openSqliteStore(path)
  await put(store, 'a')
  const reader = await openSqliteStore(path, { readOnly: true })
  expect(await count(reader)).toBe(1)
  await put(store, 'b')
  expect(await count(reader)).toBe(2)
  await expect(put(reader, 'c')).rejects.toMatchObject({ code: 'E501', where: path, message: 'the file can only be read' })
  await reader.close()
  await store.close()
})

it('reads nothing where nothing is, and leaves it so', async () => {
  const reader = await openSqliteStore(path, { readOnly: true })
  expect(await count(reader)).toBe(0)
  await reader.close()
  expect(await readdir(folder)).toEqual([])
})

it('lets several processes write, each waiting for the others', async () => {
  await (await openSqliteStore(path)).close()
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)})
    const store = await openSqliteStore(process.argv[1])
    for (let index = 0; index < 50; index++) {
      await store.transaction(async (tx) => {
        const found = await tx.evaluators.get('n')
        await new Promise((resolve) => setImmediate(resolve))
        await tx.evaluators.put({ id: 'n', monitor: 'main', value: Number(found?.value ?? 0) + 1 }, found?.version ?? 0)
      })
    }
    await store.close()`
  const writers = Array.from({ length: 4 }, () => spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script, path], { stdio: ['ignore', 'ignore', 'inherit'] }))
  children.push(...writers)
  expect(await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0]))).toEqual([0, 0, 0, 0])
  const store = await openSqliteStore(path)
  expect((await store.transaction((tx) => tx.evaluators.get('n')))?.value).toBe(200)
  await store.close()
}, 60_000)

it('lets many processes make the same file at once', async () => {
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)})
    const store = await openSqliteStore(process.argv[1])
    await store.transaction((tx) => tx.evaluators.put({ id: process.argv[2], monitor: 'main', value: 1 }, 0))
    await store.close()`
  const makers = Array.from({ length: 6 }, (_, index) => spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script, path, String(index)], { stdio: ['ignore', 'ignore', 'inherit'] }))
  children.push(...makers)
  expect(await Promise.all(makers.map(async (child) => (await once(child, 'exit'))[0]))).toEqual([0, 0, 0, 0, 0, 0])
  const store = await openSqliteStore(path)
  expect(await count(store)).toBe(6)
  await store.close()
}, 60_000)

it('gives up on a process that holds the file for more than ten seconds, without standing still meanwhile', async () => {
  const clock = new FakeClock()
  const store = await openSqliteStore(path, { clock })
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const writing = put(store, 'a')
  const failed = expect(writing).rejects.toMatchObject({ code: 'E501', message: 'another process holds the file for too long' })
  await clock.advance(11_000)
  await failed
  other.exec('rollback')
  await put(store, 'a')
  other.close()
  await store.close()
})

it('refuses tables that a newer version made, and leaves them alone', async () => {
  await (await openSqliteStore(path)).close()
  const newer = new DatabaseSync(path)
  newer.exec(`insert into kysely_migration values ('9999-later', '2999-01-01T00:00:00Z')`)
  newer.close()
  for (const readOnly of [false, true]) await expect(openSqliteStore(path, { readOnly })).rejects.toMatchObject({ code: 'E504', where: path, message: expect.stringContaining('9999-later') })
})

it('brings tables of an older version to its form, but for those who only read', async () => {
  await (await openSqliteStore(path)).close()
  const older = new DatabaseSync(path)
  older.exec(`drop table days; drop table decisions; drop table standings; delete from kysely_migration where name in ('0003-decisions', '0004-days')`)
  older.close()
  await expect(openSqliteStore(path, { readOnly: true })).rejects.toMatchObject({ code: 'E501', where: path, message: 'the store is of an older version' })
  const store = await openSqliteStore(path)
  await put(store, 'a')
  const reader = await openSqliteStore(path, { readOnly: true })
  expect([await count(reader), await reader.transaction((tx) => tx.decisions.list({ monitor: 'main', from: 0, until: Infinity, limit: 1 }))]).toEqual([1, []])
  await reader.close()
  await store.close()
})

it('names a file that is no database, and one that is damaged inside', async () => {
  const garbage = join(folder, 'garbage.sqlite')
  await writeFile(garbage, 'no database at all '.repeat(100))
  await expect(openSqliteStore(garbage)).rejects.toMatchObject({ code: 'E505', where: garbage, fix: `move it away to start afresh, or bring a copy back: mv ${garbage} ${garbage}.broken` })
  await expect(openSqliteStore(garbage, { readOnly: true })).rejects.toMatchObject({ code: 'E505' })

  const store = await openSqliteStore(path)
  for (let index = 0; index < 50; index++) await store.transaction((tx) => tx.evaluators.put({ id: `e${index}`, monitor: 'main', value: 'x'.repeat(4_000) }, 0))
  await store.close()
  const { size } = await stat(path)
  const whole = await import('node:fs/promises').then(({ readFile }) => readFile(path))
  // All but the first pages, which hold the form of the tables.
  whole.fill(0xa5, Math.floor(size / 2))
  await writeFile(path, whole)
  const damaged = await openSqliteStore(path)
  await expect(count(damaged)).rejects.toMatchObject({ code: 'E505', where: path })
  await damaged.close()
})

it('names a place where no file can be', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(openSqliteStore(join(folder, 'file', 'main.sqlite'))).rejects.toMatchObject({ code: 'E501' })
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'E501' })
})

it('prints nothing on the terminal', async () => {
  const script = `await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)}).then(async ({ openSqliteStore }) => (await openSqliteStore(process.argv[1])).close())`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await once(child, 'close')
  expect(printed).toBe('')
})
