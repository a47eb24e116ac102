import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Starts stress-ng, or says `undefined` where it is not installed. Returns how to stop it. */
export async function startStressNg(args: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  const child = spawn('stress-ng', [...args, '--quiet'], { stdio: 'ignore' })
  const started = await once(child, 'spawn').then(() => true, () => false)
  if (!started) return undefined
  return async () => {
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    await exited
  }
}
