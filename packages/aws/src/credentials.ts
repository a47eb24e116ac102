import { type Clock, Secret } from '@tocsin/core'
import { isOutage } from './aws-error.ts'
import type { ClientConfig } from './client-config.ts'
import { CredentialsFailure } from './credentials-failure.ts'
import type { SessionOptions } from './session.ts'

type Provider = Exclude<NonNullable<ClientConfig['credentials']>, { readonly accessKeyId: string }>
type Credentials = Awaited<ReturnType<Provider>>

/** The SDK renews credentials five minutes before they end; a minute more keeps ours from handing out what it would refuse. */
const RENEW_BEFORE = 6 * 60_000

/** The credentials of a session. */
export interface SessionCredentials {
  readonly provider: Provider
  /** Names a region that is read: a role is assumed through STS of one of them, for those are reachable. */
  reads(region: string): void
}

/**
 * The credentials of a session, fetched once for all its clients: each client alone would assume the role again. Where STS of one region is
 * in trouble the next one is asked, and the one that answered last comes first: a region that is down takes no other with it.
 *
 * @param configOf what an STS client behind AssumeRole is made with.
 * @param learn is told what is secret of the credentials that are in use, those that assume the role and those of the role.
 */
export function sessionCredentials(options: SessionOptions, configOf: () => ClientConfig, clock: Clock, learn: (whose: 'own' | 'role', secrets: readonly Secret[]) => void): SessionCredentials {
  /** The best one first. */
  let regions: readonly string[] = []
  const chains = new Map<string, Promise<Provider>>()
  let current: Promise<Credentials> | undefined

  const fetchFrom = async (region: string): Promise<Credentials> => {
    const chain = chains.get(region) ?? chainOf(options, { ...configOf(), region }, learn)
    chains.set(region, chain)
    return await (await chain)()
  }

  const fetch = async (): Promise<Credentials> => {
    const tried = new Set<string>()
    let failure: unknown
    // Regions may be named while others are tried.
    for (let region = regions[0]; region !== undefined; region = regions.find((one) => !tried.has(one))) {
      const asked = region
      tried.add(asked)
      try {
        const credentials = await fetchFrom(asked)
        regions = [asked, ...regions.filter((one) => one !== asked)]
        return credentials
      } catch (error) {
        failure ??= error
        if (options.roleArn === undefined || !isOutage(error)) break
      }
    }
    throw new CredentialsFailure(failure, options.roleArn)
  }

  return {
    reads(region) {
      if (!regions.includes(region)) regions = [...regions, region]
    },
    async provider() {
      const held = current
      if (held) {
        const { expiration } = await held
        if (expiration === undefined || expiration.getTime() - clock.now() > RENEW_BEFORE) return held
      }
      // Whoever comes second waits for the first; a failure is not kept.
      if (current === held) {
        const fetched = fetch()
        current = fetched
        fetched.catch(() => {
          if (current === fetched) current = undefined
        })
      }
      return current ?? fetch()
    },
  }
}

async function chainOf({ profile, roleArn, externalId }: SessionOptions, sts: Omit<ClientConfig, 'credentials'>, learn: Parameters<typeof sessionCredentials>[3]): Promise<Provider> {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  const learning = (whose: 'own' | 'role', provide: Provider): Provider => async () => {
    const credentials = await provide()
    learn(whose, secretsOf(credentials))
    return credentials
  }
  const own = learning('own', fromNodeProviderChain(profile === undefined ? {} : { profile }))
  if (roleArn === undefined) return own
  const assumed = fromTemporaryCredentials({
    masterCredentials: own,
    params: {
      RoleArn: roleArn,
      RoleSessionName: 'tocsin',
      ...(externalId === undefined ? {} : { ExternalId: externalId.reveal() }),
    },
    clientConfig: sts,
  })
  return learning('role', assumed)
}

const secretsOf = ({ secretAccessKey, sessionToken }: Credentials): readonly Secret[] => [secretAccessKey, sessionToken ?? ''].filter((text) => text !== '').map((text) => new Secret(text))
