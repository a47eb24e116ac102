import { expect, it } from 'vitest'
import type { HistoryStore } from '../../model/history.ts'
import { memoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import { fleetMonitor, openFleet } from '../../testing/fleet.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T03:00:00Z')
const at = (minute: number): number => START + minute * MINUTE

/** The history of web-1 and of another, by minute; the store of a real history is asked by the tests of the command. */
function historyOf(values: Readonly<Record<number, number>>): HistoryStore {
  const resource = { id: 'web-1', type: 'ec2', name: 'web-1', account: 'prod', region: 'us-west-2', tags: {} }
  const series = { monitor: 'main', resource, metric: 'cpu', labels: {}, unit: 'percent', period: MINUTE, firstAt: START } as const
  const known = [{ ...series, id: 1, labels: { core: '0' } }, { ...series, id: 2, resource: { ...resource, region: 'eu-west-1' } }, { ...series, id: 3 }]
  const refused = (): Promise<never> => Promise.reject(new Error('nobody asks for this'))
  return {
    append: refused,
    markGone: refused,
    rollups: refused,
    maintain: refused,
    series: async (filter) => known.filter((one) => filter?.metric === one.metric && filter.resource === one.resource.id),
    points: async ({ series: [id = 0], from, until }) => {
      const found = byMinute(values).map(([minute, value]) => [at(minute), value] as const).filter(([time]) => id === 3 && time >= from && time < until)
      return found.length === 0 ? [] : [{ series: id, timestamps: Float64Array.from(found, ([time]) => time), values: Float64Array.from(found, ([, value]) => value) }]
    },
  }
}

const byMinute = (values: Readonly<Record<number, number>>): (readonly [minute: number, value: number])[] => Object.entries(values).map(([minute, value]) => [Number(minute), value] as const).toSorted(([a], [b]) => a - b)

/** @param judged the last minute whose point was judged. */
async function shown(values: Readonly<Record<number, number>>, now: number, { instant = now, judged = 4 }: { readonly instant?: number; readonly judged?: number } = {}): Promise<Explanation> {
  const store: Store = { ...memoryStore(), history: historyOf(values) }
  const fleet = await openFleet(fleetMonitor(), store)
  for (const [minute, value] of byMinute(values)) if (minute <= judged) await fleet.cycle({ 'web-1': value }, at(minute))
  return explain(store, fleetMonitor(), { id: 'fleet.cpu/web-1', at: instant, now })
}

const pointLines = ({ timeline }: Explanation): string[] => timeline.filter(({ link }) => link === 'points').map(({ at: time, code, text }) => `${(time - START) / MINUTE} [${code}] ${text}`)

it('stand before the change that they led to, with those that are missing and those that may still change', async () => {
  const explanation = await shown({ 0: 20, 1: 91, 4: 92, 5: 93 }, at(6))
  expect(pointLines(explanation)).toEqual(['1 [points] 20% 91%', '4 [missing] missing missing 92% (2 missing)', '5 [provisional] 93%, which may still change and decide nothing yet'])
  expect(explanation.points.map(({ value }) => value)).toEqual([20, 91, NaN, NaN, 92, 93])
  expect(explanation.gaps).toEqual([])
})

it('begin a little before the episode, end at the instant, and name the newest where there are many', async () => {
  expect(pointLines(await shown({ 0: 91, 1: 92 }, at(60), { instant: at(0) }))).toEqual(['0 [points] 91%'])
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, minute) => [minute - 26, minute < 26 ? 20 : 91]))
  expect(pointLines(await shown(many, at(4)))).toEqual(['0 [points] 20% 20% 20% 20% 20% 91%', '3 [points] 91% 91% 91%'])
  const long = Object.fromEntries(Array.from({ length: 20 }, (_, minute) => [minute, 91]))
  expect(pointLines(await shown(long, at(19), { judged: 19 }))).toEqual(['0 [points] 91%', '19 [points] 19 points, the newest: 91% 91% 91% 91% 91% 91% 91% 91%'])
})

it.each([
  ['pointsForgotten', { 0: 91 }, 16 * 24 * 60, 0, 'the points of that time are gone: they are kept for 15d'],
  ['pointsForgotten', { 0: 91, 4: 91 }, 15 * 24 * 60 + 1, 4, 'the first points of the episode are gone: they are kept for 15d'],
  ['noPoints', {}, 0, 0, 'there are no points of its series around that time'],
] as const)('are said to be missing: %s', async (code, values, now, then, text) => {
  const store: Store = { ...memoryStore(), history: historyOf(values) }
  const fleet = await openFleet(fleetMonitor(), store)
  await fleet.cycle({ 'web-1': 91 }, at(0))
  const { gaps } = await explain(store, fleetMonitor(), { id: 'fleet.cpu/web-1', at: at(then), now: at(now) })
  expect(gaps).toEqual([{ code, text }])
})
