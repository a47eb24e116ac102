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

/** Tokens of the locks that this process wrote. */
const ownTokens = new Set<string>()

/**
 * Makes this process the only writer beside `path`. A lock left behind by a process that no longer runs is taken over. It binds
 * processes that see each other's numbers: those of one machine, or of one container.
 *
 * @returns how to give it back.
 * @throws TocsinError E501 while another process holds it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`
  const mine: Holder = { pid: process.pid, started: await startOf(process.pid), token: randomUUID() }
  const draft = `${lock}.${mine.token}`
  ownTokens.add(mine.token)
  let taken = false
  // Written whole before it is put in place, so that nobody ever reads half a lock.
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      taken = await putInPlace(draft, lock)
      if (taken) {
        return async () => {
          ownTokens.delete(mine.token)
          if (holderOf(await read(lock))?.token === mine.token) await rm(lock, { force: true })
        }
      }
      const found = await read(lock)
      if (found === undefined) continue
      const holder = holderOf(found)
      if (holder !== undefined && (await isRunning(holder))) {
        throw new TocsinError('E501', `the state file is in use by process ${holder.pid}`, { where: path, fix: 'stop that process, or give this monitor another "name" or "state"' })
      }
      await breakLock(lock, found, draft)
    }
  } finally {
    if (!taken) ownTokens.delete(mine.token)
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
async function breakLock(lock: string, stale: string, draft: string): Promise<void> {
  const breaking = `${lock}.break`
  if (!(await putInPlace(draft, breaking))) {
    const found = await read(breaking)
    const breaker = holderOf(found)
    // It takes a moment. What one left that died in that moment is a stale lock like any other.
    if (found !== undefined && (breaker === undefined || !(await isRunning(breaker)))) await breakLock(breaking, found, draft)
    else await pause(PAUSE)
    return
  }
  try {
    if ((await read(lock)) === stale) await rm(lock, { force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}

/** `undefined` for a lock that is gone, which is not the same as one that says nothing: only the latter is there to be removed. */
async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** `undefined` for what is none of ours, or was cut short by a crash of the machine. */
function holderOf(text: string | undefined): Holder | undefined {
  if (text === undefined) return undefined
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function isRunning({ pid, started, token }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process of somebody else runs, too.
    if (!isCode(error, 'EPERM')) return false
  }
  const now = await startOf(pid)
  if (started !== '' && now !== '') return started === now
  // Nothing tells two processes of one number apart but what this one knows of itself.
  return pid !== process.pid || ownTokens.has(token)
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
