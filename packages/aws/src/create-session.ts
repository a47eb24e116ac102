import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Services, TocsinError } from '@tocsin/core'
import { apiOf, QUOTA_SHARE } from './apis.ts'
import { awsError, isExpired } from './aws-error.ts'
import type { ClientConfig } from './client-config.ts'
import { createClients } from './clients.ts'
import { createIdentity, type Identity, STS } from './identity.ts'
import type { AwsSession, SessionOptions } from './session.ts'
import { retryStrategy } from './retry-strategy.ts'
import type { AwsService, CallOptions, Target } from './target.ts'
import { underLimit } from './under-limit.ts'
import { untilAborted } from './until-aborted.ts'

const MAX_ATTEMPTS = 3

/** A session with its own credentials and clients, on a handler that it shares. */
export function createSession(options: SessionOptions, key: string, handler: NodeHttpHandler, services: Services): AwsSession {
  const maxAttempts = options.maxAttempts ?? MAX_ATTEMPTS
  const configOf = (): ClientConfig => ({
    requestHandler: handler,
    retryMode: 'adaptive',
    retryStrategy: retryStrategy(maxAttempts, services.limiter),
    maxAttempts,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  })
  const clients = createClients(options, configOf, services.clock)
  const identityOf = createIdentity(options, services)
  let home: Promise<string | undefined> | undefined

  const call = async <Client, Result>(
    { account, accountId = account, caller }: Identity,
    region: string,
    service: AwsService<Client>,
    api: string,
    run: (client: Client, options: CallOptions) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> => {
    const { permission, perSecond } = apiOf(service.name, api, options.quotas)
    const limit = { key: `aws:${accountId}:${region}:${api}`, perSecond: perSecond * QUOTA_SHARE }
    const attempt = async (): Promise<Result> => {
      signal.throwIfAborted()
      const client = await clients.of(service, region)
      return await untilAborted(underLimit(services.limiter, limit, () => run(client, { abortSignal: signal })), signal)
    }
    const { generation } = clients
    try {
      // Credentials that were ended from outside look sound to the SDK: they are fetched anew, once.
      return await attempt().catch((error: unknown) => {
        if (!isExpired(error)) throw error
        clients.renew(generation)
        return attempt()
      })
    } catch (error) {
      throw awsError(error, { service: service.name, api, permission, identity: caller, region, secrets: clients.secrets() })
    }
  }

  return {
    async target(wanted, signal, otherwise): Promise<Target> {
      const region = wanted ?? (await (home ??= homeRegion(options.profile))) ?? otherwise
      if (region === undefined) throw noRegion(options.profile)
      const identity = await identityOf((assumed, run) => call(assumed, region, STS, 'GetCallerIdentity', run, signal))
      return {
        account: identity.account,
        accountId: identity.accountId,
        region,
        partition: partitionOf(region),
        key: `${key}|${region}`,
        ...(options.quotas === undefined ? {} : { quotas: options.quotas }),
        call: (service, api, run, until) => call(identity, region, service, api, run, until),
      }
    },
  }
}

function partitionOf(region: string): Target['partition'] {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** What the SDK itself takes when no region is given; it knows where AWS tools keep it. */
async function homeRegion(profile: string | undefined): Promise<string | undefined> {
  const { STSClient } = await import('@aws-sdk/client-sts')
  return await new STSClient(profile === undefined ? {} : { profile }).config.region().catch(() => undefined)
}

function noRegion(profile: string | undefined): TocsinError {
  const where = profile === undefined ? 'AWS_REGION' : `profile ${profile}`
  return new TocsinError('E202', 'no region is set', { where, fix: 'give regions: [us-west-2], or set AWS_REGION', permanent: true })
}
