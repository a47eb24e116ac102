import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { installedPython, type PythonPackage } from './install-python.ts'

/** A server of the Python index that runs on a free port of loopback. */
export interface PythonServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  stop(): Promise<void>
}

const STARTS_WITHIN = 60_000

// Ends itself when its standard input closes, so that no server outlives a test process that was killed.
const WATCH = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
`

/**
 * Installs a package on first use and starts a server of it.
 *
 * @param script prints `Running on http://127.0.0.1:<port>` to standard error once it listens, and runs until it is killed.
 */
export async function startPythonServer(wanted: PythonPackage, script: string): Promise<PythonServer> {
  const python = await installedPython(wanted)
  const child = spawn(python, ['-c', `${WATCH}${script}`], { stdio: ['pipe', 'ignore', 'pipe'] })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  try {
    return { url: await addressOf(child, wanted.name), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The address that the server prints once it listens; port 0 leaves the choice to the kernel, so no two servers collide. */
async function addressOf(child: ChildProcess, name: string): Promise<string> {
  if (!child.stderr) throw new Error(`${name} was started without a pipe for its output`)
  const lines = createInterface({ input: child.stderr })
  const last: string[] = []
  const timer = setTimeout(() => child.kill('SIGKILL'), STARTS_WITHIN)
  try {
    for await (const line of lines) {
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
      if (url !== undefined) return url
      last.push(line)
    }
  } finally {
    clearTimeout(timer)
    // What it prints later is read and dropped: a full pipe would stop the server.
    child.stderr.resume()
  }
  throw new Error(`${name} did not start within ${STARTS_WITHIN / 1_000} s:\n${last.slice(-20).join('\n')}`)
}
