import { asTocsinError, type CollectContext, type Scope, type Services } from '@tocsin/core'
import type { AwsOptions } from './aws-options.ts'
import { accountOfRole } from './identity.ts'
import type { DiscoverCycle, Inventory } from './inventory.ts'
import { type AwsSession, openSession } from './session.ts'
import type { Target } from './target.ts'

/** A region of an account, with the labels that the options give to the account. */
export interface AccountTarget {
  readonly target: Target
  readonly labels: Readonly<Record<string, string>>
  /** Another region of the same account. */
  readonly elsewhere: (region: string) => Promise<Target>
}

/** One account of the options. */
interface Account {
  readonly session: AwsSession
  /** Undefined: none is named. */
  readonly regions: readonly string[] | undefined
  readonly labels: Readonly<Record<string, string>>
  /** For errors. */
  readonly where: string
  /** What a failure of the whole account covers. */
  readonly scope: Scope
}

/** Where a list that is the same in every region is asked for when nothing names a region. */
const ANY_REGION = 'us-east-1'

/**
 * Every region of every account that the options name, each once. An account whose regions cannot be told is reported, and others
 * go on.
 */
export async function targetsOf<Options extends AwsOptions, Facts>(cycle: CollectContext & DiscoverCycle<Options>, inventory: Inventory<Options, Facts>): Promise<AccountTarget[]> {
  const targets = new Map<string, AccountTarget>()
  await Promise.all(
    accountsOf(cycle.options, cycle).map(async ({ session, regions, labels, where, scope }) => {
      const fail = (error: unknown): void => cycle.fail(asTocsinError(error, 'E200', { where, fix: 'see the log; other accounts go on' }), scope)
      try {
        for (const target of await regionsOf(session, regions, cycle, inventory, fail)) targets.set(target.key, { target, labels, elsewhere: (region) => session.target(region, cycle.signal) })
      } catch (error) {
        fail(error)
      }
    }),
  )
  return [...targets.values()]
}

async function regionsOf<Options, Facts>(
  session: AwsSession,
  regions: readonly string[] | undefined,
  cycle: DiscoverCycle<Options>,
  inventory: Inventory<Options, Facts>,
  fail: (error: unknown) => void,
): Promise<Target[]> {
  const { signal } = cycle
  if (regions) return Promise.all(regions.map((region) => session.target(region, signal)))
  if (!inventory.locate) return [await session.target(undefined, signal)]
  const home = await session.target(undefined, signal, ANY_REGION)
  const { regions: located, problem } = await inventory.locate(home, cycle)
  if (problem !== undefined) fail(problem)
  return Promise.all(located.map((region) => session.target(region, signal)))
}

/** The accounts that the options name, or the one of the credentials. */
function accountsOf({ profile, endpoint, maxAttempts, quotas, regions, accounts }: AwsOptions, services: Services): Account[] {
  const shared = { profile, endpoint, maxAttempts, quotas }
  if (accounts === undefined) return [{ session: openSession(services, shared), regions, labels: {}, where: profile ?? 'default credentials', scope: {} }]
  return accounts.map(({ roleArn, externalId, name, labels, regions: own, quotas: granted }) => ({
    session: openSession(services, { ...shared, roleArn, externalId, name, quotas: granted ?? quotas }),
    regions: own ?? regions,
    labels,
    where: name ?? roleArn,
    scope: { account: name ?? accountOfRole(roleArn) },
  }))
}
