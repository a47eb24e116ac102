import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const packed = z.array(z.object({ name: z.string(), version: z.string(), filename: z.string(), files: z.array(z.object({ path: z.string() })) }))

/** A package as the registry would get it. */
export interface Tarball {
  readonly name: string
  readonly version: string
  /** Its path. */
  readonly file: string
  readonly files: readonly string[]
}

const PUBLISHED = ['--recursive', '--filter=./packages/*', '--filter=./plugins/*', '--filter=!@tocsin/dev-tools']
const licensed = z.record(z.string(), z.array(z.object({ name: z.string() })))

async function pnpm(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('pnpm', args, { cwd: ROOT, maxBuffer: 1e8 })).stdout
}

/** Builds every package that is published and packs it into `folder`, as `pnpm release:pack` does. */
export async function packAll(folder: string): Promise<readonly Tarball[]> {
  await pnpm('run', 'build')
  const listing = await pnpm(...PUBLISHED, 'pack', '--json', '--pack-destination', folder)
  return packed.parse(JSON.parse(listing)).map(({ name, version, filename, files }) => ({ name, version, file: filename, files: files.map(({ path }) => path) }))
}

/** The packages that come along with what is published, by licence. */
export async function licences(): Promise<Readonly<Record<string, readonly string[]>>> {
  const listing = licensed.parse(JSON.parse(await pnpm(...PUBLISHED, 'licenses', 'list', '--prod', '--json')))
  return Object.fromEntries(Object.entries(listing).map(([licence, packages]) => [licence, packages.map(({ name }) => name)]))
}
