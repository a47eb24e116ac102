import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { asTocsinError, reasonOf, TocsinError } from '../errors.ts'
import { API_VERSION, type PluginInfo, type PluginKind } from './plugin.ts'
import { packageFolders } from './resolve.ts'

/** A package that calls itself a plugin, and what came of loading it. */
export interface InstalledPlugin {
  readonly package: string
  readonly version: string
  readonly folder: string
  /** What it says of itself; absent when it cannot be loaded. */
  readonly plugin?: Pick<PluginInfo, 'kind' | 'name' | 'apiVersion'>
  /** Why it cannot be used. */
  readonly problem?: TocsinError
}

const KINDS = ['collector', 'evaluator', 'notifier', 'recorder', 'report'] as const satisfies readonly PluginKind[]
const pluginShape = z.object({ kind: z.enum(KINDS), name: z.string(), apiVersion: z.number() })
const manifestShape = z.object({ name: z.string(), version: z.string().default('0.0.0') })

/**
 * What a module says of the plugin that it exports as its default.
 *
 * @throws TocsinError E108 when it cannot be loaded, exports none, or one for another version of the plugin contracts.
 */
export async function inspectPlugin(url: string): Promise<Pick<PluginInfo, 'kind' | 'name' | 'apiVersion'>> {
  let module: unknown
  try {
    module = await import(url)
  } catch (cause) {
    throw new TocsinError('E108', `it cannot be loaded: ${reasonOf(cause)}`, { where: fileURLToPath(url), fix: 'install it again, or tell its author', cause })
  }
  const exported = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  const said = pluginShape.safeParse(typeof exported === 'function' && 'plugin' in exported ? exported.plugin : undefined)
  if (!said.success) throw new TocsinError('E108', 'it does not export a plugin as its default', { where: fileURLToPath(url), fix: 'export default defineCollector({ ... }), or one of its siblings' })
  const { data } = said
  if (data.apiVersion !== API_VERSION) {
    throw new TocsinError('E108', `it is made for version ${data.apiVersion} of the plugin API, this is version ${API_VERSION}`, { where: fileURLToPath(url), fix: 'install the version of it that fits' })
  }
  return data
}

/** Every plugin that `use` would find from a folder: `@tocsin/<kind>-<name>`, `tocsin-plugin-<name>` and `@<scope>/tocsin-plugin-<name>`, by name. */
export async function installedPlugins(folder: string): Promise<readonly InstalledPlugin[]> {
  const found = new Map<string, Promise<InstalledPlugin>>()
  for (const modules of packageFolders(folder)) {
    // The nearest of a name is the one that is loaded.
    for (const name of await pluginPackages(modules)) if (!found.has(name)) found.set(name, inspectPackage(join(modules, name)))
  }
  const plugins = await Promise.all(found.values())
  return plugins.toSorted((one, other) => (one.package < other.package ? -1 : 1))
}

async function inspectPackage(folder: string): Promise<InstalledPlugin> {
  try {
    const manifest = manifestShape.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
    const about = { package: manifest.name, version: manifest.version, folder }
    try {
      const entry = createRequire(join(folder, 'package.json')).resolve(manifest.name)
      return { ...about, plugin: await inspectPlugin(pathToFileURL(entry).href) }
    } catch (error) {
      return { ...about, problem: asTocsinError(error, 'E108', { where: folder, fix: 'install it again, or tell its author' }) }
    }
  } catch (cause) {
    return { package: folder, version: '0.0.0', folder, problem: new TocsinError('E108', `its package.json cannot be read: ${reasonOf(cause)}`, { where: folder, fix: 'install it again' }) }
  }
}

async function pluginPackages(modules: string): Promise<string[]> {
  const list = (path: string): Promise<string[]> => readdir(path).catch(() => [])
  const names = await list(modules)
  const scoped = await Promise.all(names.filter((name) => name.startsWith('@')).map(async (scope) => (await list(join(modules, scope))).map((name) => `${scope}/${name}`)))
  return [...names, ...scoped.flat()].filter((name) => /^(@[^/]+\/)?tocsin-plugin-/.test(name) || KINDS.some((kind) => name.startsWith(`@tocsin/${kind}-`)))
}
