import { expect, it } from 'vitest'
import type { Monitor } from '../config/monitor.ts'
import { aResource } from '../testing/builders.ts'
import { fleetMonitor } from '../testing/fleet.ts'
import { backtest } from './backtest.ts'
import { type PastHistory, storePast } from './store-past.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

interface Kept {
  readonly name: string
  readonly metric?: string
  readonly type?: string
  readonly mount?: string
  readonly goneAt?: number
  readonly firstAt?: number
  readonly points: readonly (readonly [minute: number, value: number])[]
}

/** What a store keeps: points by series, given out by range as the contract says. */
function historyOf(kept: readonly Kept[]): PastHistory & { readonly asked: (readonly [number, number, readonly number[]])[] } {
  const asked: (readonly [number, number, readonly number[]])[] = []
  return {
    asked,
    series: async ({ monitor } = {}) =>
      monitor !== 'main'
        ? []
        : kept.map(({ name, metric = 'cpu', type = 'fleet', mount, goneAt, firstAt, points }, id) => ({
            id,
            monitor,
            unit: 'percent',
            resource: aResource({ id: name, name, type, tags: {} }),
            metric,
            labels: mount === undefined ? {} : { mount },
            period: MINUTE,
            firstAt: (firstAt ?? Math.min(...points.map(([minute]) => minute))) * MINUTE,
            ...(goneAt === undefined ? {} : { goneAt: goneAt * MINUTE }),
          })),
    points: async ({ series, from, until }) => {
      asked.push([from / MINUTE, until / MINUTE, series])
      return series.flatMap((id) => {
        const points = (kept[id]?.points ?? []).filter(([minute]) => minute * MINUTE >= from && minute * MINUTE < until)
        return points.length === 0 ? [] : [{ series: id, timestamps: Float64Array.from(points, ([minute]) => minute * MINUTE), values: Float64Array.from(points, ([, value]) => value) }]
      })
    },
  }
}

const run = async (monitor: Monitor, kept: readonly Kept[], until: number) => {
  const source = await storePast(historyOf(kept), monitor, { from: 0, until: until * MINUTE })
  const { from, transitions, alerts, series, points } = await backtest(monitor, { windows: source.windows() })
  return { from: from / MINUTE, series, points, said: transitions.map(({ at, kind, code, fingerprint }) => `${at / MINUTE} ${alerts.get(fingerprint)?.subject.resource.name} ${kind} ${code}`) }
}

const each = (from: number, until: number, value: number): (readonly [number, number])[] => Array.from({ length: until - from }, (_, index) => [from + index, value])

it('reads what a monitor saw day by day, and says how far it is', async () => {
  const history = historyOf([{ name: 'a', points: each(0, 3_000, 20) }, { name: 'b', points: each(2_000, 3_000, 91) }])
  const source = await storePast(history, fleetMonitor(), { from: 0, until: 3_000 * MINUTE })
  const shares: number[] = []
  for await (const _ of source.windows()) shares.push(source.progress())
  expect(shares).toEqual([0, 0.48, 0.96])
  expect(source.progress()).toBe(1)
  // What began later is not asked for before.
  expect(history.asked).toEqual([[0, 1_440, [0]], [1_440, 2_880, [0, 1]], [2_880, 3_000, [0, 1]]])
  history.asked.length = 0
  for await (const _ of source.windows(new Set(['b']))) continue
  expect(history.asked.map(([, , ids]) => ids)).toEqual([[], [1], [1]])
})

it('expects points from the first one on, until the resource is gone', async () => {
  const monitor = fleetMonitor({}, { missing: 'breaching' })
  expect(await run(monitor, [{ name: 'late', points: each(1_500, 1_600, 20) }], 1_600)).toEqual({ from: 1_500, series: 1, points: 100, said: [] })
  // Its first points are forgotten by now.
  expect((await run(monitor, [{ name: 'old', firstAt: 0, points: each(1_500, 1_600, 20) }], 1_600)).said).toEqual([])
  expect((await run(monitor, [{ name: 'silent', points: each(0, 10, 20) }], 20)).said).toEqual(['12 silent fired missingBreaches'])
  const gone = await run(monitor, [{ name: 'gone', goneAt: 10, points: [...each(0, 5, 20), ...each(5, 10, 91)] }], 2 * 1_440)
  expect(gone.said).toEqual(['5 gone fired enoughHot', '11 gone resolved resourceGone'])
  // Gone at the very end of a window: the next one says so.
  const edge = await run(monitor, [{ name: 'edge', goneAt: 1_440, points: each(1_430, 1_440, 91) }], 2 * 1_440)
  expect(edge.said).toEqual(['1430 edge fired enoughHot', '1441 edge resolved resourceGone'])
})

it('gives each series to the rule of its metric and its collector, and leaves out what none judges', async () => {
  const kept: readonly Kept[] = [{ name: 'a', points: [[0, 91]] }, { name: 'a', metric: 'disk', mount: '/', points: [[0, 91]] }, { name: 'a', metric: 'disk', mount: '/var', points: [[0, 20]] }, { name: 'a', metric: 'other', points: [[0, 91]] }, { name: 'x', type: 'renamed', points: [[0, 91]] }]
  const { series, said } = await run(fleetMonitor(), kept, 1)
  expect(series).toBe(4)
  expect(said).toEqual(['0 a fired enoughHot', '0 a fired enoughHot', '0 x fired enoughHot'])
  expect(await run(fleetMonitor({ name: 'other' }), kept, 1)).toEqual({ from: Infinity, series: 0, points: 0, said: [] })
})

it('has no window where there is no time', async () => {
  const source = await storePast(historyOf([]), fleetMonitor(), { from: DAY, until: DAY })
  expect(await source.windows()[Symbol.asyncIterator]().next()).toMatchObject({ done: true })
  expect(source.progress()).toBe(1)
})
