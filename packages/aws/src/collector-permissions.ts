import type { Permission } from '@tocsin/core'
import type { AwsOptions } from './aws-options.ts'
import type { Catalogue } from './catalogue.ts'
import { type ApiUse, sessionPermissions } from './permissions.ts'

/** One account, as far as the options tell of it. */
export interface CallPlace {
  /** Undefined where the region is found out. */
  readonly regions: readonly string[] | undefined
  /** Undefined for the account of the credentials. */
  readonly roleArn: string | undefined
}

/** What AWS must allow a collector, in each of its accounts. */
export function collectorPermissions({ profile, regions, accounts }: AwsOptions, wanted: ReadonlySet<string>, catalogue: Catalogue<never>, calls: (place: CallPlace) => readonly ApiUse[]): Permission[] {
  const lists = Object.entries(catalogue).some(([name, metric]) => wanted.has(name) && 'listed' in metric)
  const places: readonly CallPlace[] = accounts?.map(({ roleArn, regions: own }) => ({ roleArn, regions: own ?? regions })) ?? [{ roleArn: undefined, regions }]
  return places.flatMap((place) =>
    sessionPermissions({ profile, roleArn: place.roleArn }, [
      ...calls(place),
      ...(lists ? [LIST_METRICS] : []),
      { service: 'cloudwatch', api: 'GetMetricData', reason: 'read the points of metrics' },
    ]),
  )
}

/** For collectors that list metrics as they discover. */
export const LIST_METRICS: ApiUse = { service: 'cloudwatch', api: 'ListMetrics', reason: 'find metrics by their dimensions' }
