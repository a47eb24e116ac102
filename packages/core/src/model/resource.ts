/** One thing that is watched: an instance, a database, a bucket, a host. */
export interface Resource {
  /** Unique and stable: an ARN where there is one. Part of every alert's identity. */
  readonly id: string
  /** What it is, in the collector's words: `ec2`, `rds`, `s3`, `host`. */
  readonly type: string
  /** What people call it. Shown first in every message; never part of the identity. */
  readonly name: string
  /** The account's name or number, where there is one. */
  readonly account?: string
  readonly region?: string
  readonly tags: Readonly<Record<string, string>>
}

/** The account and region of a resource, as far as it has them. */
export function placeOf({ account, region }: Pick<Resource, 'account' | 'region'>): Pick<Resource, 'account' | 'region'> {
  return { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) }
}
