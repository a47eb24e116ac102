import { mkdir, mkdtemp, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { aSubject } from '../testing/builders.ts'
import { storeContract } from '../testing/store-contract.ts'
import { newAlert } from '../alerting/reducer.ts'
import { openStateFile } from './file-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-state-'))
})
const path = () => join(folder, 'state', 'main.json')
const record = { id: 'f', monitor: 'main', value: { subject: aSubject(), state: newAlert } }

storeContract('the state file', () => openStateFile(path()))

it('gives back what was written, NaN and infinities included, after a restart', async () => {
  const first = await openStateFile(path())
  await first.transaction((tx) => tx.alerts.put(record, 0))
  await first.close()
  const second = await openStateFile(path())
  const [stored] = await second.transaction((tx) => tx.alerts.list('main'))
  expect(stored?.value).toEqual(record.value)
  expect(stored?.value.state.lastAt).toBe(-Infinity)
  await second.close()
})

it('is readable by its owner only, and leaves no draft or lock behind', async () => {
  const store = await openStateFile(path())
  await store.transaction((tx) => tx.alerts.put(record, 0))
  await store.close()
  expect((await stat(path())).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'state'))).toEqual(['main.json'])
})

it('refuses a second writer, lets readers in, and takes over from a process that died', async () => {
  const store = await openStateFile(path())
  await store.transaction((tx) => tx.alerts.put(record, 0))
  await expect(openStateFile(path())).rejects.toMatchObject({ code: 'E501', message: `the state file is in use by process ${process.pid}` })
  const reader = await openStateFile(path(), { readOnly: true })
  expect(await reader.transaction((tx) => tx.alerts.list('main'))).toHaveLength(1)
  await expect(reader.transaction((tx) => tx.alerts.remove('f', 1))).rejects.toMatchObject({ code: 'E501' })
  await store.close()

  // No process has the first number: it is above the kernel's largest. The second is this process's, as in a container that was killed.
  for (const pid of [4_194_305, process.pid]) {
    await writeFile(`${path()}.lock`, JSON.stringify({ pid, started: '1', token: 'left-behind' }))
    await (await openStateFile(path())).close()
  }
  await writeFile(`${path()}.lock`, '')
  await (await openStateFile(path())).close()
})

it('takes a process that another user runs for running', async () => {
  await writeFile(join(folder, 'x.json.lock'), JSON.stringify({ pid: process.ppid, started: '', token: 'theirs' }))
  await expect(openStateFile(join(folder, 'x.json'))).rejects.toMatchObject({ code: 'E501', message: `the state file is in use by process ${process.ppid}` })
})

it('lets one of many in that find a stale lock at once', { timeout: 60_000 }, async () => {
  const module = new URL('./file-lock.ts', import.meta.url).href
  const contender = `import { lockFile } from ${JSON.stringify(module)}
    process.stdin.once('data', async () => {
      try { await lockFile(process.argv[1]); console.log('won') } catch { console.log('lost') }
      setTimeout(() => process.exit(), 1_500)
    })
    console.log('ready')`
  for (let round = 0; round < 3; round++) {
    const target = join(folder, `race-${round}.json`)
    await writeFile(`${target}.lock`, JSON.stringify({ pid: 4_194_305, started: '1', token: 'left-behind' }))
    const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '--eval', contender, target]))
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')))
    const verdicts = children.map(({ stdout }) => once(stdout, 'data'))
    for (const { stdin } of children) stdin.write('go')
    const words = (await Promise.all(verdicts)).map(([word]) => String(word).trim())
    expect(words.filter((word) => word === 'won')).toHaveLength(1)
    await Promise.all(children.map((child) => once(child, 'exit')))
  }
})

it('refuses a file that it does not understand, and leaves it as it is', async () => {
  const store = await openStateFile(path())
  await store.transaction((tx) => tx.alerts.put(record, 0))
  await store.close()
  for (const text of ['{"tocsin":1,"alerts":', '{"tocsin":2}', '[]', '']) {
    await writeFile(path(), text)
    await expect(openStateFile(path())).rejects.toMatchObject({ code: 'E501', fix: expect.stringContaining('mv ') })
    expect(await readFile(path(), 'utf8')).toBe(text)
  }
})

it('keeps the old state when the new one cannot be written', async () => {
  const store = await openStateFile(path())
  await store.transaction((tx) => tx.alerts.put(record, 0))
  const before = await readFile(path(), 'utf8')
  // A folder where the draft belongs stops every user, root too.
  await mkdir(`${path()}.draft`)
  await expect(store.transaction((tx) => tx.alerts.remove('f', 1))).rejects.toMatchObject({ code: 'E501' })
  expect(await readFile(path(), 'utf8')).toBe(before)
  expect(await store.transaction((tx) => tx.alerts.list('main'))).toHaveLength(1)
  await rmdir(`${path()}.draft`)
  await store.transaction((tx) => tx.alerts.remove('f', 1))
  await store.close()
})
