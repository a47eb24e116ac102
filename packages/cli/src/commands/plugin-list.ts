import { type InstalledPlugin, installedPlugins, oneLine } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { problemsOf } from '../problem.ts'
import { type Column, columns } from '../text/columns.ts'

const COLUMNS: readonly Column[] = [{ title: 'KIND' }, { title: 'USE' }, { title: 'PACKAGE' }, { title: 'VERSION' }, { title: 'API', align: 'right' }]

/** `tocsin plugin list`: the plugins that a configuration in this folder finds by name. */
export async function pluginList({ shell, paint }: Invocation): Promise<Outcome> {
  const plugins = await installedPlugins(shell.cwd)
  const sound = plugins.filter(({ plugin }) => plugin !== undefined)
  const problems = plugins.flatMap(({ problem }) => (problem === undefined ? [] : problemsOf(problem)))
  return {
    exit: problems.length === 0 ? EXIT.fine : EXIT.usage,
    data: plugins.map(({ plugin, package: name, version, folder }) => ({ package: name, version, folder, kind: plugin?.kind ?? null, use: plugin?.name ?? null, apiVersion: plugin?.apiVersion ?? null })),
    lines: sound.length === 0 ? ['no plugins are installed here'] : columns(COLUMNS, sound.toSorted(byKind).map(rowOf), { paint }),
    problems,
    next: plugins.length === 0 ? 'npm install @tocsin/collector-host' : 'tocsin check',
  }
}

const byKind = (one: InstalledPlugin, other: InstalledPlugin): number => (one.plugin?.kind ?? '').localeCompare(other.plugin?.kind ?? '')

const rowOf = ({ plugin, package: name, version }: InstalledPlugin) => [plugin?.kind ?? '', plugin?.name ?? '', name, version, String(plugin?.apiVersion ?? '')].map((text) => ({ text: oneLine(text) }))
