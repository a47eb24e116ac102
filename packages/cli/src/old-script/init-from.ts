import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { oneLine, printMonitor, reasonOf } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { collectorEntry, collectorNames, notifierEntry, notifierNames } from '../init/catalogue.ts'
import type { Outcome } from '../outcome.ts'
import { usageError } from '../usage-error.ts'
import { readOldConfig, type TranslatedMonitor, translateOldConfig } from './translate.ts'

interface FromOptions {
  readonly from: string
  readonly force: boolean
  readonly regions: readonly string[] | undefined
}

/** `tocsin init --from config.json`: writes down what the old script's configuration stands for, and says what it needs. */
export async function initFrom({ shell, config = 'tocsin.yaml' }: Pick<Invocation, 'shell' | 'config'>, { from, force, regions }: FromOptions): Promise<Outcome> {
  const text = await readFile(resolve(shell.cwd, from), 'utf8').catch((error: unknown) => {
    throw usageError(`${from} cannot be read: ${reasonOf(error)}`, 'name a config.json of the old script', 'tocsin init')
  })
  const old = readOldConfig(text)
  if (old === undefined) throw usageError(`${from} is no configuration of the old script`, 'for an alertmanager.yml: tocsin migrate', 'tocsin init')
  const { declaration, unknown, variables } = translateOldConfig(old, { file: from, regions, env: shell.env })
  const file = resolve(shell.cwd, config)
  await writeFile(file, printMonitor(declaration), { flag: force ? 'w' : 'wx' }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw usageError(`${config} exists`, 'overwrite it with --force, or write another with --config', 'tocsin init')
    throw usageError(`${config} cannot be written: ${reasonOf(error)}`, 'check the folder and its permissions', 'tocsin init')
  })
  const packages = packagesOf(declaration)
  return {
    exit: EXIT.fine,
    data: { file, packages, variables: variables.map(({ name }) => name), missingVariables: variables.filter(({ name }) => !shell.env[name]).map(({ name }) => name), passedOver: unknown },
    lines: [`wrote ${oneLine(config)}`, '', `install   npm install ${packages.join(' ')}`, ...variables.map(({ name, meaning }) => `set       ${name}   ${meaning}${shell.env[name] ? ' (is set)' : ''}`)],
    notes: unknown.map((key) => oneLine(`${from} ${key}: it means nothing here`)),
    next: 'tocsin check',
  }
}

function packagesOf({ watch, notify }: TranslatedMonitor): string[] {
  const used = new Set([...watch, ...Object.values(notify)].map(({ use }) => use))
  return [
    'tocsin',
    '@tocsin/core',
    ...collectorNames.filter((name) => watch.some(({ use }) => use === name)).map((name) => collectorEntry(name).package),
    '@tocsin/evaluator-threshold',
    ...notifierNames.filter((name) => used.has(name)).flatMap((name) => notifierEntry(name).package ?? []),
  ]
}
