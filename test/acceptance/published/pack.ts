import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const packed = z.array(z.object({ name: z.string(), version: z.string(), filename: z.string(), files: z.array(z.object({ path: z.string() })) }))

/** A package as the registry would get it. */
export interface Tarball {
  readonly name: string
  readonly version: string
  /** Its path. */
  readonly file: string
  readonly files: readonly string[]
}

/** Builds every package that is published and packs it into `folder`, as `pnpm release:pack` does. */
export async function packAll(folder: string): Promise<readonly Tarball[]> {
  const pnpm = async (...args: readonly string[]): Promise<string> => (await promisify(execFile)('pnpm', args, { cwd: ROOT, maxBuffer: 1e8 })).stdout
  await pnpm('run', 'build')
  const listing = await pnpm('--recursive', '--filter=./packages/*', '--filter=./plugins/*', '--filter=!@tocsin/dev-tools', 'pack', '--json', '--pack-destination', folder)
  return packed.parse(JSON.parse(listing)).map(({ name, version, filename, files }) => ({ name, version, file: filename, files: files.map(({ path }) => path) }))
}
