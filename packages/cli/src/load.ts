import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { type LoadedMonitor, loadMonitor, type LoadOptions, oneLine, printMonitor, TocsinError } from '@tocsin/core'
import type { Invocation } from './invocation.ts'
import { readOldConfig, translateOldConfig } from './old-script/translate.ts'
import { usageError } from './usage-error.ts'

export interface LoadConfiguredOptions {
  /** Regions for a configuration of the old script, which has none. */
  readonly regions?: readonly string[] | undefined
  /** Told of each value that the configuration asks for elsewhere. Default: nobody is. */
  readonly onAsk?: LoadOptions['onAsk']
}

/**
 * The monitor of `--config`, or the one that is found from the working directory upwards. A `config.json` of the old script is translated in
 * memory.
 */
export async function loadConfigured({ shell, config }: Pick<Invocation, 'shell' | 'config'>, { regions, onAsk }: LoadConfiguredOptions = {}): Promise<LoadedMonitor> {
  const { cwd, env } = shell
  const options = { cwd, env, from: import.meta.url, ...(config === undefined ? {} : { file: config }), ...(onAsk === undefined ? {} : { onAsk }) }
  // Whatever cannot be read is told of by the loader.
  const old = config === undefined || extname(config) !== '.json' ? undefined : readOldConfig(await readFile(resolve(cwd, config), 'utf8').catch(() => ''))
  if (config === undefined || old === undefined) {
    if (regions !== undefined) throw usageError('--region beside a configuration that names its regions', 'write them there: regions: [us-west-2]', 'tocsin run')
    return loadMonitor(options)
  }
  const { declaration, variables, unknown } = translateOldConfig(old, { file: config, regions, env })
  const missing = variables.find(({ name, declared }) => declared && !env[name])
  if (missing !== undefined) throw new TocsinError('E109', `environment variable ${missing.name} is not set`, { where: `${config}, ${missing.key}`, fix: `set it to ${missing.meaning}` })
  const passedOver = unknown.length === 0 ? '' : ` but for ${unknown.map(oneLine).join(', ')}`
  shell.stderr.write(`${oneLine(config)} is of the old script and was translated in memory${passedOver} · tocsin migrate ${oneLine(config)} --output tocsin.yaml\n`)
  return loadMonitor({ ...options, text: printMonitor(declaration) })
}
