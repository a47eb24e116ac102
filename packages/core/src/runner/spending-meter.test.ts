import { expect, it } from 'vitest'
import type { Usage } from '../model/usage.ts'
import { fleetMonitor } from '../testing/fleet.ts'
import type { Collected } from './collect.ts'
import { spendingMeter } from './spending-meter.ts'

const [watch] = fleetMonitor().watch
const cycle = (...usages: (Usage | undefined)[]): Collected[] =>
  usages.map((usage) => {
    if (watch === undefined) throw new Error('nothing is watched')
    return { watch: { ...watch }, series: [], failures: [], ...(usage === undefined ? {} : { usage }) }
  })

it('says what each cycle cost, of all watches of a collector together, and nothing of those that are free', () => {
  const meter = spendingMeter({ interval: () => 60_000 })
  const first = cycle({ calls: 2, billed: 500, dollars: 0.005 }, { calls: 1, billed: 10, dollars: 0.0001 }, undefined)
  const spent = (collected: readonly Collected[], at: number): unknown[] => meter(collected, at).map(({ series: { resource, metric, values, timestamps, period } }) => [resource.name, metric, values[0], timestamps[0], period])
  expect(spent(first, 1_000)).toEqual([['fleet', 'calls', 3, 1_000, 60_000], ['fleet', 'billed', 510, 1_000, 60_000], ['fleet', 'dollars', 0.0051, 1_000, 60_000]])
  const second = first.map((one, index) => (index === 0 ? { ...one, usage: { calls: 5, billed: 900, dollars: 0.009 } } : one))
  expect(spent(second, 61_000).map((row) => Array.isArray(row) && row[2])).toEqual([3, 400, expect.closeTo(0.004)])
  expect(spent(second, 121_000).map((row) => Array.isArray(row) && row[2])).toEqual([0, 0, 0])
  expect(meter(cycle(undefined), 1)).toEqual([])
})
