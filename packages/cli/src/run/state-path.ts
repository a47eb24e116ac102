import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Monitor } from '@tocsin/core'

/**
 * The file that keeps a monitor's alerts between runs: its `state`, read from the configuration's folder, or
 * `<XDG state directory>/tocsin/<name>-<hash of the configuration's path>.json`: two projects whose monitors have one name must not end
 * each other's alerts.
 */
export function statePath({ name, state }: Pick<Monitor, 'name' | 'state'>, configFile: string, env: NodeJS.ProcessEnv): string {
  if (state !== undefined) return resolve(dirname(configFile), state)
  const base = env['XDG_STATE_HOME']
  // The XDG specification has relative paths ignored.
  const home = base !== undefined && isAbsolute(base) ? base : join(env['HOME'] ?? homedir(), '.local', 'state')
  const place = createHash('sha256').update(resolve(configFile)).digest('hex').slice(0, 8)
  return join(home, 'tocsin', `${name}-${place}.json`)
}
