import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reasonOf, TocsinError } from '../errors.ts'
import { importFresh } from './import-fresh.ts'
import type { Channel } from './notifier.ts'
import { API_VERSION, type CollectorPlugin, type EvaluatorPlugin, type NotifierPlugin, type PluginKind, type RecorderPlugin, type ReportPlugin } from './plugin.ts'
import type { Sink } from './recorder.ts'
import type { ScheduledReport } from './report.ts'
import type { Rule, Watch } from './rule.ts'
import { suggest } from './suggest.ts'

type Options = Readonly<Record<string, unknown>>

/** Plugins as a declaration calls them: the options are whatever was written, the plugin's schema checks them. */
interface PluginCalls {
  collector: CollectorPlugin & ((options: Options, rules: Record<string, Rule>) => Watch)
  evaluator: EvaluatorPlugin & ((options: Options) => Rule)
  notifier: NotifierPlugin & ((options: Options) => Channel)
  recorder: RecorderPlugin & ((options: Options) => Sink)
  report: ReportPlugin & ((options: Options) => ScheduledReport)
}
export type PluginCall<Kind extends PluginKind = PluginKind> = PluginCalls[Kind]

/**
 * Finds the plugin that `use` names.
 *
 * @throws TocsinError E107 when there is none, E108 when what is there is not a plugin of that kind.
 */
export type ResolvePlugin = <Kind extends PluginKind>(kind: Kind, use: string) => Promise<PluginCall<Kind>>

export interface ResolveOptions {
  /**
   * File URLs of the modules whose surroundings are searched, in this order: the configuration first, then the program that brings
   * plugins along. Paths in `use` are relative to the first.
   */
  readonly from: readonly [string, ...string[]]
  /** Plugins that need no package. They go before packages of the same name. */
  readonly builtins?: readonly (CollectorPlugin | EvaluatorPlugin | NotifierPlugin | RecorderPlugin | ReportPlugin)[]
}

/**
 * Resolves `use`: `ec2` is `@tocsin/collector-ec2` or `tocsin-plugin-ec2`, `@acme/queue` is `@acme/tocsin-plugin-queue` or
 * `@acme/queue`, and what begins with `./`, `../` or `/` is a path.
 */
export function pluginResolver({ from, builtins = [] }: ResolveOptions): ResolvePlugin {
  // One import per module and configuration: two rules of one evaluator share its instance, a reload gets the new text of a path.
  const loading = new Map<string, Promise<unknown>>()
  const load = (url: string, isPath: boolean): Promise<unknown> => {
    const known = loading.get(url)
    if (known) return known
    const module: Promise<unknown> = isPath ? importFresh(url) : import(url)
    loading.set(url, module)
    return module
  }

  return async (kind, use) => {
    const builtin = builtins.find(({ plugin }) => plugin.kind === kind && plugin.name === use)
    if (builtin !== undefined) return checked(kind, use, builtin)
    const isPath = /^(\.{0,2}\/|file:)/.test(use)
    const url = isPath ? pathUrl(use, from[0]) : packageUrl(kind, use, from)
    if (url === undefined) throw await notFound(kind, use, isPath, { from, builtins })
    let module: unknown
    try {
      module = await load(url, isPath)
    } catch (cause) {
      throw new TocsinError('E108', `${kind} "${use}" cannot be loaded: ${reasonOf(cause)}`, { fix: 'install it again, or tell its author', cause })
    }
    return checked(kind, use, typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined)
  }
}

/** Names of packages that `use` may mean, the likeliest first. */
function packagesFor(kind: PluginKind, use: string): string[] {
  const scoped = /^(@[a-z0-9][\w.-]*)\/([a-z0-9][\w.-]*)$/i.exec(use)
  if (scoped) return scoped[2]?.startsWith('tocsin-plugin-') || scoped[1] === '@tocsin' ? [use] : [`${scoped[1]}/tocsin-plugin-${scoped[2]}`, use]
  if (!/^[a-z0-9][\w.-]*$/i.test(use)) return []
  return use.startsWith('tocsin-plugin-') ? [use] : [`@tocsin/${kind}-${use}`, `tocsin-plugin-${use}`]
}

