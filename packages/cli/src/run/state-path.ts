import { createHash } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import type { Monitor, Store } from '@tocsin/core'
import { openPostgresStore, openSqliteStore, postgresPlace } from '@tocsin/store-sql'
import { xdgFolder } from './xdg-folder.ts'

/** Where a monitor's alerts are kept between runs. */
export interface StatePlace {
  /** What may be shown of it: a path, or a URL without its user and password. */
  readonly shown: string
  /** Its file; absent where it is a database elsewhere. */
  readonly file?: string
  open(options?: { readonly readOnly?: boolean }): Promise<Store>
}

/**
 * The monitor's `state`: a `postgres://` URL, or a path, read from the configuration's folder. Without it
 * `<XDG state directory>/tocsin/<name>-<hash of the configuration's path>.sqlite`: two projects whose monitors have one name must not end
 * each other's alerts.
 *
 * @throws TocsinError E501 for a URL that cannot be read.
 */
export function statePlace({ name, state, history }: Pick<Monitor, 'name' | 'state'> & Partial<Pick<Monitor, 'history'>>, configFile: string, env: NodeJS.ProcessEnv): StatePlace {
  const kept = history === undefined ? {} : { retention: { raw: history.points, rollups: history.rollups } }
  if (state !== undefined && /^postgres(ql)?:/i.test(state)) return { shown: postgresPlace(state), open: () => openPostgresStore(state, kept) }
  const file = state === undefined ? defaultFile(name, configFile, env) : resolve(dirname(configFile), state)
  return { shown: file, file, open: (options) => openSqliteStore(file, { ...options, ...kept }) }
}

function defaultFile(name: string, configFile: string, env: NodeJS.ProcessEnv): string {
  const place = createHash('sha256').update(resolve(configFile)).digest('hex').slice(0, 8)
  return join(xdgFolder('XDG_STATE_HOME', env), `${name}-${place}.sqlite`)
}
