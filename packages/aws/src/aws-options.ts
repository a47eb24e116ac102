import { secret } from '@tocsin/core'
import { z } from 'zod'

const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as us-west-2')

/** Calls, or points, a second by API: the names are those of the table in `apis.ts`. */
const quotas = z.record(z.string().regex(/^[a-z0-9-]+:\w+( (recent|older) points)?$/, 'an API such as cloudwatch:GetMetricData'), z.number().positive())

const account = z.strictObject({
  /** The role to assume: `arn:aws:iam::123456789012:role/monitoring`. It must trust the credentials Tocsin starts with. */
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role: arn:aws:iam::123456789012:role/monitoring'),
  /** What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent. */
  externalId: secret().optional(),
  /** Regions of this account. Default: the collector's `regions`. */
  regions: z.array(region).min(1).optional(),
  /** Quotas that AWS has changed for this account. Default: the collector's `quotas`. */
  quotas: quotas.optional(),
  /** Labels of everything in this account, for routes and messages: they are tags of its resources, whose own tags come first. Default: none. */
  labels: z.record(z.string().min(1), z.string()).default({}),
  /** Shown as the account in every message. Default: the account's number, as the ARN of the role has it. */
  name: z.string().min(1).optional(),
})

/**
 * The options of every AWS collector. A plugin with options of its own extends them:
 *
 * ```ts
 * options: awsOptions.extend({ tags: z.record(z.string(), z.string()).default({}) })
 * ```
 */
export const awsOptions = z.object({
  /** Regions to read. Default: the one region of the profile, or of AWS_REGION. */
  regions: z.array(region).min(1).optional(),
  /** A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role). */
  profile: z.string().min(1).optional(),
  /** Accounts to read by assuming a role in each. Default: the one account of the credentials. */
  accounts: z.array(account).min(1).optional(),
  /** Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says. */
  endpoint: z.url().optional(),
  /**
   * Quotas that AWS has changed, a second: `{ 'cloudwatch:GetMetricData': 100, 'cloudwatch:GetMetricData recent points': 360000 }`. 80 % of each
   * is used. Default: AWS's own.
   */
  quotas: quotas.optional(),
  /** Folder that keeps what was discovered for the next process: resources with their tags. Default: TOCSIN_CACHE_DIR, else none. The command `tocsin` sets that variable where it is not set; empty it keeps nothing. */
  cache: z.string().min(1).optional(),
  /**
   * US dollars that the metrics of this collector may cost in a month of 30 days, its share of those that others want too. What would
   * cost more is polled less often, all alike, and a warning says so; nothing is left out. Default: no limit.
   */
  maxUsdPerMonth: z.number().positive().optional(),
  /** How often a call is tried in one cycle, the first time included. Default 3, the SDK's own; the next cycle tries again anyway. */
  maxAttempts: z.int().min(1).max(10).default(3),
})

/** The shared options after parsing. */
export type AwsOptions = z.output<typeof awsOptions>
