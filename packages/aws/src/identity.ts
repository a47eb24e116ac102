import type { STSClient } from '@aws-sdk/client-sts'
import { reasonOf, type Services } from '@tocsin/core'
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

/** Finds out whose credentials a session has: from the role's ARN, else by one GetCallerIdentity a session. */
export function createIdentity(options: SessionOptions, { clock, logger }: Services): (ask: Ask) => Promise<Identity> {
  const assumed = guess(options)
  let known: Promise<Identity> | undefined
  let askAfter = Number.NEGATIVE_INFINITY

  const find = async (ask: Ask): Promise<Identity> => {
    try {
      const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
      const { Account, Arn } = await ask(assumed, (client, call) => client.send(new GetCallerIdentityCommand({}), call))
      return { account: options.name ?? Account ?? assumed.account, accountId: Account, caller: Arn === undefined ? assumed.caller : shortArn(Arn) }
    } catch (error) {
      known = undefined
      askAfter = clock.now() + ASK_AGAIN_AFTER
      logger.warn({ reason: reasonOf(error) }, `STS does not say which account this is; it is shown as "${assumed.account}"`)
      return assumed
    }
  }

  return async (ask) => {
    if (assumed.accountId !== undefined) return assumed
    if (known === undefined && clock.now() < askAfter) return assumed
    known ??= find(ask)
    return known
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
