import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { statePlace } from '../run/state-path.ts'

// Each test starts processes, on a machine that other tests keep busy.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../main.ts', import.meta.url).pathname
/** Below the package, so that packages of the workspace resolve from it. */
const SCRATCH = new URL('../../.cache/', import.meta.url).pathname

export const FIXTURE = new URL('fixture.config.ts', import.meta.url).pathname

/** Where the fixture's alerts are kept between runs in `folder`. */
/** Where commands that run in the folder keep their state. */
export const stateEnv = (folder: string) => ({ XDG_STATE_HOME: join(folder, 'state') })

export const stateFile = (folder: string): string => statePlace({ name: 'fixture', state: undefined }, FIXTURE, stateEnv(folder)).shown

/** What the real command printed, and how it ended. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves as soon as what was printed so far matches. */
  printed(pattern: RegExp): Promise<void>
}

/** A folder of its own for a test: working directory, home and state. */
export async function scratch(): Promise<string> {
  await mkdir(SCRATCH, { recursive: true })
  const folder = await mkdtemp(join(SCRATCH, 'test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** How the command is started in a test: `node`, its arguments, and an environment without anything of this machine. */
export function invocation(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}) {
  return {
    file: process.execPath,
    args: ['--conditions=source', MAIN, ...args],
    options: { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder, NODE_COMPILE_CACHE: join(SCRATCH, 'compiled'), ...stateEnv(folder), ...env } },
  }
}

/** Starts the real command. */
export function start(args: readonly string[], folder: string, env?: Readonly<Record<string, string>>): Running {
  const call = invocation(args, folder, env)
  return watch(spawn(call.file, call.args, { ...call.options, stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Runs the real command to its end. */
export const tocsin = (args: readonly string[], folder: string, env?: Readonly<Record<string, string>>): Promise<Finished> => start(args, folder, env).finished

export function watch(child: ChildProcess): Running {
  let [stdout, stderr] = ['', '']
  const look = new Set<() => void>()
  const take = (keep: (text: string) => void) => (chunk: Buffer): void => {
    keep(chunk.toString())
    for (const one of look) one()
  }
  child.stdout?.on('data', take((text) => (stdout += text)))
  child.stderr?.on('data', take((text) => (stderr += text)))
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    finished,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(stdout + stderr)) return
          look.delete(check)
          resolve()
        }
        look.add(check)
        check()
        void finished.then(({ code }) => reject(new Error(`ended with ${code} before ${String(pattern)}: ${stdout}${stderr}`)))
      }),
  }
}

/** The one form of everything `--json` prints. */
export const envelope = z.strictObject({
  tocsin: z.literal(1),
  command: z.string(),
  ok: z.boolean(),
  data: z.unknown(),
  problems: z.array(z.strictObject({ code: z.string(), what: z.string(), where: z.string().nullable(), fix: z.string() })),
})
