import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'

/** One request as it arrived. */
interface Got {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer = (response: ServerResponse) => void

/** A receiver of webhooks on loopback. Answers 200 until told otherwise. */
export interface Receiver {
  readonly port: number
  readonly got: readonly Got[]
  /** For a server of another kind that is to fill the same list. */
  readonly listener: RequestListener
  /** Answers so from now on; returns how to undo it. */
  answer(next: Answer): () => void
  /** Forgets requests and answers. */
  reset(): void
  stop(): Promise<void>
}

const fine: Answer = (response) => response.writeHead(200).end('ok')

export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = []
  let current = fine
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    got.push({ method: request.method ?? '', headers: request.headers, body: await text(request) })
    current(response)
  }
  const listener: RequestListener = (request, response) => void receive(request, response).catch(() => response.destroy())
  const server = createServer(listener)
  const undo = (): void => void (current = fine)
  return {
    port: await listen(server),
    got,
    listener,
    answer(next) {
      current = next
      return undo
    },
    reset() {
      got.length = 0
      undo()
    },
    async stop() {
      server.closeAllConnections()
      await close(server)
    },
  }
}

/** A port of loopback where nothing listens. */
export async function closedPort(): Promise<number> {
  const passing = createServer()
  const port = await listen(passing)
  await close(passing)
  return port
}

/** Starts a server on a free port of loopback. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  return (server.address() as AddressInfo).port
}

export const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
