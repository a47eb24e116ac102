import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { type CollectContext, systemClock } from '@tocsin/core'
import { collectContext, FakeClock } from '@tocsin/core/testing'
import { afterEach, expect, it } from 'vitest'
import { probe } from './probe.ts'
import { portTarget, type Target, urlTarget } from './target.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const serve = async (listener: RequestListener): Promise<string> => `127.0.0.1:${await portOf(createServer(listener))}`

/** A port on which nothing listens: one that was just given up. */
async function closedPort(): Promise<number> {
  const port = await portOf(createTcpServer())
  await new Promise((resolve) => servers.pop()?.close(resolve))
  return port
}

function port(number: number): Target {
  const target = portTarget(`127.0.0.1:${number}`)
  if (!target) throw new RangeError(`not a port: ${number}`)
  return target
}

const seconds = (target: Target, over: Partial<CollectContext> = {}): Promise<number> => probe(target, 5_000, collectContext(over))

it('is short for a port that is open', async () => {
  const took = await seconds(port(await portOf(createTcpServer((socket) => socket.end()))))
  expect(took).toBeGreaterThanOrEqual(0)
  expect(took).toBeLessThan(1)
})

it('is infinite for a port that is closed', async () => {
  expect(await seconds(port(await closedPort()))).toBe(Infinity)
  expect(await seconds(urlTarget(`http://127.0.0.1:${await closedPort()}/`))).toBe(Infinity)
})

it('is infinite for a name that does not resolve', async () => {
  expect(await probe(urlTarget('http://no-such-host.invalid/'), 1_000, collectContext())).toBe(Infinity)
})

it('grows with the time a server takes', async () => {
  const address = await serve((_, response) => void systemClock.sleep(300).then(() => response.end('late')))
  const took = await seconds(urlTarget(`http://${address}/`))
  expect(took).toBeGreaterThanOrEqual(0.29)
  expect(took).toBeLessThan(3)
})

it.each([
  [200, true],
  [302, true],
  [404, true],
  [499, true],
  [500, false],
  [503, false],
])('status %i is an answer: %s', async (status, answers) => {
  const address = await serve((_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end())
  expect(Number.isFinite(await seconds(urlTarget(`http://${address}/`)))).toBe(answers)
})

it('does not wait for the body', async () => {
  const address = await serve((_, response) => void response.writeHead(200).write('and so on'))
  expect(await seconds(urlTarget(`http://${address}/`), { clock: new FakeClock() })).toBe(0)
})

it('makes a connection of its own each time, and sends what stands in the URL', async () => {
  const seen: unknown[] = []
  const connections = new Set<unknown>()
  const address = await serve((request, response) => {
    connections.add(request.socket)
    seen.push([request.method, request.url, request.headers.connection, request.headers.authorization])
    response.end()
  })
  const target = urlTarget(`http://me:pass@${address}/health?deep=1`)
  await seconds(target)
  await seconds(target)
  expect(connections.size).toBe(2)
  expect(seen[0]).toEqual(['GET', '/health?deep=1', 'close', `Basic ${Buffer.from('me:pass').toString('base64')}`])
})

it('is infinite when something else answers', async () => {
  const babble = await portOf(createTcpServer((socket) => void socket.resume().end('220 mail.example.com ESMTP\r\n')))
  expect(await seconds(urlTarget(`http://127.0.0.1:${babble}/`))).toBe(Infinity)
  const plain = await serve((_, response) => response.end())
  expect(await seconds(urlTarget(`https://${plain}/`))).toBe(Infinity)
  const hangsUp = await portOf(createTcpServer((socket) => void socket.destroy()))
  expect(await seconds(urlTarget(`http://127.0.0.1:${hangsUp}/`))).toBe(Infinity)
})

it('is infinite when the time is over, and says why without secrets', async () => {
  const clock = new FakeClock()
  const logged: unknown[] = []
  const logger = { ...collectContext().logger, info: (...line: unknown[]) => void logged.push(line) }
  const asked = Promise.withResolvers<void>()
  const address = await serve(() => asked.resolve())
  const result = probe(urlTarget(`http://me:hunter2@${address}/slow?token=hunter3`), 5_000, collectContext({ clock, logger }))
  await asked.promise
  await clock.advance(4_999)
  expect(logged).toEqual([])
  await clock.advance(1)
  expect(await result).toBe(Infinity)
  expect(logged).toEqual([[{ target: `http://${address}/slow`, reason: 'no answer within 5000 ms' }, 'target does not answer']])
})

it('says nothing of the target when the cycle ends first', async () => {
  const stop = new AbortController()
  const asked = Promise.withResolvers<void>()
  const address = await serve(() => asked.resolve())
  const result = seconds(urlTarget(`http://${address}/`), { signal: stop.signal })
  await asked.promise
  stop.abort(new Error('time is up'))
  await expect(result).rejects.toThrow('time is up')
  await expect(seconds(urlTarget(`http://${address}/`), { signal: stop.signal })).rejects.toThrow('time is up')
})

it('goes through the limiter, and leaves no timer behind', async () => {
  const clock = new FakeClock()
  const keys: string[] = []
  const limiter = { schedule: <T>(limit: { key: string }, call: () => Promise<T>) => (keys.push(limit.key), call()), slowDown: () => {}, close: () => {} }
  await seconds(port(await portOf(createTcpServer((socket) => socket.end()))), { clock, limiter })
  expect([keys, clock.sleeping]).toEqual([['host:probe'], 0])
})