function pathUrl(use: string, from: string): string | undefined {
  const { href } = new URL(use, from)
  return existsSync(fileURLToPath(href)) ? href : undefined
}

function packageUrl(kind: PluginKind, use: string, from: readonly string[]): string | undefined {
  for (const base of from) {
    for (const name of packagesFor(kind, use)) {
      const url = resolvedIn(base, name)
      if (url !== undefined) return url
    }
  }
  return undefined
}

/**
 * The file URL of a module, as the first of the files that finds it would import it; undefined when none does.
 *
 * @throws TocsinError E108 when its package is there but does not offer it.
 */
export function resolveFrom(specifier: string, from: readonly string[]): string | undefined {
  for (const base of from) {
    const url = resolvedIn(base, specifier)
    if (url !== undefined) return url
  }
  return undefined
}

/** Resolves as an `import` in the file `base` would, with the conditions that this process runs with. */
function resolvedIn(base: string, specifier: string): string | undefined {
  const hooks = registerHooks({ resolve: (wanted, context, next) => next(wanted, { ...context, parentURL: base }) })
  try {
    return import.meta.resolve(specifier)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw new TocsinError('E108', `package ${specifier} cannot be imported: ${reasonOf(cause)}`, { fix: 'install another version of it, or tell its author', cause })
  } finally {
    hooks.deregister()
  }
}

function checked<Kind extends PluginKind>(kind: Kind, use: string, exported: unknown): PluginCall<Kind> {
  const info = typeof exported === 'function' && 'plugin' in exported ? (exported.plugin as Partial<PluginCall['plugin']> | undefined) : undefined
  const define = `define${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  if (info === undefined) throw new TocsinError('E108', `"${use}" does not export a plugin as its default`, { fix: `export default ${define}({ ... })` })
  if (info.kind !== kind) throw new TocsinError('E108', `"${use}" is a plugin of kind "${info.kind}"`, { fix: `a ${kind} is wanted here` })
  if (info.apiVersion !== API_VERSION) {
    const what = `"${use}" is made for version ${info.apiVersion} of the plugin API, this is version ${API_VERSION}`
    throw new TocsinError('E108', what, { fix: 'install the version of it that fits' })
  }
  return exported as PluginCall<Kind>
}

async function notFound(kind: PluginKind, use: string, isPath: boolean, { from, builtins = [] }: ResolveOptions): Promise<TocsinError> {
  if (isPath) return new TocsinError('E107', `no ${kind} at "${use}"`, { fix: 'a path is relative to the folder of the configuration' })
  const [name] = packagesFor(kind, use)
  if (name === undefined) return new TocsinError('E107', `"${use}" cannot name a ${kind}`, { fix: 'write a name such as "ec2", a package, or a path that begins with "./"' })
  const known = [...new Set([...builtins.filter(({ plugin }) => plugin.kind === kind).map(({ plugin }) => plugin.name), ...(await installed(kind, from))])]
  const install = `npm install ${name}`
  return new TocsinError('E107', `unknown ${kind} "${use}"`, { fix: known.length === 0 ? `run "${install}"` : `${suggest(use, known)} or run "${install}"` })
}

/** Names that would have been found: what stands installed where packages are looked for. */
async function installed(kind: PluginKind, from: readonly string[]): Promise<string[]> {
  const folders = [...new Set(from.flatMap((base) => packageFolders(dirname(fileURLToPath(base)))))]
  const names = await Promise.all(
    folders.map(async (folder) => {
      const [own, others] = await Promise.all([join(folder, '@tocsin'), folder].map((path) => readdir(path).catch((): string[] => [])))
      return [...namesAfter(`${kind}-`, own ?? []), ...namesAfter('tocsin-plugin-', others ?? [])]
    }),
  )
  return names.flat().sort()
}

/** Where packages are looked for from a folder, the nearest first. */
export function packageFolders(folder: string): string[] {
  const parent = dirname(folder)
  return [join(folder, 'node_modules'), ...(parent === folder ? [] : packageFolders(parent))]
}

function namesAfter(prefix: string, entries: readonly string[]): string[] {
  return entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length))
}
