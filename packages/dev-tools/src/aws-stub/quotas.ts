import { type TokenBucket, tokenBucket } from './token-bucket.ts'

interface Quota {
  readonly refill: number
  readonly size: number
}

const perSecond = (rate: number): Quota => ({ refill: rate, size: rate })

/** Quotas of one account in one region, read from AWS's pages, not from what the client believes. */
const QUOTAS: Readonly<Record<string, Quota>> = {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
  GetMetricData: perSecond(50),
  GetMetricStatistics: perSecond(400),
  ListMetrics: perSecond(25),
  PutMetricData: perSecond(500),
  // Points a second of GetMetricData, from the same page: by whether the call starts more than three hours ago.
  'GetMetricData points, recent': perSecond(180_000),
  'GetMetricData points, older': perSecond(396_000),
  // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
  DescribeInstances: { refill: 20, size: 100 },
}

/** What an account may call. APIs without a published quota are never throttled. */
export interface Quotas {
  /** Whether the quota lets so much through; counts what it refused. */
  allows(account: string, region: string, name: string, amount?: number): boolean
  readonly refused: number
}

/** @param seconds a clock that runs as fast as the callers' own. Default: the machine's. */
export function awsQuotas(seconds: () => number = () => performance.now() / 1_000): Quotas {
  const buckets = new Map<string, TokenBucket>()
  let refused = 0
  return {
    allows(account, region, name, amount = 1) {
      const quota = QUOTAS[name]
      if (quota === undefined) return true
      const key = `${account}|${region}|${name}`
      const bucket = buckets.get(key) ?? tokenBucket(quota.refill, quota.size, seconds)
      buckets.set(key, bucket)
      const allowed = bucket.take(amount)
      if (!allowed) refused++
      return allowed
    },
    get refused() {
      return refused
    },
  }
}

/** No quotas at all. */
export const NO_QUOTAS: Quotas = { allows: () => true, refused: 0 }
