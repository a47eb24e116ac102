import { USAGE_METRICS, USAGE_TYPE, type Usage } from '../model/usage.ts'
import type { Watch } from '../plugin/rule.ts'
import type { MeasuredSeries } from '../model/history.ts'
import type { Collected } from './collect.ts'
import type { Schedule } from './schedule.ts'

/** Turns what collectors have spent since they were opened into what each cycle cost: a history like any other, so that it is packed, summed and forgotten alike. */
export function spendingMeter(schedule: Pick<Schedule, 'interval'>): (collected: readonly Collected[], at: number) => MeasuredSeries[] {
  const before = new Map<Watch, Usage>()
  return (collected, at) => {
    const spent = new Map<string, Record<keyof Usage, number>>()
    for (const { watch, usage } of collected) {
      if (usage === undefined) continue
      const last = before.get(watch)
      before.set(watch, usage)
      const sum = spent.get(watch.collector) ?? { calls: 0, billed: 0, dollars: 0 }
      for (const metric of USAGE_METRICS) sum[metric] += usage[metric] - (last?.[metric] ?? 0)
      spent.set(watch.collector, sum)
    }
    return [...spent].flatMap(([collector, sum]) => USAGE_METRICS.map((metric) => measured(collector, metric, sum[metric], at, schedule.interval(at))))
  }
}

function measured(collector: string, metric: keyof Usage, value: number, at: number, period: number): MeasuredSeries {
  const resource = { id: `${USAGE_TYPE}:${collector}`, type: USAGE_TYPE, name: collector, tags: {} }
  return { unit: 'count', series: { resource, metric, period, timestamps: Float64Array.of(at), values: Float64Array.of(value) } }
}
