import type { StubHandler } from './aws-stub.ts'
import { billedMetrics, estimatedPoints, metricDataPage, problemOf, type StubStatus, type StubValue } from './get-metric-data.ts'
import { metricStatistics } from './get-metric-statistics.ts'
import { metricList } from './list-metrics.ts'
import { metricStore } from './metric-store.ts'
import { NO_QUOTAS, type Quotas } from './quotas.ts'
import { throttled } from './stub-answer.ts'
import { accountOf } from './sts.ts'
import { getMetricDataInput, type StubMetric, type StubQuery } from './stub-query.ts'
import type { StubRequest } from './stub-request.ts'

export interface StubCloudWatchOptions {
  /** The service's clock: how old a start is, and which points are there already. Milliseconds since the epoch. Default: the machine's. */
  readonly now?: () => number
  /** Points beside those that PutMetricData brings. Default: none. */
  readonly value?: StubValue
  /** Metrics that ListMetrics knows beside those that PutMetricData brings. Default: none. */
  readonly metrics?: readonly StubMetric[]
  /** Default: none, so that a test on a fake clock is not throttled by the real one. */
  readonly quotas?: Quotas
  /** What becomes of a query. Default: it is complete. */
  readonly status?: (query: StubQuery) => StubStatus | undefined
}

/** CloudWatch as AWS documents it, as far as metrics go. */
export interface StubCloudWatch {
  readonly handlers: Readonly<Record<'GetMetricData' | 'GetMetricStatistics' | 'ListMetrics' | 'PutMetricData', StubHandler>>
  /** What AWS would put on the bill: calls that went through, and the metrics of GetMetricData. Pages of one call are paid for once. */
  readonly billed: { readonly calls: number; readonly metrics: number }
}

/** Starts an account's metrics; hand its `handlers` to `AwsStub.use`. */
export function stubCloudWatch({ now = Date.now, value, metrics = [], quotas = NO_QUOTAS, status = () => undefined }: StubCloudWatchOptions = {}): StubCloudWatch {
  const store = metricStore()
  const list = metricList(() => [...metrics, ...store.metrics], (metric) => store.lastAt(metric))
  const valueOf: StubValue = (query, at) => value?.(query, at) ?? store.value(query, at)
  const billed = { calls: 0, metrics: 0 }

  const limited = (api: string, handler: StubHandler): StubHandler => (request) => (quotas.allows(accountOf(request), request.region, api) ? handler(request) : throttled(request.protocol))
  const getMetricData = (request: StubRequest): ReturnType<StubHandler> => {
    const input = getMetricDataInput.parse(request.input)
    const problem = problemOf(input)
    if (problem !== undefined) return problem
    const age = now() - input.StartTime * 1_000
    const points = `GetMetricData points, ${age <= 3 * 3_600_000 ? 'recent' : 'older'}`
    if (!quotas.allows(accountOf(request), request.region, points, estimatedPoints(input))) return throttled(request.protocol)
    billed.calls++
    if (input.NextToken === undefined) billed.metrics += billedMetrics(input)
    return metricDataPage(input, valueOf, now(), status)
  }

  return {
    billed,
    handlers: {
      GetMetricData: limited('GetMetricData', getMetricData),
      GetMetricStatistics: limited('GetMetricStatistics', ({ input }) => metricStatistics(input, valueOf, now())),
      ListMetrics: limited('ListMetrics', (request) => list.page(request.input, accountOf(request), now())),
      PutMetricData: limited('PutMetricData', ({ input }) => {
        store.put(input, now())
        return { output: {} }
      }),
    },
  }
}

/** GetMetricData alone, without quotas, with these values. */
export function stubMetricData(value: StubValue, now: () => number): StubHandler {
  return stubCloudWatch({ now, value }).handlers.GetMetricData
}
