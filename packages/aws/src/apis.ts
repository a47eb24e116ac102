// Every figure AWS sets: quotas and prices, each with its source. Nothing else in the package knows one.

/** The share of a quota that is used: the rest belongs to consoles, deployments and other tools of the same account. */
export const QUOTA_SHARE = 0.8

interface Api {
  /** Calls a second that AWS allows one account in one region. */
  readonly perSecond: number
  /** The IAM action, where it is not `<service>:<API>`. */
  readonly permission?: string
  readonly source: string
}

const CLOUDWATCH_LIMITS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html'
const EC2_THROTTLING = 'https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html'
const STS_QUOTAS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html'
const SNS_QUOTAS = 'https://docs.aws.amazon.com/general/latest/gr/sns.html'
const UNPUBLISHED = 'no figure is published: low enough that a page of 100 at a time lists 1,000 resources a second'

const APIS: Readonly<Record<string, Api>> = {
  'cloudwatch:GetMetricData': { perSecond: 50, source: CLOUDWATCH_LIMITS },
  'cloudwatch:ListMetrics': { perSecond: 25, source: CLOUDWATCH_LIMITS },
  // A bucket of 100 that refills at 20 a second: the refill is what lasts.
  'ec2:DescribeInstances': { perSecond: 20, source: EC2_THROTTLING },
  'rds:DescribeDBInstances': { perSecond: 10, source: UNPUBLISHED },
  'rds:DescribeDBParameters': { perSecond: 10, source: UNPUBLISHED },
  's3:ListBuckets': { perSecond: 10, permission: 's3:ListAllMyBuckets', source: UNPUBLISHED },
  's3:GetBucketLocation': { perSecond: 10, source: UNPUBLISHED },
  // By prefix of keys, and keys here begin with the date and the host.
  's3:PutObject': { perSecond: 3_500, source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html' },
  // The table's capacity decides; a new on-demand table takes 4,000 writes a second, 160 batches of 25.
  'dynamodb:BatchWriteItem': { perSecond: 160, source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html' },
  'sts:GetCallerIdentity': { perSecond: 600, source: STS_QUOTAS },
  'sts:AssumeRole': { perSecond: 600, source: STS_QUOTAS },
  // The standard throughput; a higher one can be bought.
  'ssm:GetParameter': { perSecond: 40, source: 'https://docs.aws.amazon.com/general/latest/gr/ssm.html' },
  'secretsmanager:GetSecretValue': { perSecond: 10_000, source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html' },
  // 300 to 30,000 by region; the least of them is plenty.
  'sns:Publish': { perSecond: 300, source: SNS_QUOTAS },
}

const OTHER: Api = { perSecond: 10, source: UNPUBLISHED }

/** Quotas that AWS has changed for an account, by the names of the table: `{ 'cloudwatch:GetMetricData': 100 }`. */
export type Quotas = Readonly<Record<string, number>>

/** Quota and permission of one API. */
export function apiOf(service: string, api: string, quotas: Quotas = {}): Required<Api> {
  const name = `${service}:${api}`
  const known = APIS[name] ?? OTHER
  return { permission: name, ...known, perSecond: quotas[name] ?? known.perSecond }
}

/**
 * Points a second that GetMetricData may ask for. Adjusted under the names `cloudwatch:GetMetricData recent points` and `... older points`.
 *
 * @param recent whether the call starts within the last three hours.
 */
export function pointsPerSecond(recent: boolean, quotas: Quotas = {}): number {
  const { recentPointsPerSecond, olderPointsPerSecond } = GET_METRIC_DATA
  return quotas[`cloudwatch:GetMetricData ${recent ? 'recent' : 'older'} points`] ?? (recent ? recentPointsPerSecond : olderPointsPerSecond)
}

/** Limits of one GetMetricData call, and of all calls of one account and region together. Source: the API reference and {@link CLOUDWATCH_LIMITS}. */
export const GET_METRIC_DATA = {
  /** Queries a call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
  queries: 500,
  /** Points a call, all queries together. Same source. */
  points: 100_800,
  /** Points a second while no call starts more than three hours ago, estimated by AWS as if no point were missing. CLOUDWATCH_LIMITS. */
  recentPointsPerSecond: 180_000,
  /** Points a second of calls that start earlier. CLOUDWATCH_LIMITS. */
  olderPointsPerSecond: 396_000,
  /** Seconds: where "recent" ends. Same source. */
  recent: 3 * 3_600,
} as const

/** Seconds of the month that prices are told for: 30 days. */
export const MONTH = 30 * 86_400

/** US dollars, us-east-1. https://aws.amazon.com/cloudwatch/pricing/ */
export const PRICES = {
  /** One metric requested by GetMetricData, whatever the number of points, up to five statistics. In no free tier. */
  metricRequested: 0.01 / 1_000,
  /** The most statistics of one metric in one call that cost as much as one. */
  statistics: 5,
} as const
