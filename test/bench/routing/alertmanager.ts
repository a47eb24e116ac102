import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ReceivedAlert } from './receiver.ts'
import { GROUP_LABEL, GROUP_WAIT } from './size.ts'
import type { Subject } from './subject.ts'

const PACKAGE = 'prometheus-alertmanager'
const CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url))
const HOME = join(CACHE, PACKAGE)
const SYSTEM = `/usr/bin/${PACKAGE}`
/**
 * Debian's program reads its templates from `/usr/share` whatever its configuration says. One that is not installed sees the unpacked ones
 * there, in a mount namespace of its own.
 */
const PROGRAM = existsSync(SYSTEM)
  ? [SYSTEM]
  : ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount -t overlay overlay -o "lowerdir=$0/usr/share:/usr/share" /usr/share && exec "$0/usr/bin/prometheus-alertmanager" "$@"', HOME]
/** Alerts in one request. Prometheus sends 64 at most; fewer requests are easier on Alertmanager. */
const BATCH = 1_000

const run = promisify(execFile)

/** Alertmanager's own words about its version, once it is there. Debian's package is unpacked in a cache of the workspace; the system stays as it is. */
export async function installedAlertmanager(): Promise<string> {
  const [program = '', ...before] = PROGRAM
  if (!existsSync(SYSTEM) && !existsSync(HOME)) await install()
  const { stdout, stderr } = await run(program, [...before, '--version']).catch((cause: unknown) => {
    throw new Error(`Alertmanager does not start: where mount namespaces are forbidden, install it ("apt-get install --no-install-recommends ${PACKAGE}")`, { cause })
  })
  return /version (\S+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version'
}

async function install(): Promise<void> {
  const building = `${HOME}.${process.pid}`
  await mkdir(building, { recursive: true })
  try {
    await run('apt-get', ['download', PACKAGE], { cwd: building })
    const archive = (await readdir(building)).find((name) => name.endsWith('.deb'))
    if (archive === undefined) throw new Error('apt-get has left no package')
    await run('dpkg', ['-x', archive, '.'], { cwd: building })
    await rm(join(building, archive))
    await rename(building, HOME)
  } catch (cause) {
    await rm(building, { recursive: true, force: true })
    throw new Error(`this benchmark needs Alertmanager, and Debian's package "${PACKAGE}" could not be fetched: run it on Debian or Ubuntu, after "apt-get update"`, { cause })
  }
}

/** Alertmanager in a process of its own, with the same groups and timers. */
export async function startAlertmanager(url: string): Promise<Subject> {
  const home = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
  const config = join(home, 'alertmanager.yml')
  await writeFile(
    config,
    JSON.stringify({
      route: { receiver: 'hook', group_by: [GROUP_LABEL], group_wait: GROUP_WAIT, group_interval: '5m', repeat_interval: '4h' },
      receivers: [{ name: 'hook', webhook_configs: [{ url }] }],
    }),
  )
  const [program = '', ...before] = PROGRAM
  const child = spawn(program, [...before, `--config.file=${config}`, `--storage.path=${home}`, '--web.listen-address=127.0.0.1:0', '--cluster.listen-address='], { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const said: string[] = []
  const address = new Promise<string>((resolve) => {
    createInterface(child.stderr).on('line', (line) => {
      said.push(line)
      const found = /msg="Listening on" address=(\S+)/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const api = await Promise.race([address, exited])
  if (typeof api !== 'string') {
    await rm(home, { recursive: true, force: true })
    throw new Error(`Alertmanager ended before it was ready:\n${said.slice(-5).join('\n')}`)
  }
  return {
    pid: child.pid ?? NaN,
    async give(alerts, begins) {
      begins()
      for (let from = 0; from < alerts.length; from += BATCH) await post(`http://${api}/api/v2/alerts`, alerts.slice(from, from + BATCH))
    },
    async stop() {
      child.kill()
      await exited
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function post(url: string, alerts: readonly ReceivedAlert[]): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(alerts) })
  if (!response.ok) throw new Error(`Alertmanager refused alerts: ${response.status} ${await response.text()}`)
}
