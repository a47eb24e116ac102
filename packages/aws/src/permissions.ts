import type { Permission } from '@tocsin/core'
import { apiOf } from './apis.ts'
import type { SessionOptions } from './session.ts'

/** A call that a plugin makes, before it is known whose credentials it is made with. */
export interface ApiUse {
  /** `cloudwatch`: `AwsService.name`. */
  readonly service: string
  /** `GetMetricData`: the name given to `Target.call`. The IAM action follows from it as it does in errors. */
  readonly api: string
  /** As `Permission.resources`. Default: `*`, for APIs that know no resources. */
  readonly resources?: readonly string[]
  /** As `Permission.reason`. */
  readonly reason: string
}

/**
 * What AWS must allow for calls that are made with the credentials of a session, the right to assume its role included.
 *
 * @param only what is needed beside the calls in circumstances that nobody can tell offline: the use of a key.
 */
export function sessionPermissions({ profile, roleArn }: Pick<SessionOptions, 'profile' | 'roleArn'>, uses: readonly ApiUse[], only: readonly Omit<Permission, 'profile' | 'roleArn'>[] = []): Permission[] {
  const base = profile === undefined ? {} : { profile }
  const caller = roleArn === undefined ? base : { ...base, roleArn }
  return [
    ...uses.map(({ service, api, resources = ['*'], reason }) => ({ action: apiOf(service, api).permission, resources, reason, ...caller })),
    ...only.map((permission) => ({ ...permission, ...caller })),
    ...(roleArn === undefined ? [] : [{ action: 'sts:AssumeRole', resources: [roleArn], reason: 'assume the roles of other accounts', ...base }]),
  ]
}

/** Where resources are, as far as the options tell. */
export interface ArnPlace {
  readonly service: string
  /** Default: any. */
  readonly region?: string | undefined
  /** Tells the account, and the partition where there is no region. Default: any account. */
  readonly roleArn?: string | undefined
}

/** `arn:aws:dynamodb:us-west-2:*:table/tocsin`. */
export function arnOf({ service, region, roleArn }: ArnPlace, resource: string): string {
  const [, partition = 'aws', , , account = '*'] = roleArn?.split(':') ?? []
  return ['arn', region === undefined ? partition : partitionOf(region), service, region ?? '*', account, resource].join(':')
}

export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
