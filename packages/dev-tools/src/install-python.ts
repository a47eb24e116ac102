import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/tocsin', import.meta.url))
/** An installation takes half a minute; a lock this old was left behind by a machine that died. */
const STALE_AFTER = 10 * 60_000

const run = promisify(execFile)

/** A package of the Python index, at one version. */
export interface PythonPackage {
  readonly name: string
  readonly version: string
  /** `server`: what pip writes in brackets. Default: none. */
  readonly extra?: string
}

/** The interpreter of a virtual environment that has the package. Installs it once per workspace, whoever else tries at the same time. */
export async function installedPython(wanted: PythonPackage): Promise<string> {
  const home = join(CACHE, `${wanted.name}-${wanted.version}`)
  const python = join(home, 'bin', 'python')
  const lock = `${home}.lock`
  while (!existsSync(python)) {
    if (await take(lock)) {
      try {
        if (!existsSync(python)) await installPython(home, wanted)
      } finally {
        await rm(lock, { recursive: true, force: true })
      }
    } else {
      await breakStale(lock)
      await sleep(200)
    }
  }
  return python
}

async function take(lock: string): Promise<boolean> {
  await mkdir(CACHE, { recursive: true })
  try {
    await mkdir(lock)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
  await writeFile(join(lock, 'pid'), String(process.pid))
  return true
}

/** Two processes may break the same lock and both install: the rename at the end lets only one in. */
async function breakStale(lock: string): Promise<void> {
  const pid = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => ''))
  const made = await stat(lock).then(({ mtimeMs }) => mtimeMs, () => undefined)
  if (made === undefined) return
  if ((pid > 0 && !isAlive(pid)) || Date.now() - made > STALE_AFTER) await rm(lock, { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** Makes the virtual environment beside its place and moves it there when it is whole: half of one is never seen. */
export async function installPython(home: string, { name, version, extra }: PythonPackage): Promise<void> {
  const building = `${home}.${process.pid}`
  await rm(building, { recursive: true, force: true })
  try {
    await step(name, 'python3', ['-m', 'venv', building], 'install Python 3.9 or later with venv (Debian: apt-get install python3 python3-venv)')
    const spec = `${name}${extra === undefined ? '' : `[${extra}]`}==${version}`
    await step(name, join(building, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', spec], 'pip must reach a package index')
    await rename(building, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

async function step(name: string, command: string, args: readonly string[], fix: string): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const output = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim().split('\n').slice(-5).join('\n') : ''
    throw new Error(`these tests need ${name}, and "${command} ${args.join(' ')}" failed: ${fix}${output === '' ? '' : `\n${output}`}`, { cause: error })
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
