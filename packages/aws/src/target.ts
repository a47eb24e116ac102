import type { Quotas } from './apis.ts'
import type { ClientConfig } from './client-config.ts'

/**
 * One AWS service, loaded when it is first called. Keep it in a module constant: clients are shared by it.
 *
 * ```ts
 * const ec2: AwsService<EC2Client> = {
 *   name: 'ec2',
 *   load: async () => {
 *     const { EC2Client } = await import('@aws-sdk/client-ec2')
 *     return (config) => new EC2Client(config)
 *   },
 * }
 * ```
 */
export interface AwsService<Client> {
  /** The prefix of its IAM actions: `ec2`, `rds`, `s3`, `cloudwatch`. */
  readonly name: string
  /** Imports the SDK's client, which is slow (client-ec2 takes 160 ms), and gives what makes one. */
  load(): Promise<(config: ClientConfig) => Client>
}

/** What every call of an SDK client takes as its second argument. */
export interface CallOptions {
  readonly abortSignal: AbortSignal
}

/** One region of one account: where resources live and calls go. */
export interface Target {
  /** What people call the account: the name given to it, else its number, else the name of the profile. */
  readonly account: string
  /** The account's number, where STS told it. */
  readonly accountId: string | undefined
  readonly region: string
  /** The first part of an ARN after `arn:`. */
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov'
  /** Quotas of the account that are not AWS's defaults. Default: none. */
  readonly quotas?: Quotas
  /** The same for the same credentials and region, in every cycle. For keys of maps, never for people. */
  readonly key: string
  /**
   * One call of one API, under 80 % of its quota, with the target's one client of that service.
   *
   * ```ts
   * const page = await target.call(ec2, 'DescribeInstances', (client, options) => client.send(new DescribeInstancesCommand({}), options), signal)
   * ```
   *
   * @param api the API's name as AWS spells it; quota and permission are found by it in `apis.ts`.
   * @throws TocsinError E201 (a permission is missing, named), E202 (credentials), E204 (throttled), E205 (no answer), E206 (rejected).
   *   The SDK's own error is its `cause`.
   */
  call<Client, Result>(
    service: AwsService<Client>,
    api: string,
    run: (client: Client, options: CallOptions) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>
}
