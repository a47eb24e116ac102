import { hostname } from 'node:os'
import { asTocsinError, type CollectContext, type Collector, type Resource, type Series, TocsinError } from '@tocsin/core'
import { changes } from './change.ts'
import { cpuShare } from './cpu-share.ts'
import { diskReader } from './disk.ts'
import type { Machine } from './machine.ts'
import type { HostMetric } from './metrics.ts'
import { networkPoints } from './network.ts'
import type { ParsedHostOptions } from './options.ts'
import type { Point } from './point.ts'
import { probe } from './probe.ts'

/** Metrics that come from one source. */
interface Group {
  readonly metrics: readonly HostMetric[]
  measure(wanted: ReadonlySet<HostMetric>, context: CollectContext): Promise<Point[]>
}

/** Measures a machine. Sources are read side by side; one that fails does not hold up the others. */
export function hostCollector(options: ParsedHostOptions, machine: Machine): Collector<HostMetric> {
  const name = options.name ?? hostname()
  const resource: Resource = { id: `host:${name}`, type: 'host', name, tags: {} }
  const groups = groupsOf(options, machine)

  return {
    async *collect(wanted, context) {
      const measured = groups.filter(({ metrics }) => metrics.some((metric) => wanted.has(metric))).map((group) => measure(group, wanted, context))
      for (const points of measured) {
        for (const point of await points) if (wanted.has(point.metric)) yield seriesOf(point, resource, context)
      }
      // What the end of the cycle cut off is not gone.
      context.signal.throwIfAborted()
    },
  }
}

function groupsOf({ mounts, interfaces, linkSpeed, urls, ports, probeTimeout }: ParsedHostOptions, machine: Machine): Group[] {
  const cpu = changes(() => machine.cpu())
  const network = changes(() => machine.interfaces())
  const disk = diskReader(mounts, machine)
  const targets = [...urls, ...ports]
  return [
    { metrics: ['memory'], measure: async () => [{ metric: 'memory', value: await machine.memory() }] },
    { metrics: ['swap'], measure: async () => [{ metric: 'swap', value: await machine.swap() }] },
    { metrics: ['load'], measure: async () => [{ metric: 'load', value: await machine.load() }] },
    { metrics: ['disk', 'diskInodes'], measure: disk },
    { metrics: ['cpu'], measure: async (_, context) => [{ metric: 'cpu', value: cpuShare(await cpu(context)) }] },
    {
      metrics: ['networkIn', 'networkOut', 'networkUtilization', 'networkErrors'],
      measure: async (wanted, context) => networkPoints(await network(context), wanted, { interfaces, linkSpeed }, machine, context),
    },
    {
      metrics: ['responseTime'],
      measure: (_, context) => {
        if (targets.length === 0) throw new TocsinError('E203', 'responseTime has no targets', { fix: 'give "urls" or "ports"', permanent: true })
        return Promise.all(targets.map(async (target): Promise<Point> => ({ metric: 'responseTime', value: await probe(target, probeTimeout, context), labels: { target: target.name } })))
      },
    },
  ]
}

async function measure(group: Group, wanted: ReadonlySet<HostMetric>, context: CollectContext): Promise<Point[]> {
  try {
    return await group.measure(wanted, context)
  } catch (error) {
    const metrics = group.metrics.filter((metric) => wanted.has(metric))
    if (!context.signal.aborted) context.fail(failureOf(metrics, error), { metrics })
    return []
  }
}

function failureOf(metrics: readonly HostMetric[], error: unknown): TocsinError {
  const coded = asTocsinError(error, 'E207', { fix: 'see the log' })
  if (coded.code !== 'E207') return coded
  const { where, fix, cause } = coded
  return new TocsinError('E207', `${metrics.join(', ')} cannot be measured: ${coded.message}`, { ...(where !== undefined && { where }), fix, cause })
}

function seriesOf({ metric, value, labels }: Point, resource: Resource, { now, interval }: CollectContext): Series<HostMetric> {
  return {
    resource,
    metric,
    ...(labels && { labels }),
    period: interval,
    timestamps: Float64Array.of(now),
    values: Float64Array.of(value),
    settledUntil: now + 1,
    status: 'complete',
  }
}
