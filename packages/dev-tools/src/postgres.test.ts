import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Client } from 'pg'
import { WITHOUT_POSTGRES } from './postgres.ts'

const START = `
  const { startPostgres } = await import(${JSON.stringify(new URL('postgres.ts', import.meta.url).href)})
  const postgres = await startPostgres()
  console.log(await postgres.emptyDatabase())
  await new Promise(() => setInterval(() => {}, 1_000))`

const answers = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  return client.connect().then(() => client.end()).then(() => true, () => false)
}

it.skipIf(WITHOUT_POSTGRES)('ends with the process that started it, even when that one is killed', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-killed-'))
  await chmod(folder, 0o755)
  const child = spawn(process.execPath, ['--input-type=module', '--eval', START], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], TMPDIR: folder } })
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  const url = chunk.toString().trim()
  expect(await answers(url)).toBe(true)
  child.kill('SIGKILL')
  await expect.poll(() => answers(url), { timeout: 20_000 }).toBe(false)
  await rm(folder, { recursive: true })
})
