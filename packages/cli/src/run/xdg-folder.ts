import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const DEFAULTS = { XDG_CACHE_HOME: '.cache', XDG_STATE_HOME: join('.local', 'state') } as const

/** Tocsin's folder in one of the places that the XDG specification gives each user. */
export function xdgFolder(name: keyof typeof DEFAULTS, env: NodeJS.ProcessEnv): string {
  const base = env[name]
  // The specification has relative paths ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(env['HOME'] ?? homedir(), DEFAULTS[name]), 'tocsin')
}
