import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { installedPostgres } from './install-postgres.ts'

const run = promisify(execFile)

/** Tests that need PostgreSQL are left out only when this says so by name. */
export const WITHOUT_POSTGRES = process.env['TOCSIN_TESTS_WITHOUT_POSTGRES'] === '1'

/** A running PostgreSQL on loopback with a data folder of its own. */
export interface Postgres {
  /** Of a database that has nothing in it. The password is that of a superuser. */
  emptyDatabase(): Promise<string>
  /** Stops the server without a word to its clients, and starts it on the same data and port. `down` is called in between. */
  restart(down?: () => void): Promise<void>
  stop(): Promise<void>
}

const USER = 'tocsin'
const PASSWORD = 'not-to-be-printed'
const STARTS_WITHIN = 60_000

// The server ends when the standard input closes, so that none outlives a test process that was killed. It is told until it is gone: a shell starts
// it with this signal ignored, and it takes a moment until it listens to it.
const SERVER = 'exec 3<&0; "$@" </dev/null & server=$!; (cat <&3 >/dev/null; while kill -QUIT $server 2>/dev/null; do sleep 0.2; done) & wait $server'

/** Starts Debian's PostgreSQL on a free port, as a user that is not root. Fails, never skips, with what is missing. */
export async function startPostgres(): Promise<Postgres> {
  const { bin, env } = await installedPostgres()
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-postgres-'))
  const owner = await unprivileged()
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }) }
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid)
  const password = join(folder, 'password')
  await writeFile(password, PASSWORD)
  await chmod(password, 0o644)
  const data = join(folder, 'data')
  await run(join(bin, 'initdb'), ['-D', data, '-U', USER, `--pwfile=${password}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'], { ...options, cwd: folder })

  const port = await freePort()
  const urlOf = (database: string): string => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`
  let server: ChildProcess | undefined
  let databases = 0

  const start = async (): Promise<void> => {
    const child = spawn('sh', ['-c', SERVER, 'sh', join(bin, 'postgres'), '-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='], { ...options, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] })
    server = child
    const said: string[] = []
    child.stderr.on('data', (chunk: Buffer) => void said.push(chunk.toString()))
    for (let waited = 0; ; waited += 50) {
      if (await query(urlOf('postgres'), 'select 1').then(() => true, () => false)) return
      if (child.exitCode !== null || waited > STARTS_WITHIN) throw new Error(`PostgreSQL did not start:\n${said.join('').slice(-2_000)}`)
      await sleep(50)
    }
  }
  const stop = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return
    const exited = once(server, 'exit')
    server.stdin?.end()
    await exited
  }
  await start()
  return {
    async emptyDatabase() {
      const name = `test_${databases++}`
      await query(urlOf('postgres'), `create database ${name} template template0`)
      return urlOf(name)
    },
    async restart(down = () => {}) {
      await stop()
      down()
      await start()
    },
    async stop() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)))
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/** A port that is free now and that the kernel gives nobody by itself: it must still be free after a restart. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const probe = createServer()
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
