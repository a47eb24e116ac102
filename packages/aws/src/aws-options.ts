import { secret } from '@tocsin/core'
import { z } from 'zod'

const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as us-west-2')

/** Calls, or points, a second by API: the names are those of the table in `apis.ts`. */
const quotas = z.record(z.string().regex(/^[a-z0-9-]+:\w+( (recent|older) points)?$/, 'an API such as cloudwatch:GetMetricData'), z.number().positive())

const account = z.strictObject({
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role: arn:aws:iam::123456789012:role/monitoring')
    .describe('The role to assume: `arn:aws:iam::123456789012:role/monitoring`. It must trust the credentials Tocsin starts with.'),
  externalId: secret().optional().describe("What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent."),
  regions: z.array(region).min(1).optional().describe("Regions of this account. Default: the collector's `regions`."),
  quotas: quotas.optional().describe("Quotas that AWS has changed for this account. Default: the collector's `quotas`."),
  labels: z.record(z.string().min(1), z.string()).default({})
    .describe('Labels of everything in this account, for routes and messages: they are tags of its resources, whose own tags come first. Default: none.'),
  name: z.string().min(1).optional().describe(`Shown as the account in every message. Default: the account's number, as the ARN of the role has it.`),
})

/**
 * The options of every AWS collector. A plugin with options of its own extends them:
 *
 * ```ts
 * options: awsOptions.extend({ tags: z.record(z.string(), z.string()).default({}) })
 * ```
 */
export const awsOptions = z.object({
  regions: z.array(region).min(1).optional().describe('Regions to read. Default: the one region of the profile, or of AWS_REGION.'),
  profile: z.string().min(1).optional()
    .describe("A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role)."),
  accounts: z.array(account).min(1).optional().describe('Accounts to read by assuming a role in each. Default: the one account of the credentials.'),
  endpoint: z.url().optional().describe('Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says.'),
  quotas: quotas.optional()
    .describe("Quotas that AWS has changed, a second: `{ 'cloudwatch:GetMetricData': 100, 'cloudwatch:GetMetricData recent points': 360000 }`. 80 % of each is used. Default: AWS's own."),
  cache: z.string().min(1).optional()
    .describe('Folder that keeps what was discovered for the next process: resources with their tags. Default: TOCSIN_CACHE_DIR, else none. The command `tocsin` sets that variable where it is not set; empty it keeps nothing.'),
  maxUsdPerMonth: z.number().positive().optional()
    .describe('US dollars that the metrics of this collector may cost in a month of 30 days, its share of those that others want too. What would cost more is polled less often, all alike, and a warning says so; nothing is left out. Default: no limit.'),
  maxAttempts: z.int().min(1).max(10).default(3)
    .describe(`How often a call is tried in one cycle, the first time included. Default 3, the SDK's own; the next cycle tries again anyway.`),
})

/** The shared options after parsing. */
export type AwsOptions = z.output<typeof awsOptions>
