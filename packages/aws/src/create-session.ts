import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Services, TocsinError } from '@tocsin/core'
import { apiOf, QUOTA_SHARE } from './apis.ts'
import { awsError } from './aws-error.ts'
import type { ClientConfig } from './client-config.ts'
import { createClients } from './clients.ts'
import { createIdentity, type Identity, STS } from './identity.ts'
import type { AwsSession, SessionOptions } from './session.ts'
import type { AwsService, CallOptions, Target } from './target.ts'
import { untilAborted } from './until-aborted.ts'

const MAX_ATTEMPTS = 3

/** A session with its own credentials and clients, on a handler that it shares. */
export function createSession(options: SessionOptions, key: string, handler: NodeHttpHandler, services: Services): AwsSession {
  const base: ClientConfig = {
    requestHandler: handler,
    retryMode: 'adaptive',
    maxAttempts: options.maxAttempts ?? MAX_ATTEMPTS,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  }
  const clientOf = createClients(options, base, services.clock)
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
    const { permission, perSecond } = apiOf(service.name, api)
    const limit = { key: `aws:${accountId}:${region}:${api}`, perSecond: perSecond * QUOTA_SHARE }
    try {
      signal.throwIfAborted()
      const client = await clientOf(service, region)
      return await untilAborted(services.limiter.schedule(limit, () => run(client, { abortSignal: signal })), signal)
    } catch (error) {
      throw awsError(error, { service: service.name, api, permission, identity: caller, region })
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
