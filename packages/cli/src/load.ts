import { type LoadedMonitor, loadMonitor } from '@tocsin/core'
import type { Invocation } from './invocation.ts'

/** The monitor of `--config`, or the one that is found from the working directory upwards. */
export function loadConfigured({ shell, config }: Pick<Invocation, 'shell' | 'config'>): Promise<LoadedMonitor> {
  return loadMonitor({ cwd: shell.cwd, env: shell.env, from: import.meta.url, ...(config === undefined ? {} : { file: config }) })
}
