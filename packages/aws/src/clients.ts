import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Secret, Services } from '@tocsin/core'
import type { ClientConfig } from './client-config.ts'
import { sessionCredentials } from './credentials.ts'
import { retryStrategy } from './retry-strategy.ts'
import type { SessionOptions } from './session.ts'
import type { AwsService } from './target.ts'

/** The clients of one set of credentials. */
export interface Clients {
  /** The one client of a service in a region, made on first use. */
  of<Client>(service: AwsService<Client>, region: string): Promise<Client>
  /** What no answer of a server may carry into an error: the keys and tokens in use, and the external id. */
  secrets(): readonly Secret[]
  /** How often credentials have been renewed. */
  readonly generation: number
  /**
   * Drops credentials that AWS says have ended before their time, and the clients that hold them.
   *
   * @param generation the one whose credentials were refused: of many calls that are, the first renews.
   */
  renew(generation: number): void
}

const MAX_ATTEMPTS = 3

/** @param handler shared with all other clients of the process. */
export function createClients({ maxAttempts = MAX_ATTEMPTS, ...options }: SessionOptions, handler: NodeHttpHandler, { clock, limiter }: Services): Clients {
  /** What every client is made with, each with a retry strategy of its own. */
  const configOf = (): ClientConfig => ({
    requestHandler: handler,
    retryMode: 'adaptive',
    retryStrategy: retryStrategy(maxAttempts, limiter, clock),
    maxAttempts,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  })
  const made = new Map<string, Promise<unknown>>()
  const learned = new Map<string, readonly Secret[]>()
  const makeCredentials = () => sessionCredentials(options, configOf, clock, (whose, secrets) => void learned.set(whose, secrets))
  let credentials = makeCredentials()
  let generation = 0

  const make = async <Client>(service: AwsService<Client>, region: string): Promise<Client> => {
    credentials.reads(region)
    const { provider } = credentials
    const construct = await service.load()
    const client = construct({ ...configOf(), region, credentials: provider })
    if (isSdkClient(client)) client.middlewareStack.remove('loggerMiddleware')
    return client
  }

  return {
    of<Client>(service: AwsService<Client>, region: string) {
      const name = `${service.name}|${region}`
      const known = made.get(name)
      // Only `make` fills the map, and always under the name of the service that it was asked for.
      if (known) return known as Promise<Client>
      const client = make(service, region)
      made.set(name, client)
      // A failed import is tried again by the next call.
      client.catch(() => made.delete(name))
      return client
    },
    secrets: () => [options.externalId ?? [], ...learned.values()].flat(),
    get generation() {
      return generation
    },
    renew(refused) {
      if (refused !== generation) return
      generation++
      credentials = makeCredentials()
      made.clear()
    },
  }
}

/** An SDK client copies every input and output for a log that nobody reads: up to a third of the time that a large call takes. */
function isSdkClient(client: unknown): client is { readonly middlewareStack: { remove(name: string): boolean } } {
  if (typeof client !== 'object' || client === null || !('middlewareStack' in client)) return false
  const { middlewareStack } = client
  return typeof middlewareStack === 'object' && middlewareStack !== null && 'remove' in middlewareStack
}
