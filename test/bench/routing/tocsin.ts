import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Subject } from './subject.ts'

const PROGRAM = fileURLToPath(new URL('./tocsin-process.ts', import.meta.url))

/** Tocsin in a process of its own: it makes its alerts by itself, from the points of a collector. */
export async function startTocsin(url: string): Promise<Subject> {
  const child = fork(PROGRAM, [url], { execArgv: ['--conditions=source'] })
  const exited = once(child, 'exit')
  const hear = async (): Promise<void> => {
    await Promise.race([once(child, 'message'), exited])
    if (child.exitCode !== null) throw new Error('the process of Tocsin ended early')
  }
  await hear()
  return {
    pid: child.pid ?? NaN,
    async give(_alerts, begins) {
      const begun = hear()
      child.send('give')
      await begun
      begins()
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
