import { open, readFile, rm } from 'node:fs/promises'
import { TocsinError } from '../errors.ts'

/**
 * Makes this process the only writer beside `path`. A lock left behind by a process that no longer runs is taken over.
 *
 * @returns how to give it back.
 * @throws TocsinError E501 while another process holds it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(lock, 'wx', 0o600)
      await file.writeFile(String(process.pid))
      await file.close()
      return () => rm(lock, { force: true })
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
      const owner = Number(await readFile(lock, 'utf8').catch(() => ''))
      if (owner > 0 && isAlive(owner)) {
        throw new TocsinError('E501', `the state file is in use by process ${owner}`, { where: path, fix: 'stop that process, or give this monitor another "name" or "state"' })
      }
      await rm(lock, { force: true })
    }
  }
  throw new TocsinError('E501', 'the state file is in use', { where: path, fix: 'another process took it at this moment; try again' })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
