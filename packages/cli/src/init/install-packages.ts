import { spawn } from 'node:child_process'
import { reasonOf } from '@tocsin/core'
import type { Shell } from '../shell.ts'
import { usageError } from '../usage-error.ts'

/** Installs packages with npm in the working directory; what npm prints goes to stderr. */
export async function installPackages(packages: readonly string[], { cwd, env, stderr, stop }: Pick<Shell, 'cwd' | 'env' | 'stderr' | 'stop'>): Promise<void> {
  const again = `run "npm install ${packages.join(' ')}" yourself`
  const child = spawn('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd, env: { ...env }, signal: stop, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void stderr.write(chunk.toString()))
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done)).catch((error: unknown) => {
    throw usageError(`npm cannot be run: ${reasonOf(error)}`, again, 'tocsin init')
  })
  if (code !== 0) throw usageError(`npm install ended with ${code ?? 'a signal'}`, `see what it printed, then ${again}`, 'tocsin init')
}
