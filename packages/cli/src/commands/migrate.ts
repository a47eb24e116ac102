import { open, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Difference, fromAlertmanager, oneLine, printMonitor, reasonOf } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { readOldConfig, translateOldConfig } from '../old-script/translate.ts'
import { shellWords } from '../text/shell-words.ts'
import { usageError } from '../usage-error.ts'

const migrateOptions = z.object({ output: z.string().optional(), force: z.boolean().default(false) })

/**
 * `tocsin migrate`: makes a monitor of an `alertmanager.yml`, or of the `config.json` of the old script. What differs is said and is no failure: it is for a person to judge. The monitor
 * holds the secrets that the file holds, so a file is written for its owner alone.
 */
export async function migrate({ shell, args, options }: Invocation): Promise<Outcome> {
  const { output, force } = migrateOptions.parse(options)
  if (force && output === undefined) throw usageError('--force without --output', 'name the file to write, or leave --force out', 'tocsin migrate')
  const [file = ''] = args
  const text = await readFile(resolve(shell.cwd, file), 'utf8').catch((error: unknown) => {
    throw usageError(`${file} cannot be read: ${reasonOf(error)}`, 'name an alertmanager.yml, or a config.json of the old script', 'tocsin migrate')
  })
  const old = readOldConfig(text)
  const { declaration, differences, notes } = old === undefined ? ofAlertmanager(text, file) : ofOldScript(old, file, shell.env)
  const yaml = printMonitor(declaration)
  if (output !== undefined) await write(resolve(shell.cwd, output), output, yaml, force)
  return {
    exit: EXIT.fine,
    data: { file: output === undefined ? null : resolve(shell.cwd, output), monitor: declaration, differences },
    lines: output === undefined ? [yaml.trimEnd()] : [`wrote ${oneLine(output)}`],
    notes,
    next: shellWords(output === undefined ? ['tocsin', 'migrate', oneLine(file), '--output', 'tocsin.yaml'] : ['tocsin', 'check', '--config', oneLine(output)]),
  }
}

interface Migrated {
  readonly declaration: object
  readonly differences: readonly unknown[]
  readonly notes: readonly string[]
}

function ofAlertmanager(text: string, file: string): Migrated {
  const { declaration, differences } = fromAlertmanager(text, file)
  const notes = [...differences.map((difference) => differenceLine(file, difference)), `${differences.length === 0 ? 'nothing is lost' : `${differences.length} to look at`}; then say what to watch: "watch" is empty`]
  return { declaration, differences, notes }
}

function ofOldScript(old: Readonly<Record<string, unknown>>, file: string, env: NodeJS.ProcessEnv): Migrated {
  const { declaration, unknown, variables } = translateOldConfig(old, { file, env })
  const differences = unknown.map((key) => ({ path: key, what: 'it means nothing here' }))
  return {
    declaration,
    differences,
    notes: [
      ...differences.map(({ path, what }) => oneLine(`${file} ${path}: ${what}`)),
      ...variables.map(({ name, meaning }) => `${name} must hold ${meaning}`),
      'thresholds are critical lines; the region is that of the credentials: name others with "regions"',
    ],
  }
}

/** `alertmanager.yml:5 global.resolve_timeout: "resolve_timeout" · rules are evaluated here`. */
const differenceLine = (file: string, { path, line, what, why }: Difference): string => oneLine(`${file}:${line} ${path}: ${what} · ${why}`)

async function write(path: string, shown: string, text: string, force: boolean): Promise<void> {
  try {
    const file = await open(path, force ? 'w' : 'wx', 0o600)
    try {
      // One that is overwritten may have been open to others.
      await file.chmod(0o600)
      await file.writeFile(text)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw usageError(`${shown} exists`, 'overwrite it with --force, or name another with --output', 'tocsin migrate')
    throw usageError(`${shown} cannot be written: ${reasonOf(error)}`, 'check the folder and its permissions', 'tocsin migrate')
  }
}
