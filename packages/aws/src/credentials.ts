import { type Clock, Secret } from '@tocsin/core'
import type { ClientConfig } from './client-config.ts'
import type { SessionOptions } from './session.ts'

type Provider = Exclude<NonNullable<ClientConfig['credentials']>, { readonly accessKeyId: string }>
type Credentials = Awaited<ReturnType<Provider>>

/** Getting credentials failed, before any call was made. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure'
  readonly roleArn: string | undefined

  constructor(cause: unknown, roleArn: string | undefined) {
    super('no credentials', { cause })
    this.roleArn = roleArn
  }
}

/** The SDK renews credentials five minutes before they end; a minute more keeps ours from handing out what it would refuse. */
const RENEW_BEFORE = 6 * 60_000

/**
 * The credentials of a session, fetched once for all its clients: each client alone would assume the role again.
 *
 * @param sts what the STS client behind AssumeRole is made with.
 * @param learn is told what is secret of the credentials that are in use, those that assume the role and those of the role.
 */
export function sessionCredentials(options: SessionOptions, sts: Omit<ClientConfig, 'credentials'>, clock: Clock, learn: (whose: 'own' | 'role', secrets: readonly Secret[]) => void): Provider {
  let load: Promise<Provider> | undefined
  let current: Promise<Credentials> | undefined

  const fetch = async (): Promise<Credentials> => {
    try {
      load ??= chain(options, sts, learn)
      return await (await load)()
    } catch (error) {
      throw new CredentialsFailure(error, options.roleArn)
    }
  }

  return async () => {
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
  }
}

async function chain({ profile, roleArn, externalId }: SessionOptions, sts: Omit<ClientConfig, 'credentials'>, learn: Parameters<typeof sessionCredentials>[3]): Promise<Provider> {
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
