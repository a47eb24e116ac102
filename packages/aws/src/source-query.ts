import type { ByResource, Discovered, MetricSource } from './catalogue.ts'
import type { Dimensions, MetricQuery } from './engine/metric-query.ts'

const PERIODS = 5

export interface QueryOptions {
  /** Seconds between two cycles. */
  readonly interval: number
  /** Seconds. The source's period, or the next multiple of this. Default 1. */
  readonly leastPeriod?: number
}

/**
 * What a source asks of one resource. The history reaches back over a whole cycle, so that none of the points between two cycles
 * is missed when cycles are longer than periods.
 *
 * @param dimensions those of a listed metric. Default: the source's or the resource's own.
 */
export function queryOf<Facts>(source: MetricSource<Facts>, found: Discovered<Facts>, { interval, leastPeriod = 1 }: QueryOptions, dimensions?: Dimensions): MetricQuery {
  const period = Math.ceil(resolve(source.period, found) / leastPeriod) * leastPeriod
  const settle = resolve(source.settle, found)
  return {
    namespace: source.namespace,
    metric: resolve(source.metric, found),
    dimensions: dimensions ?? source.dimensions?.(found) ?? found.dimensions,
    account: found.account,
    stat: source.stat,
    period,
    settle,
    lookBack: Math.max(source.lookBack ?? settle + PERIODS * period, interval + settle + period),
    every: source.every,
  }
}

function resolve<Value extends string | number, Facts>(value: ByResource<Value, Facts>, found: Discovered<Facts>): Value {
  return typeof value === 'function' ? value(found) : value
}
