import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const CONFIG = fileURLToPath(new URL('fixtures/webhook.config.ts', import.meta.url))

let state: string
const requests: { readonly key: string | undefined; readonly body: string }[] = []
/** What the receiver does with a request that it has read. */
let answer: (response: ServerResponse) => void
const server = createServer((request, response) => {
  const read = async (): Promise<void> => {
    requests.push({ key: request.headers['idempotency-key']?.toString(), body: await text(request) })
    answer(response)
  }
  void read().catch(() => {})
})

beforeEach(async () => {
  requests.length = 0
  state = await mkdtemp(join(tmpdir(), 'tocsin-stop-'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  await rm(state, { recursive: true })
})

/** Runs until the receiver has a request, then sends SIGTERM. Gives the exit code and how long the end took. */
async function stopWhileSending(mode: readonly string[] = ['--continuous']): Promise<{ readonly code: number | null; readonly ms: number }> {
  const before = requests.length
  const child = spawn(process.execPath, ['--conditions=source', CLI, 'run', ...mode, '--config', CONFIG], {
    env: { ...process.env, XDG_STATE_HOME: state, HOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  await vi.waitFor(() => expect(requests.length).toBeGreaterThan(before), { timeout: 20_000 })
  const began = performance.now()
  child.kill('SIGTERM')
  const [code] = (await exited) as [number | null]
  return { code, ms: performance.now() - began }
}

it('lets a delivery under way end on SIGTERM, and does not repeat it at the next start', { timeout: 60_000 }, async () => {
  answer = (response) => void setTimeout(() => response.end('ok'), 2_000)
  const { code, ms } = await stopWhileSending()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(5_000)
  expect(requests.map(({ body }) => JSON.parse(body).status)).toEqual(['firing'])

  const next = spawn(process.execPath, ['--conditions=source', CLI, 'run', '--config', CONFIG], {
    env: { ...process.env, XDG_STATE_HOME: state, HOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    stdio: 'ignore',
  })
  await once(next, 'exit')
  expect(requests.length).toBe(1)
})

it('cuts a delivery off that does not end, and repeats it at the next start with the same idempotency key', { timeout: 60_000 }, async () => {
  answer = () => {}
  const { code, ms } = await stopWhileSending()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(5_000)

  answer = (response) => void response.end('ok')
  await stopWhileSending()
  expect(requests.length).toBe(2)
  expect(requests[1]?.key).toBe(requests[0]?.key)
  // Both are whole.
  for (const { body } of requests) expect(JSON.parse(body).alerts).toHaveLength(1)
})

it('lets the delivery of a single pass end on SIGTERM, too', { timeout: 60_000 }, async () => {
  answer = (response) => void setTimeout(() => response.end('ok'), 1_500)
  const { code, ms } = await stopWhileSending([])
  expect(code).toBe(0)
  expect(ms).toBeLessThan(5_000)
  const next = spawn(process.execPath, ['--conditions=source', CLI, 'run', '--config', CONFIG], {
    env: { ...process.env, XDG_STATE_HOME: state, HOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    stdio: 'ignore',
  })
  await once(next, 'exit')
  expect(requests.length).toBe(1)
})
