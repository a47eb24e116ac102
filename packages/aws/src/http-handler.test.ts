import { createServer } from 'node:http'
import { HttpRequest } from '@smithy/core/protocols'
import { expect, it, vi } from 'vitest'
import { createHttpHandler } from './http-handler.ts'

it('keeps no connection for a page that stands in the place of an answer', async () => {
  const page = '<html>log in first</html>'.repeat(10_000)
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const handler = createHttpHandler()
  const connections = (): Promise<number> => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
  try {
    const asked = Array.from({ length: 5 }, () => handler.handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port: address.port, method: 'POST', path: '/' })))
    const ends = await Promise.allSettled(asked)
    expect(ends.map(({ status }) => status)).toEqual(asked.map(() => 'rejected'))
    await vi.waitFor(async () => expect(await connections()).toBe(0))
  } finally {
    handler.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
