import { z } from 'zod'
import { invalid } from './get-metric-data.ts'
import type { StubAnswer } from './stub-answer.ts'
import type { StubMetric } from './stub-query.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
const PAGE = 500
const RECENT = 3 * 3_600_000
const LISTED_FOR = 14 * 86_400_000

const listMetricsInput = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  NextToken: z.string().optional(),
  RecentlyActive: z.string().optional(),
  IncludeLinkedAccounts: z.boolean().default(false),
  OwningAccount: z.string().optional(),
})

/** Lists metrics that match, 500 a page. */
export interface MetricList {
  /** @param caller the account that asks. */
  page(body: Readonly<Record<string, unknown>>, caller: string, now: number): StubAnswer
}

/** @param lastAt when a metric had its last point; `undefined` stands for now. */
export function metricList(all: () => readonly StubMetric[], lastAt: (metric: StubMetric) => number | undefined): MetricList {
  /** What a listing that has begun goes on with. */
  const begun = new Map<string, readonly StubMetric[]>()
  let listings = 0

  return {
    page(body, caller, now) {
      const { NextToken, Namespace, MetricName, Dimensions, RecentlyActive, IncludeLinkedAccounts, OwningAccount } = listMetricsInput.parse(body)
      if (OwningAccount !== undefined && !IncludeLinkedAccounts) return invalid('The parameter OwningAccount requires IncludeLinkedAccounts.')
      if (RecentlyActive !== undefined && RecentlyActive !== 'PT3H') return invalid('The value for parameter RecentlyActive must be PT3H.')
      const [listing = String(++listings), offset = '0'] = NextToken?.split(':') ?? []
      const oldest = now - (RecentlyActive === undefined ? LISTED_FOR : RECENT)
      const matching =
        begun.get(listing) ??
        all().filter(
          (one) =>
            (Namespace === undefined || one.namespace === Namespace) &&
            (MetricName === undefined || one.metric === MetricName) &&
            (IncludeLinkedAccounts || one.account === undefined) &&
            (OwningAccount === undefined || (one.account ?? caller) === OwningAccount) &&
            Dimensions.every(({ Name, Value }) => Name in one.dimensions && (Value === undefined || one.dimensions[Name] === Value)) &&
            (lastAt(one) ?? now) >= oldest,
        )
      const from = Number(offset)
      const left = from + PAGE < matching.length
      if (left) begun.set(listing, matching)
      else begun.delete(listing)
      const shown = matching.slice(from, from + PAGE)
      const owners = IncludeLinkedAccounts ? { OwningAccounts: shown.map(({ account = caller }) => account) } : {}
      return { output: { Metrics: shown.map(wire), ...owners, ...(left ? { NextToken: `${listing}:${from + PAGE}` } : {}) } }
    },
  }
}

function wire({ namespace, metric, dimensions }: StubMetric): object {
  return { Namespace: namespace, MetricName: metric, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) }
}
