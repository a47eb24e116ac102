import type { Clock } from '@tocsin/core'
import type { ClientConfig } from './client-config.ts'
import { sessionCredentials } from './credentials.ts'
import type { SessionOptions } from './session.ts'
import type { AwsService } from './target.ts'

/** Gives the one client of a service in a region, made on first use with the session's credentials. */
export function createClients(options: SessionOptions, base: ClientConfig, clock: Clock): <Client>(service: AwsService<Client>, region: string) => Promise<Client> {
  const made = new Map<string, Promise<unknown>>()
  let credentials: ReturnType<typeof sessionCredentials> | undefined

  const make = async <Client>(service: AwsService<Client>, region: string): Promise<Client> => {
    // The role is assumed through STS of the first region that is read: any will do, and that one is reachable.
    credentials ??= sessionCredentials(options, { ...base, region }, clock)
    const construct = await service.load()
    return construct({ ...base, region, credentials })
  }

  return <Client>(service: AwsService<Client>, region: string) => {
    const name = `${service.name}|${region}`
    const known = made.get(name)
    // Only `make` fills the map, and always under the name of the service that it was asked for.
    if (known) return known as Promise<Client>
    const client = make(service, region)
    made.set(name, client)
    // A failed import is tried again by the next call.
    client.catch(() => made.delete(name))
    return client
  }
}
