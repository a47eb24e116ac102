import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { awsEnvironment } from '../aws-environment.ts'
import { encodeAnswer, type StubAnswer } from './stub-answer.ts'
import { readRequest, type StubRequest } from './stub-request.ts'
import { stubSts } from './sts.ts'

/** Answers one API. `undefined` leaves it to the handler before. */
export type StubHandler = (request: StubRequest) => StubAnswer | undefined | Promise<StubAnswer | undefined>

/** A server that speaks the wire formats of AWS and keeps its limits: what moto cannot do, and faults. */
export interface AwsStub {
  readonly url: string
  /** What the SDK needs to find it and to sign, as moto's. */
  readonly env: Readonly<Record<string, string>>
  /** Every request, in order, unless only counts are kept. */
  readonly requests: readonly StubRequest[]
  /** How many requests of an API have come. */
  count(api: string): number
  /** Answers an API from now on; returns how to undo it. `*` stands for every API. */
  on(api: string, handler: StubHandler): () => void
  /** Answers the APIs of a service from now on. */
  use(handlers: Readonly<Record<string, StubHandler>>): void
  /** Makes the credentials that AssumeRole gave until now end. */
  expireCredentials(): void
  /** Forgets requests and handlers. */
  reset(): void
  stop(): Promise<void>
}

export interface AwsStubOptions {
  /** Whether requests are kept or only counted. Default true: kept. */
  readonly record?: boolean
}

/** Starts the stub on a free port of loopback. Without handlers it knows only STS: credentials of account 123456789012, and any role. */
export async function startAwsStub({ record = true }: AwsStubOptions = {}): Promise<AwsStub> {
  const handlers = new Map<string, StubHandler[]>()
  const requests: StubRequest[] = []
  const counts = new Map<string, number>()
  const sts = stubSts()

  const answerTo = async (request: StubRequest): Promise<StubAnswer> => {
    for (const handler of [...(handlers.get('*') ?? []), sts.expired, ...(handlers.get(request.api) ?? []), ...(sts.handlers[request.api] ?? [])]) {
      const answer = await handler(request)
      if (answer !== undefined) return answer
    }
    return { fault: { code: 'InvalidAction', message: `the stub does not know ${request.api}` } }
  }
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message)
    if (record) requests.push(request)
    counts.set(request.api, (counts.get(request.api) ?? 0) + 1)
    const answer = await answerTo(request)
    if (answer === 'cut') return void message.socket.destroy()
    if (answer === 'silence') return
    const { status, headers, body } = encodeAnswer(answer, request.protocol)
    response.writeHead(status, headers)
    response.end(body)
  }
  const server = createServer((message, response) => void respond(message, response).catch((error: unknown) => response.writeHead(500).end(String(error))))
  // Longer than any test: a connection that the client reuses is never closed under it.
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stub has no port')

  const url = `http://127.0.0.1:${address.port}`
  const on = (api: string, handler: StubHandler): (() => void) => {
    handlers.set(api, [handler, ...(handlers.get(api) ?? [])])
    return () => handlers.set(api, (handlers.get(api) ?? []).filter((other) => other !== handler))
  }
  return {
    url,
    env: awsEnvironment(url),
    requests,
    count: (api) => counts.get(api) ?? 0,
    on,
    use(service) {
      for (const [api, handler] of Object.entries(service)) on(api, handler)
    },
    expireCredentials: () => sts.expire(),
    reset() {
      handlers.clear()
      requests.length = 0
      counts.clear()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The same answer, later: a slow service. */
export function later(ms: number, handler: StubHandler): StubHandler {
  return async (request) => {
    await sleep(ms)
    return handler(request)
  }
}
