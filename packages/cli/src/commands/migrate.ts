import { open, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Difference, fromAlertmanager, oneLine, printMonitor, reasonOf } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { usageError } from '../usage-error.ts'

const migrateOptions = z.object({ output: z.string().optional(), force: z.boolean().default(false) })

/**
 * `tocsin migrate`: makes a monitor of an `alertmanager.yml`. What differs is said and is no failure: it is for a person to judge. The monitor
 * holds the secrets that the file holds, so a file is written for its owner alone.
 */
export async function migrate({ shell, args, options }: Invocation): Promise<Outcome> {
  const { output, force } = migrateOptions.parse(options)
  if (force && output === undefined) throw usageError('--force without --output', 'name the file to write, or leave --force out', 'tocsin migrate')
  const [file = ''] = args
  const text = await readFile(resolve(shell.cwd, file), 'utf8').catch((error: unknown) => {
    throw usageError(`${file} cannot be read: ${reasonOf(error)}`, 'name an alertmanager.yml', 'tocsin migrate')
  })
  const { declaration, differences } = fromAlertmanager(text, file)
  const yaml = printMonitor(declaration)
  if (output !== undefined) await write(resolve(shell.cwd, output), output, yaml, force)
  return {
    exit: EXIT.fine,
    data: { file: output === undefined ? null : resolve(shell.cwd, output), monitor: declaration, differences },
    lines: output === undefined ? [yaml.trimEnd()] : [`wrote ${oneLine(output)}`],
    notes: [...differences.map((difference) => differenceLine(file, difference)), `${differences.length === 0 ? 'nothing is lost' : `${differences.length} to look at`}; then say what to watch: "watch" is empty`],
    next: output === undefined ? `tocsin migrate ${oneLine(file)} --output tocsin.yaml` : `tocsin check --config ${oneLine(output)}`,
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
