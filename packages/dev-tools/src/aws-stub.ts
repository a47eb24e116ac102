import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { awsEnvironment } from './aws-environment.ts'

/** One request as the stub read it. */
export interface StubRequest {
  /** `GetMetricData`, `DescribeInstances`. */
  readonly api: string
  /** From the signature. */
  readonly region: string
  /** The body of a JSON request; empty for others. */
  readonly json: Readonly<Record<string, unknown>>
  /** The fields of a form request; empty for others. */
  readonly form: URLSearchParams
}

/** What the stub answers: a status and body, a connection that is cut, or none at all. */
export type StubAnswer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string } | 'cut' | 'silence'

/** Answers one API. `undefined` leaves it to the handler before. */
export type StubHandler = (request: StubRequest) => StubAnswer | undefined | Promise<StubAnswer | undefined>

/** A small server that speaks the wire formats of AWS: what moto cannot do, and faults. */
export interface AwsStub {
  readonly url: string
  /** What the SDK needs to find it and to sign, as moto's. */
  readonly env: Readonly<Record<string, string>>
  /** Every request, in order. */
  readonly requests: readonly StubRequest[]
  /** How many requests of an API have come. */
  count(api: string): number
  /** Answers an API from now on; returns how to undo it. */
  on(api: string, handler: StubHandler): () => void
  /** Forgets requests and handlers. */
  reset(): void
  stop(): Promise<void>
}

/** Starts the stub on a free port of loopback. Without handlers it knows only GetCallerIdentity (account 123456789012). */
export async function startAwsStub(): Promise<AwsStub> {
  const handlers = new Map<string, StubHandler[]>()
  const requests: StubRequest[] = []

  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message)
    requests.push(request)
    const answer = await firstAnswer([...(handlers.get(request.api) ?? []), whoAmI], request)
    if (answer === 'cut') return void message.socket.destroy()
    if (answer === 'silence') return
    response.writeHead(answer.status ?? 200, answer.headers)
    response.end(answer.body)
  }
  const server = createServer((message, response) => void respond(message, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stub has no port')

  const url = `http://127.0.0.1:${address.port}`
  return {
    url,
    env: awsEnvironment(url),
    requests,
    count: (api) => requests.filter((request) => request.api === api).length,
    on(api, handler) {
      handlers.set(api, [handler, ...(handlers.get(api) ?? [])])
      return () => handlers.set(api, (handlers.get(api) ?? []).filter((other) => other !== handler))
    },
    reset() {
      handlers.clear()
      requests.length = 0
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readRequest(message: IncomingMessage): Promise<StubRequest> {
  const body = await text(message)
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(message.headers.authorization ?? '')?.[1] ?? ''
  const target = message.headers['x-amz-target']
  if (typeof target === 'string') return { api: target.split('.').at(-1) ?? target, region, json: JSON.parse(body), form: new URLSearchParams() }
  const form = new URLSearchParams(body)
  return { api: form.get('Action') ?? `${message.method} ${message.url}`, region, json: {}, form }
}

async function firstAnswer(handlers: readonly StubHandler[], request: StubRequest): Promise<StubAnswer> {
  for (const handler of handlers) {
    const answer = await handler(request)
    if (answer !== undefined) return answer
  }
  return { status: 400, body: `<ErrorResponse><Error><Code>InvalidAction</Code><Message>the stub does not know ${request.api}</Message></Error></ErrorResponse>` }
}

const whoAmI: StubHandler = ({ api }) =>
  api === 'GetCallerIdentity'
    ? {
        body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
          <Arn>arn:aws:sts::123456789012:assumed-role/mon/i-0abc</Arn><Account>123456789012</Account>
        </GetCallerIdentityResult></GetCallerIdentityResponse>`,
      }
    : undefined
