import { readFile } from 'node:fs/promises'
import { extname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { consoleNotifier } from '../notifiers/console-notifier.ts'
import { fileNotifier } from '../notifiers/file-notifier.ts'
import { reasonOf, TocsinError } from '../errors.ts'
import { pluginResolver, type ResolveOptions } from '../plugin/resolve.ts'
import { loadDeclaration } from './load-declaration.ts'
import { findConfiguration } from './find.ts'
import { valueSourceFinder } from './find-value-source.ts'
import type { Monitor } from './monitor.ts'
import { loadProgram } from './program.ts'
import { whileAsking } from './read-value.ts'
import { valueReader } from './value-reader.ts'
import type { AskedValue, ValueSources } from './value-source.ts'

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
  /** What `${scheme:name}` is read from, by scheme, beside and before `ssm` and `secretsmanager` of `@tocsin/aws`. Default: nothing else. */
  readonly sources?: ValueSources
  /** Told of each value that the configuration asks for elsewhere, before it is asked for; of a program, for what `ssm` and `secretsManager` ask. Default: nobody is. */
  readonly onAsk?: (asked: AskedValue) => void
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
  const onAsk = options.onAsk ?? (() => {})
  if (options.text === undefined && PROGRAM.test(extname(file))) return { monitor: await whileAsking(onAsk, () => loadProgram(file, show)), file }
  const url = pathToFileURL(file).href
  // This package last: where packages lie flat, plugins lie beside it.
  const from = [url, ...(options.from === undefined ? [] : [options.from]), import.meta.url] as const
  const plugins = pluginResolver({ from, builtins: [consoleNotifier, fileNotifier, ...(options.builtins ?? [])] })
  const values = valueReader({ sourceOf: valueSourceFinder(from, options.sources), onAsk })
  try {
    return { monitor: await loadDeclaration({ file, text, shown: show(file), env: options.env ?? process.env, values, resolve: plugins }), file }
  } finally {
    await values.close()
  }
}
