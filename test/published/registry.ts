import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { Tarball } from './pack.ts'

export interface Registry {
  readonly url: string
  close(): void
}

/** A package registry that has the packed packages, and sends whoever asks for others to the one that npm is set up with. */
export async function startRegistry(tarballs: readonly Tarball[]): Promise<Registry> {
  const run = async (command: string, ...args: readonly string[]): Promise<string> => (await promisify(execFile)(command, args, { maxBuffer: 1e8 })).stdout
  const upstream = (await run('npm', 'config', 'get', 'registry')).trim()
  const packages = new Map(
    await Promise.all(
      tarballs.map(async (tarball) => {
        const content = await readFile(tarball.file)
        const manifest: object = JSON.parse(await run('tar', '--extract', '--to-stdout', '--gzip', '--file', tarball.file, 'package/package.json'))
        return [tarball.name, { ...tarball, content, manifest, integrity: `sha512-${createHash('sha512').update(content).digest('base64')}` }] as const
      }),
    ),
  )
  const server = createServer(({ url = '/' }, answer) => {
    const [, path = '', file] = /^\/((?:@[^/]+(?:\/|%2f))?[^/]+)(\/-\/.*)?$/i.exec(decodeURIComponent(url)) ?? []
    const found = packages.get(path)
    if (found === undefined) return answer.writeHead(302, { location: new URL(url.slice(1), upstream).href }).end()
    if (file !== undefined) return answer.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.content)
    const { name, version, manifest, integrity } = found
    const dist = { tarball: `${origin()}/${name}/-/${version}.tgz`, integrity }
    return answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: origin(), close: () => void server.close() }
}
