import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lockFile } from './file-lock.ts'

let folder: string
let path: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-lock-'))
  path = join(folder, 'main.json')
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})
const leave = (mark: string) => writeFile(`${path}.lock`, mark)
const markOf = (pid: number, started: string) => JSON.stringify({ pid, started, token: 'left-behind' })
const mark = () => readFile(`${path}.lock`, 'utf8')
const busy = (pid: number) => ({ code: 'E501', message: `the state file is in use by process ${pid}` })
/** No process has this number: it is above the kernel's largest. */
const NOBODY = 4_194_305

/** Takes the lock when told `take`, tells how that went, and gives it back when told `give`. */
const RACER = `
  const { lockFile } = await import(${JSON.stringify(new URL('file-lock.ts', import.meta.url).href)})
  let release
  process.on('message', async (order) => {
    if (order === 'give') await release?.()
    release = order === 'take' ? await lockFile(process.argv[1]).catch((error) => void (error.code === 'E501' || process.exit(3))) : undefined
    process.send(release === undefined ? 'none' : 'held')
  })
  process.send('ready')
`
async function racer(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RACER, path], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.push(child)
  await once(child, 'message')
  return child
}
async function tell(child: ChildProcess, order: 'take' | 'give'): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(order)
  return (await answer)[0]
}

it('has one holder when eight processes start at once on a stale lock, every time', { timeout: 60_000 }, async () => {
  const racers = await Promise.all(Array.from({ length: 8 }, racer))
  const holders: number[] = []
  for (let round = 0; round < 60; round++) {
    await leave(markOf(NOBODY, '1'))
    const answers = await Promise.all(racers.map((child) => tell(child, 'take')))
    holders.push(answers.filter((answer) => answer === 'held').length)
    expect((await readdir(folder)).filter((name) => name !== 'main.json.lock')).toEqual([])
    await Promise.all(racers.map((child) => tell(child, 'give')))
    expect(await readdir(folder)).toEqual([])
  }
  expect(holders).toEqual(holders.map(() => 1))
})

it('holds against another process, and is free once that one was killed', async () => {
  const child = await racer()
  expect(await tell(child, 'take')).toBe('held')
  await expect(lockFile(path)).rejects.toMatchObject(busy(child.pid as number))
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  await (await lockFile(path))()
  expect(await readdir(folder)).toEqual([])
})

it('holds against this process itself', async () => {
  const release = await lockFile(path)
  await expect(lockFile(path)).rejects.toMatchObject(busy(process.pid))
  await release()
  await (await lockFile(path))()
})

it('holds against this process itself on a system that does not say when it began', async () => {
  const release = await lockFile(path)
  await leave(JSON.stringify({ ...JSON.parse(await mark()), started: '' }))
  await expect(lockFile(path)).rejects.toMatchObject(busy(process.pid))
  await release()
  expect(await readdir(folder)).toEqual([])
})

it.each([
  ['an older process with this number', () => markOf(process.pid, '1')],
  ['an older process with this number, on a system that does not say when it began', () => markOf(process.pid, '')],
  ['an older process with a number that another has now', () => markOf(process.ppid, '1')],
  ['a crash of the machine, empty', () => ''],
  ['somebody who wrote no number', () => 'what is this'],
])('takes over what was left by %s', async (_who, left) => {
  await leave(left())
  await (await lockFile(path))()
  expect(await readdir(folder)).toEqual([])
})

it('takes another process at its number where nothing says when it began', async () => {
  await leave(markOf(process.ppid, ''))
  await expect(lockFile(path)).rejects.toMatchObject(busy(process.ppid))
})

it('counts a process of another user as alive', async () => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
  })
  await leave(markOf(NOBODY, '1'))
  await expect(lockFile(path)).rejects.toMatchObject(busy(NOBODY))
})

it('leaves a stale lock to the process that is about to remove it', async () => {
  await leave(markOf(NOBODY, '1'))
  await writeFile(`${path}.lock.break`, markOf(process.ppid, ''))
  await expect(lockFile(path)).rejects.toMatchObject({ code: 'E501', fix: 'another process took it at this moment; try again' })
  expect(await mark()).toBe(markOf(NOBODY, '1'))
})

it('takes over from a process that died while it removed a stale lock', async () => {
  await leave(markOf(NOBODY, '1'))
  await writeFile(`${path}.lock.break`, markOf(NOBODY, '1'))
  await (await lockFile(path))()
  expect(await readdir(folder)).toEqual([])
})

it('gives back its own lock only', async () => {
  const release = await lockFile(path)
  await leave(markOf(process.ppid, ''))
  await release()
  expect(await mark()).toBe(markOf(process.ppid, ''))
})
