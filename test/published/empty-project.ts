import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A folder outside the workspace with nothing in it: what a user begins with. */
export interface EmptyProject {
  readonly folder: string
  write(file: string, text: string): Promise<void>
  /** Runs a command of the project's own packages. Gives what it printed and its exit code; never throws for one. */
  run(command: string, args: readonly string[], options?: { readonly node?: NodeRelease; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string }): Promise<{ readonly out: string; readonly err: string; readonly exit: number }>
  remove(): Promise<void>
}

/** The releases of Node that packages must work on: the oldest that is supported and the one that this workspace runs on. */
export const NODE_RELEASES = ['22', '24'] as const
export type NodeRelease = (typeof NODE_RELEASES)[number]

const installed = createRequire(import.meta.url)
const FOLDERS: Readonly<Record<NodeRelease, string>> = {
  22: join(dirname(installed.resolve('node-22/package.json')), 'bin'),
  24: dirname(process.execPath),
}

/** Whatever this process was told of the workspace must not reach the project. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|NODE_(?!EXTRA_CA_CERTS)|VITEST|AWS_|TOCSIN_)/i.test(name)))
}

export async function emptyProject(): Promise<EmptyProject> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-user-'))
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    async run(command, args, { node = '24', env = {}, cwd = folder } = {}) {
      const path = [FOLDERS[node], join(folder, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
      const environment = { ...cleanEnvironment(), XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder, PATH: path, ...env }
      try {
        const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env: environment, maxBuffer: 1e8 })
        return { out: stdout, err: stderr, exit: 0 }
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && typeof error.code === 'number' && 'stdout' in error && 'stderr' in error)) throw error
        return { out: String(error.stdout), err: String(error.stderr), exit: error.code }
      }
    },
    remove: () => rm(folder, { recursive: true }),
  }
}
