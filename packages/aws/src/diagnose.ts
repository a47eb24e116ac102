import { type CollectContext, type Diagnosis, TocsinError } from '@tocsin/core'
import type { Inventory, DiscoverCycle } from './inventory.ts'
import { STS } from './identity.ts'
import { partitionOf } from './permissions.ts'
import type { Target } from './target.ts'
import type { AccountTarget } from './targets.ts'

/** Regions that every account has from the start. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGIONS: readonly string[] = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1',
  'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1',
  'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2',
  'cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1',
]

/** As many regions are named in a hint. */
const NAMED = 3

/** Whose credentials these are, in each account, by STS itself. What is wrong with them is part of the answer. */
export async function credentialDiagnoses(regions: readonly AccountTarget[], { clock, signal }: CollectContext): Promise<Diagnosis[]> {
  const accounts = new Map(regions.map(({ target }) => [target.account, target]))
  return Promise.all(
    [...accounts.values()].map(async (target): Promise<Diagnosis> => {
      try {
        const { arn, account, date, at } = await whoAmI(target, signal, () => clock.now())
        const found = `${arn?.split(':').at(-1) ?? 'unknown'} in ${target.account === account ? account : `${target.account} (${account})`}`
        return { about: 'credentials', found, ...(date === undefined ? {} : { clockAhead: date - at }) }
      } catch (error) {
        if (error instanceof TocsinError) return { about: 'credentials', found: error }
        throw error
      }
    }),
  )
}

async function whoAmI(target: Target, signal: AbortSignal, now: () => number) {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
  const command = new GetCallerIdentityCommand({})
  let date: number | undefined
  let at = now()
  command.middlewareStack.add(
    (next) => async (args) => {
      const before = now()
      const result = await next(args)
      // The answer was made halfway between question and answer, as far as anybody can tell.
      at = (before + now()) / 2
      date = dateOf(result.response)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'answeredAt' },
  )
  const { Arn, Account } = await target.call(STS, 'GetCallerIdentity', (client, options) => client.send(command, options), signal)
  return { arn: Arn, account: Account, date, at }
}

/** The `Date` of an HTTP answer, which has no fraction of a second: the middle of that second. */
function dateOf(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined
  const { headers } = response
  const text: unknown = typeof headers === 'object' && headers !== null && 'date' in headers ? headers.date : undefined
  const date = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : date + 500
}

/** Where there is something, for regions in which there is nothing. Other regions are asked with the same call that discovery makes. */
export async function emptyRegionDiagnoses<Options, Facts>(resources: string, regions: readonly AccountTarget[], inventory: Inventory<Options, Facts>, cycle: CollectContext & DiscoverCycle<Options>): Promise<Diagnosis[]> {
  const count = async (target: Target): Promise<number | undefined> => (await inventory.find(target, cycle).catch(() => undefined))?.resources.length
  const counted = await Promise.all(regions.map(async (region) => ({ ...region, count: await count(region.target) })))
  const empty = counted.filter((region) => region.count === 0)
  return Promise.all(
    empty.map(async ({ target, elsewhere }): Promise<Diagnosis> => {
      const others = REGIONS.filter((region) => region !== target.region && partitionOf(region) === target.partition)
      const found = await Promise.all(others.map(async (region) => ({ region, count: (await count(await elsewhere(region))) ?? 0 })))
      const somewhere = found.filter((one) => one.count > 0).toSorted((a, b) => b.count - a.count).slice(0, NAMED)
      const fix = somewhere.length === 0 ? 'check filters and the account: none were found in other regions either' : `${somewhere.map((one) => `${one.count} are in ${one.region}`).join(', ')}; change regions?`
      return { about: 'regions', found: new TocsinError('E203', `no ${resources}`, { where: `${target.account}, ${target.region}`, fix }) }
    }),
  )
}
