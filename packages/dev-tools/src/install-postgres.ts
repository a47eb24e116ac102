import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/tocsin', import.meta.url))
const HOME = join(CACHE, 'postgres')
/** Where Debian and its like put the servers, one folder a version. */
const DEBIAN = '/usr/lib/postgresql'
const OLDEST = 13

const run = promisify(execFile)

/** A PostgreSQL that can be started. */
export interface InstalledPostgres {
  /** The folder of `initdb` and `postgres`. */
  readonly bin: string
  /** What they need in their environment. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * The newest PostgreSQL of this machine. Where there is none, Debian's packages are unpacked below `node_modules`: nothing of the
 * machine changes, and no right is needed.
 */
export async function installedPostgres(): Promise<InstalledPostgres> {
  const found = (await newestIn(DEBIAN)) ?? (await onPath())
  if (found !== undefined) return { bin: found, env: {} }
  if (!existsSync(HOME)) await unpackPostgres(HOME)
  const bin = await newestIn(join(HOME, DEBIAN))
  if (bin === undefined) throw new Error(`there is no PostgreSQL in ${HOME}: remove the folder and try again`)
  const libraries = (await readdir(join(HOME, 'usr/lib'))).filter((name) => name.endsWith('-linux-gnu')).map((name) => join(HOME, 'usr/lib', name))
  return { bin, env: { LD_LIBRARY_PATH: libraries.join(':') } }
}

async function newestIn(folder: string): Promise<string | undefined> {
  const versions = (await readdir(folder).catch(() => [])).map(Number).filter((version) => version >= OLDEST)
  const bins = versions.sort((a, b) => b - a).map((version) => join(folder, String(version), 'bin'))
  return bins.find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
}

async function onPath(): Promise<string | undefined> {
  const folder = await run('pg_config', ['--bindir']).then(({ stdout }) => stdout.trim(), () => undefined)
  return folder !== undefined && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')) ? folder : undefined
}

/** Unpacks the server and what of its libraries this machine lacks. Made beside its place and moved there when it is whole. */
async function unpackPostgres(home: string): Promise<void> {
  const building = `${home}.${process.pid}`
  const packages = join(building, 'packages')
  await mkdir(packages, { recursive: true })
  try {
    const { stdout } = await run('apt-get', ['install', '--print-uris', '-qq', '--no-install-recommends', 'postgresql'])
    const names = stdout.split('\n').map((line) => / (\S+?)_\S+\.deb /.exec(line)?.[1]).filter((name) => name !== undefined)
    if (!names.some((name) => /^postgresql-\d+$/.test(name))) throw new Error(`apt-get would install no server, but: ${names.join(' ') || 'nothing'}`)
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...names], { cwd: packages })
    for (const file of await readdir(packages)) await run('dpkg-deb', ['-x', join(packages, file), building])
    await rm(packages, { recursive: true })
    // Whoever was faster has done the same.
    await rename(building, home).catch((error: unknown) => (existsSync(home) ? undefined : Promise.reject(error)))
  } catch (cause) {
    throw new Error(`these tests need PostgreSQL ${OLDEST} or later, and Debian's could not be had: install it, or set TOCSIN_TESTS_WITHOUT_POSTGRES=1 to leave them out`, { cause })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}
