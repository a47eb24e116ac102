import { readFile } from 'node:fs/promises'
import { extname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { consoleNotifier } from '../notifiers/console-notifier.ts'
import { fileNotifier } from '../notifiers/file-notifier.ts'
import { reasonOf, TocsinError } from '../errors.ts'
import { pluginResolver, type ResolveOptions } from '../plugin/resolve.ts'
import { loadDeclaration } from './load-declaration.ts'
import { findConfiguration } from './find.ts'
import type { Monitor } from './monitor.ts'
import { loadProgram } from './program.ts'

export interface LoadOptions {
  /** The configuration, relative to `cwd`. Default: looked for in `cwd` and above. */
  readonly file?: string
  /** What the configuration says, as YAML or JSON, in place of what `file` holds; paths in it are relative to `file`. Default: the file is read. */
  readonly text?: string
  /** Where the search begins, and what the paths in errors are relative to. Default: the working directory. */
  readonly cwd?: string
  /** What `${NAME}` is read from. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * `import.meta.url` of a program that brings plugins along. They are found when the folder of the configuration has none of that
   * name.
   */
  readonly from?: string
  /** Plugins that `use` finds without a package, beside `console` and `file`. */
  readonly builtins?: ResolveOptions['builtins']
}

/** A monitor and the file that it came from. */
export interface LoadedMonitor {
  readonly monitor: Monitor
  /** Absolute. */
  readonly file: string
}

const PROGRAM = /^\.[cm]?[jt]s$/

/**
 * Loads a monitor: from a program that exports `defineMonitor({ ... })` as its default, or from YAML or JSON. Called again, it
 * sees what has changed on disk.
 *
 * @throws ConfigError with everything that is wrong, each at its line and column; TocsinError E100 when there is no configuration.
 */
export async function loadMonitor(options: LoadOptions = {}): Promise<LoadedMonitor> {
  const cwd = resolve(options.cwd ?? process.cwd())
  const file = options.file === undefined ? await findConfiguration(cwd) : resolve(cwd, options.file)
  const show = (path: string): string => {
    const near = relative(cwd, path)
    return near.startsWith('..') ? path : near
  }
  const text = options.text ?? (await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TocsinError('E100', `the configuration cannot be read: ${reasonOf(cause)}`, { where: show(file), fix: 'check the path and its permissions', cause })
  }))
  if (options.text === undefined && PROGRAM.test(extname(file))) return { monitor: await loadProgram(file, show), file }
  const url = pathToFileURL(file).href
  const plugins = pluginResolver({
    // This package last: where packages lie flat, plugins lie beside it.
    from: [url, ...(options.from === undefined ? [] : [options.from]), import.meta.url],
    builtins: [consoleNotifier, fileNotifier, ...(options.builtins ?? [])],
  })
  return { monitor: await loadDeclaration({ file, text, shown: show(file), env: options.env ?? process.env, resolve: plugins }), file }
}
