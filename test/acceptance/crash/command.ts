import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))
const CONFIG = fileURLToPath(new URL('../fixtures/crash.config.ts', import.meta.url))
const body = z.object({ status: z.string() })

/** A real command that runs. */
export interface Running {
  readonly child: ChildProcess
  /** What it printed so far, on either stream. */
  readonly said: () => string
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

/** A monitor of one gauge that the test sets, and its receiver. */
export interface Scene {
  readonly folder: string
  /** What arrived. */
  readonly told: readonly { readonly key: string; readonly status: string }[]
  measure(value: number): Promise<void>
  start(args: readonly string[], options?: { readonly uid?: number; readonly gid?: number; readonly env?: Readonly<Record<string, string>> }): Running
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-scene-'))
  const told: { readonly key: string; readonly status: string }[] = []
  const children: ChildProcess[] = []
  const server = createServer((request, response) => {
    const read = async (): Promise<void> => {
      told.push({ key: String(request.headers['idempotency-key']), status: body.parse(JSON.parse(await text(request))).status })
      response.end()
    }
    void read().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const measure = (value: number): Promise<void> => writeFile(join(folder, 'gauge'), String(value))
  await measure(10)
  return {
    folder,
    told,
    measure,
    start(args, { env = {}, ...who } = {}) {
      const child = spawn(process.execPath, ['--conditions=source', CLI, ...args, '--config', CONFIG], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: join(folder, 'state'), GAUGE: join(folder, 'gauge'), HOOK_URL: url, ...env },
        ...who,
      })
      children.push(child)
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      return { child, said: () => said, ended: once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null)) }
    },
    async close() {
      for (const child of children) child.kill('SIGKILL')
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
