import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** One request on its way to the server behind. */
export interface FrontRequest {
  readonly method: string
  readonly path: string
  /** The API of services that name it in a header, such as DynamoDB; empty for others. */
  readonly api: string
  readonly body: Buffer
}

/**
 * What becomes of a request in place of what usually does: an answer, or a cut connection. `lostAnswer` lets it through and cuts the
 * connection then, as a crash of the network or of the caller does.
 */
export type FrontFault = { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> } | 'cut' | 'lostAnswer'

/** What the server behind answered. */
export interface FrontAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** A server in front of moto: it can fail in moto's place, and be away while moto keeps what it has. */
export interface AwsFront {
  readonly url: string
  /** Every request that has come, in order. */
  readonly requests: readonly FrontRequest[]
  /** Asked for every request from now on; `undefined` lets it through. Returns how to undo it. */
  fail(fault: (request: FrontRequest) => FrontFault | undefined): () => void
  /** Nothing listens any more; returns how to bring it back at the same address. */
  outage(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/** @param mended makes of moto's answers what AWS would answer, where they differ. Default: they stay as they are. */
export async function startAwsFront(target: string, mended: (request: FrontRequest, answer: FrontAnswer) => FrontAnswer = (_request, answer) => answer): Promise<AwsFront> {
  const requests: FrontRequest[] = []
  let faultOf: (request: FrontRequest) => FrontFault | undefined = () => undefined

  const pass = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(message)
    const { method = '', url: path = '', headers } = message
    const request = { method, path, body, api: String(headers['x-amz-target'] ?? '').split('.').at(-1) ?? '' }
    requests.push(request)
    const fault = faultOf(request)
    if (fault === 'cut') return void message.socket.destroy()
    if (typeof fault === 'object') return void response.writeHead(fault.status, fault.headers ?? {}).end(fault.body)
    const answer = mended(request, await forward(new URL(path, target), { method, headers }, body))
    if (fault === 'lostAnswer') return void message.socket.destroy()
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  const listen = (port: number) => {
    const server = createServer((message, response) => void pass(message, response).catch(() => response.destroy()))
    return new Promise<typeof server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
  }

  let server = await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the front has no port')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    fail(fault) {
      faultOf = fault
      return () => void (faultOf = () => undefined)
    },
    async outage() {
      await close()
      return async () => void (server = await listen(address.port))
    },
    stop: close,
  }
}

/** The request as it is: the signature covers its headers. */
async function forward(url: URL, options: { readonly method: string; readonly headers: IncomingMessage['headers'] }, body: Buffer): Promise<FrontAnswer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => send(url, options, resolve).on('error', reject).end(body))
  const content = await buffer(answer)
  // AWS gives an empty answer no type; moto's server calls it a page.
  const { 'content-type': type, ...headers } = answer.headers
  return { status: answer.statusCode ?? 500, headers: { ...headers, ...(content.length === 0 || type === undefined ? {} : { 'content-type': type }) }, body: content }
}
