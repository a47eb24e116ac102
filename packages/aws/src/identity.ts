import type { STSClient } from '@aws-sdk/client-sts'
import { reasonOf, type Services } from '@tocsin/core'
import { isWithin } from './is-within.ts'
import type { SessionOptions } from './session.ts'
import type { AwsService, CallOptions } from './target.ts'

/** Whose credentials a session has. */
export interface Identity {
  /** What people call the account. */
  readonly account: string
  /** Its number, where it is known. */
  readonly accountId: string | undefined
  /** For errors: `role/monitoring`, `user/bob`, `profile dev`. */
  readonly caller: string
}

export const STS: AwsService<STSClient> = {
  name: 'sts',
  load: async () => {
    const { STSClient } = await import('@aws-sdk/client-sts')
    return (config) => new STSClient(config)
  },
}

type Ask = (identity: Identity, run: (client: STSClient, options: CallOptions) => Promise<{ readonly Account?: string | undefined; readonly Arn?: string | undefined }>) => Promise<{
  readonly Account?: string | undefined
  readonly Arn?: string | undefined
}>

const ASK_AGAIN_AFTER = 5 * 60_000

/**
 * Finds out whose credentials a session has: from the role's ARN, else by one GetCallerIdentity a session. STS of one region may be down, so
 * each that is read is asked until one answers.
 */
export function createIdentity(options: SessionOptions, { clock, logger }: Services): (region: string, ask: Ask) => Promise<Identity> {
  const assumed = guess(options)
  let known: Promise<Identity | undefined> | undefined
  /** When the regions failed to answer. */
  const failedAt = new Map<string, number>()

  const find = async (region: string, ask: Ask): Promise<Identity | undefined> => {
    try {
      const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
      const { Account, Arn } = await ask(assumed, (client, call) => client.send(new GetCallerIdentityCommand({}), call))
      return { account: options.name ?? Account ?? assumed.account, accountId: Account, caller: Arn === undefined ? assumed.caller : shortArn(Arn) }
    } catch (error) {
      known = undefined
      failedAt.set(region, clock.now())
      logger.warn({ region, reason: reasonOf(error) }, `STS does not say which account this is; it is shown as "${assumed.account}"`)
      return undefined
    }
  }

  return async (region, ask) => {
    if (assumed.accountId !== undefined) return assumed
    for (;;) {
      if (known === undefined && isWithin(ASK_AGAIN_AFTER, failedAt.get(region) ?? Number.NEGATIVE_INFINITY, clock.now())) return assumed
      // Another region may be asking already; where it gets no answer, it is this one's turn.
      const found = await (known ??= find(region, ask))
      if (found !== undefined) return found
    }
  }
}

/** What the options tell without a call. */
function guess({ roleArn, profile, name }: SessionOptions): Identity {
  const accountId = roleArn && accountOfRole(roleArn)
  const caller = roleArn?.split(':').at(-1) ?? (profile === undefined ? 'default credentials' : `profile ${profile}`)
  return { account: name ?? accountId ?? profile ?? 'default', accountId, caller }
}

/** The account's number in the ARN of a role. */
export function accountOfRole(roleArn: string): string {
  return roleArn.split(':')[4] ?? roleArn
}

/** `arn:aws:sts::123456789012:assumed-role/monitoring/i-0abc` is `role/monitoring`: the part that an administrator looks for. */
function shortArn(arn: string): string {
  const last = arn.split(':').at(-1) ?? arn
  const [, role] = /^assumed-role\/([^/]+)/.exec(last) ?? []
  return role === undefined ? last : `role/${role}`
}
