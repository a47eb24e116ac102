import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { TocsinError } from '../errors.ts'

/** Who holds a lock. A process number alone says little: numbers are used again, in containers after every start. */
const holderSchema = z.object({ pid: z.int().positive(), started: z.string(), token: z.string() })
type Holder = z.output<typeof holderSchema>

/** How often a lock that others break or take at the same moment is tried for. */
const TRIES = 50
/** Milliseconds between two tries. */
const PAUSE = 20

/**
 * Makes this process the only writer beside `path`. A lock left behind by a process that no longer runs is taken over.
 *
 * @returns how to give it back.
 * @throws TocsinError E501 while another process holds it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`
  const mine: Holder = { pid: process.pid, started: await startOf(process.pid), token: randomUUID() }
  const draft = `${lock}.${mine.token}`
  // Written whole before it is put in place, so that nobody ever reads half a lock.
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (await putInPlace(draft, lock)) {
        return async () => {
          if ((await read(lock))?.token === mine.token) await rm(lock, { force: true })
        }
      }
      const holder = await read(lock)
      if (holder !== undefined && (await isRunning(holder))) {
        throw new TocsinError('E501', `the state file is in use by process ${holder.pid}`, { where: path, fix: 'stop that process, or give this monitor another "name" or "state"' })
      }
      await breakLock(lock, holder, draft)
    }
  } finally {
    await rm(draft, { force: true })
  }
  throw new TocsinError('E501', 'the state file is in use', { where: path, fix: 'another process took it at this moment; try again' })
}

async function putInPlace(draft: string, lock: string): Promise<boolean> {
  try {
    await link(draft, lock)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Removes a stale lock. Only one process at a time may do that, behind a lock of its own: whoever came later must not remove the lock
 * that another has taken meanwhile. While the stale lock stands nobody can take it, so what was looked at is what is removed.
 */
async function breakLock(lock: string, stale: Holder | undefined, draft: string): Promise<void> {
  const breaking = `${lock}.break`
  if (!(await putInPlace(draft, breaking))) {
    const breaker = await read(breaking)
    // It takes a moment; one that died in that moment is in nobody's way any more.
    if (breaker !== undefined && !(await isRunning(breaker))) await rm(breaking, { force: true })
    await pause(PAUSE)
    return
  }
  try {
    if ((await read(lock))?.token === stale?.token) await rm(lock, { force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}

/** `undefined` for a lock that is gone or is none of ours. */
async function read(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process of somebody else runs, too.
    if (!isCode(error, 'EPERM')) return false
  }
  return started === '' || (await startOf(pid)) === started
}

/** When a process started, in the kernel's count; nothing where the kernel does not tell. It sets apart two processes of one number. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name in brackets may hold anything, so fields are counted from its end.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
