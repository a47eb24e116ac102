import { pathToFileURL } from 'node:url'
import { ConfigError, TocsinError } from '../errors.ts'
import { importFresh } from '../plugin/import-fresh.ts'
import type { Monitor } from './monitor.ts'
import { programProblems } from './program-problems.ts'

/**
 * The monitor that a program exports as its default, or a promise of it.
 *
 * @param show how a path is shown in errors.
 * @throws ConfigError, each problem with the place of the key that is wrong.
 */
export async function loadProgram(file: string, show: (path: string) => string): Promise<Monitor> {
  let exported: unknown
  try {
    const module = await importFresh(pathToFileURL(file).href)
    exported = await (typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined)
  } catch (error) {
    throw new ConfigError(await programProblems(error, file, show))
  }
  if (isMonitor(exported)) return exported
  throw new ConfigError([new TocsinError('E103', 'the default export is not a monitor', { where: show(file), fix: 'write "export default defineMonitor({ ... })"' })])
}

/** Told by its shape, not by identity: the program may have its own copy of this package. */
function isMonitor(value: unknown): value is Monitor {
  return typeof value === 'object' && value !== null && 'watch' in value && Array.isArray(value.watch) && 'route' in value && 'every' in value && typeof value.every === 'number'
}
