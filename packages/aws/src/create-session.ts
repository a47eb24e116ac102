import { type Services, TocsinError } from '@tocsin/core'
import { apiOf, QUOTA_SHARE } from './apis.ts'
import { awsError, isExpired } from './aws-error.ts'
import { CALLS_ANSWERED } from './calls-answered.ts'
import type { Clients } from './clients.ts'
import { createIdentity, type Identity, STS } from './identity.ts'
import { partitionOf } from './permissions.ts'
import type { AwsSession, SessionOptions } from './session.ts'
import type { AwsService, CallOptions, Target } from './target.ts'
import { underLimit } from './under-limit.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * A session with clients that it may share.
 *
 * @param key the same for the same credentials.
 */
export function createSession(options: SessionOptions, key: string, clients: Clients, services: Services): AwsSession {
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
    const answered = services.shared(CALLS_ANSWERED)
    const name = `${service.name}:${api}`
    const limit = { key: `aws:${accountId}:${region}:${api}`, perSecond: perSecond * QUOTA_SHARE, signal }
    const attempt = async (): Promise<Result> => {
      signal.throwIfAborted()
      const client = await clients.of(service, region)
      return await untilAborted(underLimit(services.limiter, limit, () => run(client, { abortSignal: signal })), signal)
    }
    const { generation } = clients
    try {
      // Credentials that were ended from outside look sound to the SDK: they are fetched anew, once.
      const result = await attempt().catch((error: unknown) => {
        if (!isExpired(error)) throw error
        clients.renew(generation)
        return attempt()
      })
      answered.set(name, (answered.get(name) ?? 0) + 1)
      return result
    } catch (error) {
      throw awsError(error, { service: service.name, api, permission, identity: caller, region, secrets: clients.secrets() })
    }
  }

  return {
    async target(wanted, signal, otherwise): Promise<Target> {
      const region = wanted ?? (await (home ??= homeRegion(options.profile))) ?? otherwise
      if (region === undefined) throw noRegion(options.profile)
      const identity = await identityOf(region, (assumed, run) => call(assumed, region, STS, 'GetCallerIdentity', run, signal))
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

/** What the SDK itself takes when no region is given; it knows where AWS tools keep it. */
async function homeRegion(profile: string | undefined): Promise<string | undefined> {
  const { STSClient } = await import('@aws-sdk/client-sts')
  return await new STSClient(profile === undefined ? {} : { profile }).config.region().catch(() => undefined)
}

function noRegion(profile: string | undefined): TocsinError {
  const where = profile === undefined ? 'AWS_REGION' : `profile ${profile}`
  return new TocsinError('E202', 'no region is set', { where, fix: 'give regions: [us-west-2], or set AWS_REGION', permanent: true })
}
