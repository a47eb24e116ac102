import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { awsEnvironment } from './aws-environment.ts'
import { installedMoto } from './install-moto.ts'

/** A running moto server: the AWS APIs on loopback. */
export interface Moto {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** What the SDK needs to find it and to sign: AWS_ENDPOINT_URL, keys that mean nothing, AWS_REGION (us-east-1). Assign it to `process.env`. */
  readonly env: Readonly<Record<string, string>>
  /** Forgets every resource and point. */
  reset(): Promise<void>
  stop(): Promise<void>
}

const STARTS_WITHIN = 60_000

// Ends itself when its standard input closes, so that no server outlives a test process that was killed.
const SERVER = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
`

/** Starts moto on a free port. Installs it on first use. Fails, never skips, with what is missing. */
export async function startMoto(): Promise<Moto> {
  const python = await installedMoto()
  const child = spawn(python, ['-c', SERVER], { stdio: ['pipe', 'ignore', 'pipe'] })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  try {
    const url = await addressOf(child)
    return {
      url,
      env: awsEnvironment(url),
      async reset() {
        const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' })
        if (!answer.ok) throw new Error(`moto answered its reset with ${answer.status}`)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The address that the server prints once it listens; port 0 leaves the choice to the kernel, so no two servers collide. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('moto was started without a pipe for its output')
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
  throw new Error(`moto did not start within ${STARTS_WITHIN / 1_000} s:\n${last.slice(-20).join('\n')}`)
}
