import { spawn } from 'node:child_process'
import type { Shell } from '../shell.ts'

/**
 * Runs another program to its end; what it prints goes to stderr. Gives its exit code, `null` after a signal.
 *
 * @throws what the system says when it cannot be started, or when the command is stopped.
 */
export async function runProgram(program: string, args: readonly string[], { cwd, env, stderr, stop }: Pick<Shell, 'cwd' | 'env' | 'stderr' | 'stop'>): Promise<number | null> {
  const child = spawn(program, args, { cwd, env: { ...env }, signal: stop, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void stderr.write(chunk.toString()))
  return new Promise((done, fail) => child.once('error', fail).once('close', done))
}
