import { reasonOf } from '@tocsin/core'
import { runProgram } from '../run/run-program.ts'
import type { Shell } from '../shell.ts'
import { usageError } from '../usage-error.ts'

/** Installs packages with npm in the working directory; what npm prints goes to stderr. */
export async function installPackages(packages: readonly string[], shell: Pick<Shell, 'cwd' | 'env' | 'stderr' | 'stop'>): Promise<void> {
  const again = `run "npm install ${packages.join(' ')}" yourself`
  const code = await runProgram('npm', ['install', '--no-audit', '--no-fund', ...packages], shell).catch((error: unknown) => {
    throw usageError(`npm cannot be run: ${reasonOf(error)}`, again, 'tocsin init')
  })
  if (code !== 0) throw usageError(`npm install ended with ${code ?? 'a signal'}`, `see what it printed, then ${again}`, 'tocsin init')
}
