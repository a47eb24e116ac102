import type { CollectContext } from '@tocsin/core'
import { type Change, rate } from './change.ts'
import type { InterfaceCounters, Machine } from './machine.ts'
import type { HostMetric } from './metrics.ts'
import type { Point } from './point.ts'
import { unmeasurable } from './unmeasurable.ts'

const METRICS = ['networkIn', 'networkOut', 'networkUtilization', 'networkErrors'] as const

/**
 * Loopback, and what containers, virtual machines and tunnels bring along. Their traffic is no load of the machine's links, or it is
 * counted at a link as well; and they come and go.
 */
const BYPRODUCT = /^(?:lo\d*$|veth|docker|podman|br-|cali|cilium|cni|flannel|kube|lxc|nodelocaldns|vnet|virbr|tap|ifb|dummy|sit\d|gre|erspan|tunl|ip6|ip_vti|awdl|llw|anpi|gif|stf|Loopback)/

export interface NetworkOptions {
  readonly interfaces: readonly string[] | undefined
  readonly linkSpeed: number | undefined
}

/** Points of the watched interfaces. */
export async function networkPoints(
  { before, after, seconds }: Change<readonly InterfaceCounters[]>,
  wanted: ReadonlySet<HostMetric>,
  { interfaces, linkSpeed }: NetworkOptions,
  machine: Machine,
  context: CollectContext,
): Promise<Point[]> {
  const missing = (interfaces ?? []).filter((name) => !after.some((one) => one.name === name))
  for (const name of missing) {
    context.fail(unmeasurable(`there is no network interface "${name}"`, { fix: `name one of: ${after.map((one) => one.name).join(', ')}` }), { metrics: METRICS })
  }
  const watched = after.filter(({ name }) => (interfaces ? interfaces.includes(name) : !BYPRODUCT.test(name)))
  const rates = watched.map((now) => ratesOf(before.find(({ name }) => name === now.name), now, seconds))
  const points = rates.flatMap(({ name, received, sent, faults }): Point[] => [
    { metric: 'networkIn', value: received, labels: { interface: name } },
    { metric: 'networkOut', value: sent, labels: { interface: name } },
    { metric: 'networkErrors', value: faults, labels: { interface: name } },
  ])
  if (!wanted.has('networkUtilization')) return points

  const utilization = await Promise.all(
    rates.map(async ({ name, received, sent }): Promise<Point[]> => {
      const speed = (await machine.linkSpeed(name)) ?? linkSpeed
      return speed === undefined ? [] : [{ metric: 'networkUtilization', value: (100 * 8 * Math.max(received, sent)) / speed, labels: { interface: name } }]
    }),
  )
  if (rates.length > 0 && utilization.every((found) => found.length === 0)) {
    context.fail(unmeasurable('the speed of no watched network interface is known', { fix: 'give it as "linkSpeed", such as "1Gbit"' }), { metrics: METRICS })
  }
  return [...points, ...utilization.flat()]
}

function ratesOf(before: InterfaceCounters | undefined, now: InterfaceCounters, seconds: number) {
  const same = before !== undefined && before.index === now.index
  const rateOf = (count: 'received' | 'sent' | 'faults'): number => (same ? rate(before[count], now[count], seconds) : NaN)
  return { name: now.name, received: rateOf('received'), sent: rateOf('sent'), faults: rateOf('faults') }
}
